"""Finds the spans of a withheld article in another copy, by fingerprints alone. A span that could be elsewhere is not mapped.

Long stretches that stand in both copies equally often hold everything inside them exactly. Between two such stretches a shorter
span is taken where it lies as far from its left or right neighbour as it did, or where it stands once in both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sinorus_corpus.copies.fingerprints import digest
from sinorus_corpus.copies.normal_form import Normal, normal_form
from sinorus_corpus.records import Fingerprint, Span

# Code points of the normal form: as long a stretch is no accident; a shorter one may stand anywhere.
LONG = 20
NO_ACCIDENT = 6


class _Gap(NamedTuple):
    """A stretch between two neighbours that are found: `[first, end)` of the original, `[low, high)` of the copy.

    `left` and `right` say whether there is a neighbour on that side to measure from.
    """

    first: int
    end: int
    low: int
    high: int
    left: bool = True
    right: bool = True


def map_spans(prints: Sequence[Fingerprint], copy: str) -> dict[Span, Span]:
    """Where the spans of the original stand in a copy.

    Args:
        prints: the fingerprints of the original.
        copy: the text of the copy.

    Returns:
        Spans of the original, in code points of its raw text, to spans of the copy. What was changed, or could not be told from
        something else, is left out.
    """
    normal = normal_form(copy)
    search = _Search(normal)
    found = _long(prints, search)
    for gap in list(_gaps(prints, found, len(normal.text))):
        found |= _fill(
            gap, [p for p in prints if p not in found and gap.first <= p.norm_start and p.norm_end <= gap.end], search
        )
    return {p.span: normal.original(at, at + p.norm_end - p.norm_start) for p, at in found.items()}


class _Search:
    """Looks for digests in a copy: at starts of words, and for short spans between whole words alone."""

    def __init__(self, normal: Normal) -> None:
        self.normal = normal
        self.is_start = normal.starts_word()
        self.starts = np.flatnonzero(self.is_start[:-1])

    def windows(self, length: int) -> dict[str, list[int]]:
        """Where in the copy each stretch of this length begins, by digest."""
        places: dict[str, list[int]] = defaultdict(list)
        for at in self.starts[self.starts <= len(self.normal.text) - length].tolist():
            places[digest(self.normal.text[at : at + length])].append(at)
        return places

    def between(self, wanted: Fingerprint, low: int, high: int) -> list[int]:
        """Where in `[low, high)` of the copy the whole words of a fingerprint stand."""
        length = wanted.norm_end - wanted.norm_start
        first, end = np.searchsorted(self.starts, [low, high - length + 1])
        near = self.starts[first:end]
        near = near[self.is_start[near + length]].tolist()
        return [at for at in near if digest(self.normal.text[at : at + length]) == wanted.digest]


def _long(prints: Sequence[Fingerprint], search: _Search) -> dict[Fingerprint, int]:
    """The long stretches that stand in both copies equally often, with all that lies inside them, by place in the copy."""
    by_length: dict[int, dict[str, list[Fingerprint]]] = defaultdict(lambda: defaultdict(list))
    for one in prints:
        if one.norm_end - one.norm_start >= LONG:
            by_length[one.norm_end - one.norm_start][one.digest].append(one)
    found: dict[Fingerprint, int] = {}
    for length in sorted(by_length, reverse=True):
        wanted = {d: group for d, group in by_length[length].items() if any(p not in found for p in group)}
        places = search.windows(length) if wanted else {}
        for one, at in _equally_often(wanted, places):
            found |= _inside(prints, one, at)
    return found


def _equally_often(
    wanted: dict[str, list[Fingerprint]], places: dict[str, list[int]]
) -> Iterator[tuple[Fingerprint, int]]:
    for name, group in wanted.items():
        if len(group) == len(places.get(name, ())):
            yield from zip(group, places[name], strict=True)


def _inside(prints: Iterable[Fingerprint], outer: Fingerprint, at: int) -> dict[Fingerprint, int]:
    shift = at - outer.norm_start
    return {
        p: p.norm_start + shift for p in prints if outer.norm_start <= p.norm_start and p.norm_end <= outer.norm_end
    }


def _gaps(prints: Sequence[Fingerprint], found: dict[Fingerprint, int], length: int) -> Iterator[_Gap]:
    """The stretches of the original in which nothing is found yet, where the copy has their neighbours in the same order."""
    last, low, is_left = 0, 0, False
    for one in sorted(found, key=lambda p: (p.norm_start, -p.norm_end)):
        if one.norm_start > last and found[one] >= low:
            yield _Gap(last, one.norm_start, low, found[one], left=is_left)
        if one.norm_end > last:
            last, low, is_left = one.norm_end, found[one] + one.norm_end - one.norm_start, True
    end = max((p.norm_end for p in prints), default=0)
    if end > last:
        yield _Gap(last, end, low, length, left=is_left, right=False)


def _fill(gap: _Gap, prints: Sequence[Fingerprint], search: _Search) -> dict[Fingerprint, int]:
    """What of a gap can be found, the longest first; each find cuts the gap in two."""
    taken = _first_sure(gap, prints, search)
    if taken is None:
        return {}
    one, at = taken
    found = _inside(prints, one, at)
    for part in (
        gap._replace(end=one.norm_start, high=at, right=True),
        gap._replace(first=one.norm_end, low=at + one.norm_end - one.norm_start, left=True),
    ):
        found |= _fill(part, [p for p in prints if part.first <= p.norm_start and p.norm_end <= part.end], search)
    return found


def _first_sure(gap: _Gap, prints: Sequence[Fingerprint], search: _Search) -> tuple[Fingerprint, int] | None:
    for one in sorted(prints, key=lambda p: (p.norm_start - p.norm_end, p.norm_start)):
        alike = [p for p in prints if p.digest == one.digest]
        places = search.between(one, gap.low, gap.high)
        if len(alike) != len(places):
            continue
        at = places[alike.index(one)]
        if at in _due(gap, one) or (len(places) == 1 and one.norm_end - one.norm_start >= NO_ACCIDENT):
            return one, at
    return None


def _due(gap: _Gap, one: Fingerprint) -> set[int]:
    """Where a span would stand if nothing had changed on its left, or nothing on its right."""
    from_left = {gap.low + one.norm_start - gap.first} if gap.left else set()
    return from_left | ({gap.high - gap.end + one.norm_start} if gap.right else set())
