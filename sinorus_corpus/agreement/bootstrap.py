"""Figures with intervals, of counts per document. What is counted is none of its business."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Chosen = npt.NDArray[np.bool_]

RESAMPLES = 1000
SEED = 1994
LEVEL = 0.95


class Statistic(NamedTuple):
    """A measure of summed counts.

    Attributes:
        name: as people know it.
        of: counts `[..., k]` to values `[...]`, NaN where there is none.
        support: what the first counts are, shown beside the value.
    """

    name: str
    of: Callable[[Floats], Floats]
    support: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Tally:
    """Counts that add up over documents, and the measure of their sum.

    Attributes:
        section, name: where it is shown, and as what.
        counts: one row a document.
    """

    section: str
    name: str
    counts: Floats
    statistic: Statistic


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure over some documents; `None` where it has no value, or no interval."""

    statistic: str
    value: float | None
    low: float | None
    high: float | None
    support: dict[str, int]


def ratio(top: Floats, bottom: Floats) -> Floats:
    """`top / bottom`, NaN where `bottom` is 0."""
    shape = np.broadcast(top, bottom).shape
    found: Floats = np.divide(top, bottom, out=np.full(shape, np.nan), where=np.broadcast_to(bottom != 0, shape))
    return found


@cache
def resamples(documents: int) -> Floats:
    """How often each document was drawn in each resample, `[RESAMPLES, documents]`; always the same."""
    random = np.random.default_rng(SEED)
    drawn = random.multinomial(documents, [1 / documents] * documents, size=RESAMPLES).astype(np.float64)
    drawn.flags.writeable = False
    return drawn


def figure(tally: Tally, chosen: Chosen) -> Figure:
    """The measure over the chosen documents, with the percentile interval of the bootstrap over documents.

    Resamples in which the measure has no value are left out of the interval (Efron and Tibshirani 1993, chapter 13). One
    document cannot be resampled: it gets no interval.
    """
    counts = tally.counts[chosen]
    total = counts.sum(axis=0)
    value = _known(tally.statistic.of(total))
    low, high = _interval(counts, tally.statistic) if value is not None and len(counts) > 1 else (None, None)
    support = dict(zip(tally.statistic.support, (int(n) for n in total), strict=False))
    return Figure(tally.statistic.name, value, low, high, support)


def _interval(counts: Floats, statistic: Statistic) -> tuple[float | None, float | None]:
    values = statistic.of(resamples(len(counts)) @ counts)
    values = values[~np.isnan(values)]
    if not len(values):
        return None, None
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


def _known(value: Floats) -> float | None:
    return None if np.isnan(value) else float(value)
