"""What stands more than once: lines that copy an earlier line of their page, and lines that recur on a site's pages."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from sinorus_corpus.cleaning.features import DENSE, Floats, Ints, Lines, line_features
from sinorus_corpus.cleaning.scoring import DIGITS

# From this length on the same words are a copy, whatever type was guessed.
_LONG = 40
_REPEATED = DENSE.index("repeated")

# Of boilerplate lines 85 to 96 % recur on a site's pages, of body lines 2 to 7 % (measured on sites of five pages or more).
_RECURRING = np.log(0.9 / 0.045)
_LEAST_PAGES = 5
_LEAST_SHARE = 0.2

Repeats = dict[str, tuple[int, Counter[int]]]


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


def count_repeats(pages: Iterable[tuple[str, str]]) -> Repeats:
    """Counts on how many pages of its site each line stands, case and digits aside.

    Args:
        pages: pairs of site and text; pages of an unknown site are not counted.
    """
    numbers: Counter[str] = Counter()
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for site, text in pages:
        if site:
            numbers[site] += 1
            counts[site].update(set(line_features([text]).line_hash.tolist()))
    return {site: (number, counts[site]) for site, number in numbers.items()}


def lower_recurring(lines: Lines, score: Floats, sites: Sequence[str], repeats: Repeats) -> Floats:
    """Lowers the score of lines that recur on a site's pages, by the odds at which boilerplate does."""
    recurring = np.zeros(len(score), dtype=bool)
    for i, (page, key) in enumerate(zip(lines.page.tolist(), lines.line_hash.tolist(), strict=True)):
        number, counts = repeats.get(sites[page], (0, Counter()))
        recurring[i] = number >= _LEAST_PAGES and counts[key] >= max(2, _LEAST_SHARE * number)
    odds = score / np.maximum(1 - score, 1e-9) * np.where(recurring, np.exp(-_RECURRING), 1.0)
    lowered: Floats = np.round(odds / (1 + odds), DIGITS)
    return lowered
