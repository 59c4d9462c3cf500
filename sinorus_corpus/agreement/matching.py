"""Which items of one reading belong to which of the other: overlap, and one-to-one matching. No label is looked at here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from sinorus_corpus.records import SinorusError, Span

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Segments = tuple[Span, ...]

MOST_CANDIDATES = 20_000_000


class Overlaps(NamedTuple):
    """Pairs of items that share code points, as columns.

    Attributes:
        a, b: indices of the items in either reading.
        iou: code points in both over code points in either (Jaccard 1912), above 0 and at most 1.
    """

    a: Ints
    b: Ints
    iou: Floats

    def where(self, wanted: npt.NDArray[np.bool_] | Ints) -> Overlaps:
        """The pairs that are wanted."""
        return Overlaps(self.a[wanted], self.b[wanted], self.iou[wanted])


def overlaps(a: Sequence[Segments], b: Sequence[Segments]) -> Overlaps:
    """All pairs of items that share a code point.

    Args:
        a, b: each item's segments, half-open, in any order; items may nest and cross.

    Raises:
        SinorusError: nearly everything overlaps nearly everything, as no reading of a text does.
    """
    first, second = _Flat(a), _Flat(b)
    order = np.argsort(second.start, kind="stable")
    i, j = _candidates(first, second.start[order], second.end[order])
    j = order[j]
    shared = np.minimum(first.end[i], second.end[j]) - np.maximum(first.start[i], second.start[j])
    i, j, shared = i[shared > 0], j[shared > 0], shared[shared > 0]
    key, place = np.unique(first.owner[i] * max(len(b), 1) + second.owner[j], return_inverse=True)
    both = np.bincount(place, shared, minlength=len(key))
    at_a, at_b = np.divmod(key, max(len(b), 1))
    return Overlaps(at_a, at_b, both / (first.size[at_a] + second.size[at_b] - both))


class _Flat:
    """The segments of all items as columns, with the item that each belongs to."""

    def __init__(self, items: Sequence[Segments]) -> None:
        spans = np.array([span for item in items for span in item], dtype=np.int64).reshape(-1, 2)
        self.start, self.end = spans[:, 0], spans[:, 1]
        self.owner = np.repeat(np.arange(len(items)), [len(item) for item in items]).astype(np.int64)
        self.size = np.bincount(self.owner, self.end - self.start, minlength=len(items))


def _candidates(first: _Flat, start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """For each segment of the first reading those of the second, sorted by start, that could overlap it."""
    reach = np.maximum.accumulate(end) if len(end) else end
    low = np.searchsorted(reach, first.start, side="right")
    high = np.searchsorted(start, first.end, side="left")
    width = np.maximum(high - low, 0)
    if width.sum() > MOST_CANDIDATES:
        raise SinorusError(
            f"{width.sum()} pairs of spans might overlap in one document; expected at most {MOST_CANDIDATES}. "
            "Spans of a reading nest a few levels deep at most"
        )
    i = np.repeat(np.arange(len(width)), width)
    j = np.arange(width.sum()) - np.repeat(np.cumsum(width) - width - low, width)
    return i, j


def one_to_one(found: Overlaps) -> Overlaps:
    """As many pairs as possible with each item in one pair at most; among those choices the greatest sum of IoU.

    A linear sum assignment (Kuhn 1955, in the form of Crouse 2016 that scipy has) within each connected component, where a
    pair weighs 1 + IoU / (k + 1) and k is the number of pairs that there can be.
    """
    if not len(found.a):
        return found
    nodes = int(found.a.max()) + 1
    links = coo_matrix((np.ones(len(found.a)), (found.a, nodes + found.b)), shape=(nodes + int(found.b.max()) + 1,) * 2)
    component = connected_components(links, directed=False)[1][found.a]
    alone = np.bincount(component)[component] == 1
    rest = np.flatnonzero(~alone)
    rest = rest[np.argsort(component[rest], kind="stable")]
    parts = np.split(rest, np.flatnonzero(np.diff(component[rest])) + 1) if len(rest) else []
    chosen = [np.flatnonzero(alone), *(part[_assign(found.where(part))] for part in parts)]
    return found.where(np.sort(np.concatenate(chosen)))


def _assign(found: Overlaps) -> Ints:
    """The chosen pairs of one component, as indices."""
    rows, row = np.unique(found.a, return_inverse=True)
    columns, column = np.unique(found.b, return_inverse=True)
    weight = np.zeros((len(rows), len(columns)))
    weight[row, column] = 1 + found.iou / (min(weight.shape) + 1)
    at = np.full(weight.shape, -1)
    at[row, column] = np.arange(len(found.a))
    chosen: Ints = at[linear_sum_assignment(weight, maximize=True)]
    return chosen[chosen >= 0]
