"""What a line's repetition says of it: a copy of an earlier line of its page, a line that recurs on a site's pages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sinorus_corpus.cleaning.features import DENSE, Floats, Ints, Lines
from sinorus_corpus.cleaning.scoring import DIGITS

# From this length on the same words are a copy, whatever type was guessed.
_LONG = 40
_REPEATED = DENSE.index("repeated")

# Of boilerplate lines 85 to 96 % recur on a site's pages, of body lines 2 to 7 % (measured on sites of five pages or more).
_RECURRING = np.log(0.9 / 0.045)


def find_copies(texts: Sequence[str], lines: Lines, label: Ints) -> npt.NDArray[np.int64]:
    """For each line the earlier line of its page that it repeats, as an index into `lines`, or -1.

    The same words are a repeat, whatever case. A short line repeats another only if both have one type: a menu's "China"
    is no copy of a heading's.
    """
    copies = np.full(len(label), -1, dtype=np.int64)
    seen: dict[tuple[int, str], int] = {}
    some = np.flatnonzero(lines.dense[_REPEATED])
    for i, page, start, end in zip(*(c.tolist() for c in (some, *(v[some] for v in lines[:3]))), strict=True):
        earlier = seen.setdefault((page, texts[page][start:end].casefold()), i)
        if earlier != i and (end - start >= _LONG or label[earlier] == label[i]):
            copies[i] = earlier
    return copies


def lower_recurring(score: Floats, recurring: npt.NDArray[np.bool_]) -> Floats:
    """Lowers the score of lines that recur on a site's pages, by the odds at which boilerplate does."""
    odds = score / np.maximum(1 - score, 1e-9) * np.where(recurring, np.exp(-_RECURRING), 1.0)
    lowered: Floats = np.round(odds / (1 + odds), DIGITS)
    return lowered
