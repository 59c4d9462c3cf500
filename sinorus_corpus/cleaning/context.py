"""What stands around a line: its neighbours, and the run of prose it belongs to, from one score a line.

Sums are kept in whole numbers, so that a page gives the same features alone and in a batch. No label is known here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

REACH = 3
# What a line must score to lengthen a run rather than to shorten it.
PENALTIES = (0.2, 0.35, 0.5, 0.65)
_UNIT = 1000
_FAR = -1.0


def neighbours(values: Sequence[Floats], page: Ints, reach: int = REACH) -> list[Floats]:
    """Each column as it stands 1 to `reach` lines before and after, -1 beyond the page."""
    columns = []
    for distance in range(1, reach + 1):
        same = page[distance:] == page[:-distance]
        for column in values:
            before, after = np.full(len(column), _FAR), np.full(len(column), _FAR)
            before[distance:][same] = column[:-distance][same]
            after[:-distance][same] = column[distance:][same]
            columns += [before, after]
    return columns


def runs(score: Floats, chars: Ints, page: Ints) -> list[Floats]:
    """For each line the best run of lines through it, beside the best of its page, at several penalties.

    A run's value is the sum of (score - penalty), weighted by characters and unweighted: Kadane's maximum-sum segment,
    through each line instead of over all.
    """
    points = np.rint(score * _UNIT).astype(np.int64)
    first, last = _edges(page)
    columns = []
    for penalty in PENALTIES:
        for weight in (chars, np.ones_like(chars)):
            value = (points - int(penalty * _UNIT)) * weight
            through = _best_through(value, page)
            best = np.maximum(_page_max(through, first)[page_index(page)], 1)
            columns += [through / best, _outside(through, best, page, first, last)]
    mass = points * chars
    total = np.maximum(_page_sum(mass, first, last)[page_index(page)], 1)
    before = np.cumsum(mass) - mass
    before -= before[first][page_index(page)]
    columns += [before / total, mass / total, np.log1p(total / _UNIT)]
    return columns


def page_index(page: Ints) -> Ints:
    """The number of each line's page among the pages that have lines."""
    return np.concatenate(([0], np.cumsum(page[1:] != page[:-1])))[: len(page)]


def _edges(page: Ints) -> tuple[Ints, Ints]:
    change = np.flatnonzero(page[1:] != page[:-1]) + 1 if len(page) else np.zeros(0, np.int64)
    starts = np.concatenate(([0], change))[: len(page)]
    return starts, np.concatenate((change, [len(page)]))[: len(starts)]


def _best_through(value: Ints, page: Ints) -> Ints:
    """The largest sum of consecutive values of the page that includes each line."""
    total = np.cumsum(value)
    # Each page is moved below the one before it, by more than any sum can reach, so that minima and maxima stay inside.
    step = 2 * int(np.abs(value).sum()) + 1 if len(value) else 1
    shift = page_index(page) * step
    lowest = np.minimum.accumulate(total - value - shift) + shift
    highest = np.maximum.accumulate((total - shift)[::-1])[::-1] + shift
    found: Ints = highest - lowest
    return found


def _page_max(values: Ints, first: Ints) -> Ints:
    return np.maximum.reduceat(values, first) if len(values) else values


def _page_sum(values: Ints, first: Ints, last: Ints) -> Ints:
    ends = np.concatenate(([0], np.cumsum(values)))
    return ends[last] - ends[first]


def _outside(through: Ints, best: Ints, page: Ints, first: Ints, last: Ints) -> Floats:
    """How many lines before (negative) or after the page's best run a line stands; 0 inside it."""
    index = page_index(page)
    number = np.arange(len(page))
    inside = through == best
    begin = np.minimum.reduceat(np.where(inside, number, len(page)), first)[index] if len(page) else number
    finish = np.maximum.reduceat(np.where(inside, number, -1), first)[index] if len(page) else number
    distance = np.where(number < begin, number - begin, np.where(number > finish, number - finish, 0))
    return np.where(finish < 0, -99, np.clip(distance, -99, 99)).astype(np.float64)
