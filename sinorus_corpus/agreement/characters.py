"""Krippendorff's alpha on characters: how alike two readings colour a text, beyond chance. Spans are not matched here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sinorus_corpus.agreement.bootstrap import Floats, Statistic, ratio
from sinorus_corpus.agreement.matching import Ints
from sinorus_corpus.agreement.spans import Mark, Marks
from sinorus_corpus.records import Span


def alpha(counts: Floats) -> Floats:
    """Nominal alpha of two observers without missing values, of counts `[..., (units, agreed, values of c1, of c2, ...)]`.

    With N units, n = 2N values and n_c of them c: 1 - (n - 1) * 2 (N - agreed) / (n^2 - sum of n_c^2). Krippendorff 2011,
    Computing Krippendorff's Alpha-Reliability, section B.
    """
    units, agreed, values = counts[..., 0], counts[..., 1], counts[..., 2:]
    by_chance = (2 * units) ** 2 - (values**2).sum(axis=-1)
    return 1 - ratio((2 * units - 1) * 2 * (units - agreed), by_chance)


ALPHA = Statistic("alpha", alpha, ("characters", "agreed"))


def character_counts(documents: Marks, texts: Sequence[Sequence[Span]]) -> Floats:
    """Counts for `alpha`: the units are the characters of the text, the value of one is the set of labels that cover it.

    Where names nest, a character has several labels; two readings agree on it if the whole set is the same.

    Args:
        texts: for each document the spans that could be labelled, in the offsets of its marks; none if it is not known,
            and then the document counts no character.
    """
    sets: dict[tuple[str, ...], int] = {}
    painted = [_paint(marks, text, sets) for marks, text in zip(documents, texts, strict=True)]
    counts = np.zeros((len(painted), 2 + len(sets)))
    for row, (length, first, second) in zip(counts, painted, strict=True):
        row[:2] = length.sum(), length[first == second].sum()
        row[2:] = np.bincount(np.append(first, second), np.append(length, length), minlength=len(sets))
    return counts


def _paint(
    marks: tuple[Sequence[Mark], Sequence[Mark]], text: Sequence[Span], sets: dict[tuple[str, ...], int]
) -> tuple[Ints, Ints, Ints]:
    """The text cut wherever anything begins or ends: the lengths of the cuts, and the label set of each in both readings."""
    spans = [*text, *(span for reading in marks for mark in reading for span in mark.segments)]
    cuts = np.unique(np.array(spans, dtype=np.int64).reshape(-1))
    inside = _covered([Mark(tuple(text), "")], cuts, [""])[:, 0]
    labels = sorted({mark.label for reading in marks for mark in reading})
    values = [_numbered(_covered(reading, cuts, labels)[inside], labels, sets) for reading in marks]
    return np.diff(cuts)[inside], values[0], values[1]


def _covered(
    marks: Sequence[Mark], cuts: Ints, labels: Sequence[str]
) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Whether each cut of the text is covered by each label."""
    change = np.zeros((len(cuts) + 1, len(labels)), dtype=np.int64)
    at = {label: index for index, label in enumerate(labels)}
    for mark in marks:
        for start, end in mark.segments:
            change[np.searchsorted(cuts, start), at[mark.label]] += 1
            change[np.searchsorted(cuts, end), at[mark.label]] -= 1
    return np.cumsum(change, axis=0)[: max(len(cuts) - 1, 0)] > 0


def _numbered(
    covered: np.ndarray[tuple[int, int], np.dtype[np.bool_]], labels: Sequence[str], sets: dict[tuple[str, ...], int]
) -> Ints:
    rows, place = np.unique(covered, axis=0, return_inverse=True)
    found = [tuple(label for label, there in zip(labels, row, strict=True) if there) for row in rows]
    numbers = np.array([sets.setdefault(labels_there, len(sets)) for labels_there in found], dtype=np.int64)
    return numbers[place.reshape(-1)]
