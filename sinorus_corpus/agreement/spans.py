"""Exact and relaxed counts of spans per document and label, and F1. What an item's label means is none of its business."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from sinorus_corpus.agreement.bootstrap import Floats, Statistic, ratio
from sinorus_corpus.agreement.matching import Segments, one_to_one, overlaps


class Mark(NamedTuple):
    """What one reading marked: segments in code points, half-open, and a label."""

    segments: Segments
    label: str


Marks = Sequence[tuple[Sequence[Mark], Sequence[Mark]]]


def f1(counts: Floats) -> Floats:
    """2 * both / (a + b), of counts `[..., (a, b, both)]`.

    The harmonic mean of precision and recall (van Rijsbergen 1979, chapter 7), whichever reading is taken for the truth; and
    what kappa tends to where true negatives are many and cannot be counted, as with spans (Hripcsak and Rothschild 2005,
    doi:10.1197/jamia.M1733).
    """
    return ratio(2 * counts[..., 2], counts[..., 0] + counts[..., 1])


F1 = Statistic("F1", f1, ("a", "b", "both"))


def exact_counts(documents: Marks, labels: Sequence[str]) -> Floats:
    """Marks with the same segments and label, each counted once.

    Args:
        documents: the marks of both readings.
        labels: all labels that occur.

    Returns:
        `[document, label, (a, b, both)]`.
    """
    return (
        np.stack([_count(a, b, Counter(a) & Counter(b), labels) for a, b in documents]) if documents else _none(labels)
    )


def relaxed_counts(documents: Marks, labels: Sequence[str], least: float = 0.0) -> Floats:
    """Marks with the same label that overlap, matched one to one as often as possible.

    Args:
        least: the intersection over union that a pair must have at least; any overlap if 0.
    """
    made = [_count(a, b, _matched(a, b, least), labels) for a, b in documents]
    return np.stack(made) if made else _none(labels)


def unlabelled(documents: Marks) -> Marks:
    """The same marks, all with one empty label, so that boundaries alone are compared."""
    return [([m._replace(label="") for m in a], [m._replace(label="") for m in b]) for a, b in documents]


def _matched(a: Sequence[Mark], b: Sequence[Mark], least: float) -> Counter[Mark]:
    found = overlaps([mark.segments for mark in a], [mark.segments for mark in b])
    same = np.array([a[i].label == b[j].label for i, j in zip(found.a, found.b, strict=True)], dtype=bool)
    return Counter(a[i] for i in one_to_one(found.where(same & (found.iou >= least))).a)


def _count(a: Sequence[Mark], b: Sequence[Mark], both: Counter[Mark], labels: Sequence[str]) -> Floats:
    at = {label: index for index, label in enumerate(labels)}
    counts = np.zeros((len(labels), 3))
    for column, marks in enumerate((a, b, both.elements())):
        found = np.array([at[mark.label] for mark in marks], dtype=np.int64)
        counts[:, column] = np.bincount(found, minlength=len(labels))
    return counts


def _none(labels: Sequence[str]) -> Floats:
    return np.zeros((0, len(labels), 3))
