"""What stands around a line: its neighbours, and the run of prose it belongs to, from one score a line.

Every array has one column a line. Sums are kept in whole numbers, so that a page gives the same features alone and in a
batch. No label is known here.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Features = npt.NDArray[np.float32]

REACH = 3
# What a line must score to lengthen a run rather than to shorten it.
PENALTIES = (0.2, 0.35, 0.5, 0.65)
# Where among the rows of `runs` the distances are: 0 in a run, in lines before and after it.
DISTANCES = slice(2 * len(PENALTIES), 4 * len(PENALTIES))
_UNIT = 1000
_FAR = np.float32(-1.0)


def neighbours(values: Features, page: Ints, reach: int = REACH) -> Features:
    """Each row of `values` as it stands 1 to `reach` lines before and after, -1 beyond the page."""
    rows, size = values.shape
    made = np.full((reach, 2, rows, size), _FAR, dtype=np.float32)
    for distance in range(1, min(reach, size - 1) + 1):
        same = page[distance:] == page[:-distance]
        made[distance - 1, 0, :, distance:] = np.where(same, values[:, :-distance], _FAR)
        made[distance - 1, 1, :, :-distance] = np.where(same, values[:, distance:], _FAR)
    return made.reshape(2 * reach * rows, size)


def runs(score: Floats, chars: Ints, page: Ints) -> Features:
    """For each line the best run of lines through it, beside the best of its page, at several penalties.

    A run's value is the sum of (score - penalty), weighted by characters and unweighted: Kadane's maximum-sum segment,
    through each line instead of over all. Then the prose before the line, in it and on its page.
    """
    points = np.rint(score * _UNIT).astype(np.int64)
    first, index = _pages(page)
    if not len(first):
        return np.zeros((4 * len(PENALTIES) + 3, 0), dtype=np.float32)
    over = points - np.array([[int(penalty * _UNIT)] for penalty in PENALTIES])
    through = _best_through(np.concatenate([over * chars, over]), index, _UNIT * int(chars.sum()))
    best = np.maximum(np.maximum.reduceat(through, first, axis=1), 1)[:, index]
    mass = points * chars
    total = np.maximum(np.add.reduceat(mass, first), 1)[index]
    before = np.cumsum(mass) - mass
    before -= before[first][index]
    place = [before / total, mass / total, np.log1p(total / _UNIT)]
    return np.concatenate([through / best, _outside(through == best, first, index), place]).astype(np.float32)


def _pages(page: Ints) -> tuple[Ints, Ints]:
    """The first line of each page that has lines, and for each line the number of its page among these."""
    change = page[1:] != page[:-1]
    first = np.concatenate(([0], np.flatnonzero(change) + 1))[: len(page)]
    return first, np.concatenate(([0], np.cumsum(change)))[: len(page)]


def _best_through(value: Ints, index: Ints, most: int) -> Ints:
    """For each row the largest sum of consecutive values of the page that includes each line; no sum is beyond `most`."""
    total = np.cumsum(value, axis=1)
    # Each page is moved below the one before it, by more than any sum can reach, so that minima and maxima stay inside.
    total -= index * (2 * most + 1)
    found: Ints = np.maximum.accumulate(total[:, ::-1], axis=1)[:, ::-1]
    total -= value
    np.minimum.accumulate(total, axis=1, out=total)
    found -= total
    return found


def _outside(inside: npt.NDArray[np.bool_], first: Ints, index: Ints) -> npt.NDArray[np.int32]:
    """How many lines before (negative) or after the page's best run a line stands; 0 inside it."""
    size = len(index)
    number = np.arange(size, dtype=np.int32)
    begin = np.minimum.reduceat(np.where(inside, number, np.int32(size)), first, axis=1)[:, index]
    finish = np.maximum.reduceat(np.where(inside, number, np.int32(-1)), first, axis=1)[:, index]
    distance = np.minimum(number - begin, 0) + np.maximum(number - finish, 0)
    np.clip(distance, -99, 99, out=distance)
    distance[finish < 0] = -99
    return distance
