"""Finds the registry's names and aliases in text. No rule about figures or domain terms may live here.

Section 3 of the guidelines: names inside longer names are labelled too, except inside a person, a person inside another name, and
a part that means the same entity; every copy counts, in whatever case, as far as case does not change the sense.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sinorus_corpus.characters import UNSPACED
from sinorus_corpus.records import KnownEntity, Span
from sinorus_corpus.suggestions.spans import Found, Placed, longest_first

# One code point for one, so that offsets stay.
_SAME = str.maketrans({"\u00a0": " ", "\u202f": " ", "’": "'", "‘": "'", "‐": "-", "‑": "-", "–": "-", "—": "-"})
_SHORTEST_IN_CAPITALS = 4
_DEEPEST = 3
_NUMBER = re.compile(r"[ -]?\d\w*")
# A Chinese name in pinyin: a surname of one syllable, then a given name of one or two.
_SYLLABLE = (
    "(?:(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?(?:iang|iong|uang|ang|eng|ong|iao|ian|ing|uai|uan"
    "|ai|ei|ao|ou|an|en|er|ia|ie|iu|in|ua|uo|ui|un|ue|a|o|e|i|u))"
)
_PINYIN = re.compile(f"({_SYLLABLE}) {_SYLLABLE}{{1,2}}", re.IGNORECASE)


class _Name(NamedTuple):
    written: str
    folded: str
    label: str
    entity: str


def same_length(text: str) -> str:
    """`text` with one kind of space, apostrophe and dash; offsets stay."""
    return text.translate(_SAME)


def _fold(text: str) -> str:
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


class NameFinder:
    """Looks names up by their first two letters.

    Args:
        known: the registry; where two entities share a name, the first one has it.
        person: the label of people, whom a text goes on to call by their surname alone.
        holds_nothing: the labels of names in which no other name is labelled.
    """

    def __init__(self, known: Iterable[KnownEntity], person: str, holds_nothing: Sequence[str]) -> None:
        self._person, self._holds_nothing = person, holds_nothing
        self._names: dict[str, list[_Name]] = defaultdict(list)
        self._taken: set[str] = set()
        for entity in known:
            for name in (entity.name, *entity.aliases):
                self._add(_name(name.removeprefix("the "), entity.type, entity.entity_id))

    def _add(self, name: _Name) -> None:
        if len(name.written) > 1 and name.written not in self._taken:
            self._taken.add(name.written)
            self._names[name.folded[:2]].append(name)

    def find(self, raw: str, areas: Sequence[Span]) -> list[Found]:
        """Names in these areas of `raw`, nested ones included, none crossing."""
        text = same_length(raw)
        folded = _fold(text)
        found = [f for area in areas for f in self._in_area(text, folded, area, self._names)]
        for person in {f.entity: f for f in found if f.label == self._person}.values():
            surname = _name(_surname(text[person.span.start : person.span.end]), person.label, person.entity)
            if len(surname.written) > 1 and surname.written not in self._taken:
                only = {surname.folded[:2]: [surname]}
                found += [f for area in areas for f in self._in_area(text, folded, area, only)]
        return self._nested(text, found)

    def _in_area(self, text: str, folded: str, area: Span, names: dict[str, list[_Name]]) -> Iterator[Found]:
        for start in range(area.start, area.end - 1):
            for name in names.get(folded[start : start + 2], ()):
                end = start + len(name.written)
                if (
                    end <= area.end
                    and folded.startswith(name.folded, start)
                    and _is_name(text, start, end, name.written)
                ):
                    yield Found(Span(start, end), name.label, name.entity)

    def _nested(self, text: str, found: list[Found]) -> list[Found]:
        """The longest names, and inside each what the guidelines nest, at most three deep; nothing crosses."""
        kept = Placed()
        for each in longest_first(found):
            outer = kept.touching(each.span)
            if len(outer) < _DEEPEST and all(self._may_hold(text, f, each) for f in outer):
                kept.add(each)
        return kept.in_order()

    def _may_hold(self, text: str, outer: Found, inner: Found) -> bool:
        within = outer.span.start <= inner.span.start and inner.span.end <= outer.span.end and outer.span != inner.span
        if not within or outer.label in self._holds_nothing or inner.label == self._person:
            return False
        bracketed = text[inner.span.start - 1] == "(" and text[inner.span.end : inner.span.end + 1] == ")"
        rest = text[inner.span.end : outer.span.end]
        numbered = outer.span.start == inner.span.start and bool(_NUMBER.fullmatch(rest))
        same = outer.entity == inner.entity or (outer.label == inner.label and numbered)
        return bracketed or not same


def _name(written: str, label: str, entity: str) -> _Name:
    same = same_length(written)
    return _Name(same, _fold(same), label, entity)


def _surname(name: str) -> str:
    words = name.split()
    if len(words) < 2:
        return ""
    return words[0] if _PINYIN.fullmatch(name) else words[-1]


def _is_name(text: str, start: int, end: int, written: str) -> bool:
    """Whether these are whole words in a case that the name may have."""
    here = text[start:end]
    in_title = " " in written and here[0].isupper()
    in_capitals = len(here) >= _SHORTEST_IN_CAPITALS and here.isupper()
    return (here == written or in_title or in_capitals) and _is_edge(text, start) and _is_edge(text, end)


def _is_edge(text: str, at: int) -> bool:
    if not 0 < at < len(text):
        return True
    before, after = text[at - 1], text[at]
    return not (_in_word(before) and _in_word(after)) or bool(UNSPACED.search(before + after))


def _in_word(char: str) -> bool:
    return char.isalnum() or char == "_"
