"""Places marks: offsets of any unit to code points, each quote checked against the text. No format may live here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate

from sinorus_corpus.annotation.formats.markup import Mark, Markup
from sinorus_corpus.characters import cuts_word, grapheme_bounds, shorten
from sinorus_corpus.records import Issue, SinorusError, Span

Bounds = dict[int, int]


def utf16_offsets(text: str) -> list[int]:
    """For each code point offset of `text`, the end included, how many UTF-16 code units stand before it."""
    return list(accumulate((1 + (c > "\uffff") for c in text), initial=0))


def _utf16(text: str) -> Bounds:
    return {at: i for i, at in enumerate(utf16_offsets(text))}


UNITS: dict[str, Callable[[str], Bounds]] = {
    "code-point": lambda text: {i: i for i in range(len(text) + 1)},
    "utf-16": _utf16,
    "grapheme": lambda text: dict(enumerate(sorted(grapheme_bounds(text)))),
}
NAMES = {"code-point": "code points", "utf-16": "UTF-16 code units", "grapheme": "grapheme clusters"}


class Ruler:
    """Reads offsets of every unit on one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._bounds = {unit: make(text) for unit, make in UNITS.items()}

    def span(self, span: Span, unit: str) -> Span | None:
        """The span in code points; `None` where it is empty, too long or cuts a character."""
        bounds = self._bounds[unit]
        start, end = bounds.get(span.start, -1), bounds.get(span.end, -1)
        return Span(start, end) if 0 <= start < end else None

    def slice(self, span: Span, unit: str) -> str:
        """What stands there; empty where nothing can."""
        found = self.span(span, unit)
        return self.text[found.start : found.end] if found else ""

    def longest(self, unit: str) -> int:
        """The length of the text in a unit."""
        return max(self._bounds[unit])


def squeeze(text: str) -> str:
    """`text` without white space: tools collapse it in their quotes, or put a space for a newline."""
    return "".join(text.split())


def place(markup: Markup, ruler: Ruler, unit: str) -> tuple[Markup, list[Issue]]:
    """Brings the marks of a file to code points of its text, and checks what the file says stands there."""
    marks, issues = [], []
    for mark in markup.marks:
        found = list(_faults(markup, mark, ruler, unit))
        issues += found
        if not found:
            spans = tuple(s for span in mark.spans if (s := ruler.span(span, unit)))
            marks.append(replace(mark, spans=spans))
    return replace(markup, marks=tuple(marks)), issues


def _faults(markup: Markup, mark: Mark, ruler: Ruler, unit: str) -> Iterator[Issue]:
    quote = squeeze("".join(mark.quotes))
    there = [ruler.slice(span, unit) for span in mark.spans]
    if all(there) and (not quote or quote == squeeze("".join(there))):
        return
    line = mark.line or markup.line
    places = ", ".join(f"[{span.start}, {span.end})" for span in mark.spans)
    shown = f"{mark.where or mark.id} {places} {shorten(' … '.join(mark.quotes)) if quote else mark.label}"
    others = [u for u in UNITS if quote and quote == squeeze("".join(ruler.slice(s, u) for s in mark.spans))]
    if others:
        fits = " or ".join(NAMES[u] for u in others)
        mend = f"Import again with --unit {others[0]}." if len(others) == 1 else ""
        expected = f"{NAMES[unit]}; these would fit as {fits}"
        yield Issue("offset-unit", markup.path, line, shown, expected, mend)
    elif not all(there):
        expected = f"whole characters between 0 and {ruler.longest(unit)} {NAMES[unit]}, start before end"
        yield Issue("bad-offset", markup.path, line, shown, expected)
    else:
        found = f"{shown}: there stands {shorten(' … '.join(there))}"
        expected = f"{shorten(' … '.join(mark.quotes))}{_hint(ruler.text, ' '.join(mark.quotes))}"
        yield Issue("quote-mismatch", markup.path, line, found, expected)


def _hint(text: str, quote: str) -> str:
    count = text.count(quote)
    if count == 1:
        return f", which stands only at [{text.find(quote)}, {text.find(quote) + len(quote)}) in code points"
    return f", which stands {count} times" if count else ", which stands nowhere"


def choose_unit(markup: Markup, ruler: Ruler, units: tuple[str, ...]) -> str:
    """The unit of a tool that is known to write several: the default, unless unquoted spans leave a doubt.

    A unit is tidy if every span is whole, begins and ends without white space and cuts no word in it.

    Raises:
        SinorusError: two units give different spans and both or none of them are tidy.
    """
    spans = [s for m in markup.marks for s in m.spans if not any(m.quotes)]
    readings = {unit: [ruler.span(span, unit) for span in spans] for unit in units}
    if all(readings[unit] == readings[units[0]] for unit in units):
        return units[0]
    tidy = [unit for unit in units if all(span and _is_tidy(ruler.text, span) for span in readings[unit])]
    if len(tidy) == 1:
        return tidy[0]
    raise SinorusError(
        f"{markup.path}:{markup.line}: the offsets may be {' or '.join(NAMES[u] for u in units)}, and the file holds no "
        f"quotes to tell; say which with --unit"
    )


def _is_tidy(text: str, span: Span) -> bool:
    there = text[span.start : span.end]
    return there == there.strip() and not cuts_word(text, span.start) and not cuts_word(text, span.end)
