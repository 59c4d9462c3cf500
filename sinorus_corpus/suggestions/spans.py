"""What was found where, and what lies beside what. No rule of the guidelines may live here."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from typing import NamedTuple

from sinorus_corpus.records import Span


class Found(NamedTuple):
    """A span with its label and, for a name, the registry's id."""

    span: Span
    label: str
    entity: str = ""


def longest_first(found: Iterable[Found]) -> list[Found]:
    """The longer before the shorter, then in order of start."""
    return sorted(found, key=lambda f: (f.span.start - f.span.end, f.span.start))


class Placed:
    """Found spans by place, so that one asks its neighbours alone, however many there are."""

    def __init__(self, found: Iterable[Found] = ()) -> None:
        self._found: list[Found] = []
        self._longest = 0
        for each in found:
            self.add(each)

    def add(self, each: Found) -> None:
        """Adds one."""
        insort(self._found, each)
        self._longest = max(self._longest, each.span.end - each.span.start)

    def touching(self, span: Span) -> list[Found]:
        """Those that share a code point with `span`, in order of start."""
        first = bisect_left(self._found, span.start - self._longest, key=lambda f: f.span.start)
        after = bisect_left(self._found, span.end, key=lambda f: f.span.start)
        return [f for f in self._found[first:after] if f.span.end > span.start]

    def in_order(self) -> list[Found]:
        """All of them, by start and then end."""
        return list(self._found)
