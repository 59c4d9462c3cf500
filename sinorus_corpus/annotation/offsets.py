"""Checks labels against the raw text they anchor to: range, quote or digest, unit, graphemes. No label rule lives here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from sinorus_corpus.annotation.quotes import digest, quotes_hold
from sinorus_corpus.characters import cuts_word, grapheme_bounds, shorten
from sinorus_corpus.cleaning.lines import line_spans
from sinorus_corpus.records import AnnotationSet, Claim, Entity, Issue, Span
from sinorus_corpus.strings import Texts

_WINDOW = 200


class Anchored(NamedTuple):
    """One span of a record with what vouches for it."""

    name: str
    span: Span
    quote: str
    digest: str


def anchored_spans(record: Entity | Claim) -> Iterator[Anchored]:
    """Every span of a record: the mention, or the segments and then source and cue of each link."""
    if isinstance(record, Entity):
        yield Anchored(record.id, record.span, record.quote, record.digest)
        return
    for i, span in enumerate(record.segments):
        yield Anchored(f"{record.id} segment {i + 1}", span, _at(record.quotes, i), _at(record.digests, i))
    for n, link in enumerate(record.attribution, 1):
        for i, (name, end) in enumerate((("source", link.source), ("cue", link.cue))):
            if end is not None:
                yield Anchored(f"{record.id} {name} {n}", end, _at(link.quotes, i), _at(link.digests, i))


def _at(values: tuple[str, ...], index: int) -> str:
    return values[index] if index < len(values) else ""


def check_offsets(annotations: AnnotationSet, raw: str | None) -> Iterator[Issue]:
    """Checks every span of a file against `raw`; where the text is not at hand, that it could be a span at all."""
    path = annotations.path
    yield from _check_regions(annotations, raw)
    bounds = grapheme_bounds(raw) if raw is not None and not raw.isascii() else None
    found = [(line, item) for line, record in annotations.numbered_labels() for item in anchored_spans(record)]
    holding = _holding([item for _, item in found], raw)
    for (line, item), holds in zip(found, holding, strict=True):
        yield from _check_span(path, line, item, raw, bounds, holds=holds)


def _check_regions(annotations: AnnotationSet, raw: str | None) -> Iterator[Issue]:
    spans = [region.span for region in annotations.regions]
    for (line, region), before in zip(annotations.numbered_regions(), [Span(0, 0), *spans[:-1]], strict=False):
        if region.start >= region.end or region.start < before.end:
            expected = f"start from {before.end} and before end"
            yield Issue("bad-offset", annotations.path, line, f"{region.id} [{region.start}, {region.end})", expected)
    if raw is not None and annotations.path.startswith("annotations/regions/"):
        yield from _check_coverage(annotations, raw)


def _check_coverage(annotations: AnnotationSet, raw: str) -> Iterator[Issue]:
    """A reviewed region file has exactly one region for each line that is not blank."""
    lines = line_spans(raw)
    known = set(lines)
    for line, region in annotations.numbered_regions():
        if region.span not in known:
            near = min(lines, key=lambda s: abs(s.start - region.start), default=Span(0, 0))
            found, expected = f"{region.id} [{region.start}, {region.end})", f"[{near.start}, {near.end})"
            yield Issue("region-mismatch", annotations.path, line, found, f"a line of raw, such as {expected}")
    for span in sorted(known - {region.span for region in annotations.regions}):
        number = raw.count("\n", 0, span.start) + 1
        found = f"line {number} of raw [{span.start}, {span.end}) has no region"
        yield Issue("region-missing", annotations.path, 0, found, "a region for each line that is not blank")


def _holding(items: list[Anchored], raw: str | None) -> list[bool]:
    """Whether each span is in range and its words are those that vouch for it."""
    if raw is None:
        return [False] * len(items)
    spans = np.array([item.span for item in items], dtype=np.int64).reshape(-1, 2)
    inside = (spans[:, 0] >= 0) & (spans[:, 0] < spans[:, 1]) & (spans[:, 1] <= len(raw))
    some = [item for item, good in zip(items, inside.tolist(), strict=True) if good]
    quotes = pa.array([item.quote or None for item in some], pa.string())
    digests = pa.array([item.digest or None for item in some], pa.string())
    start, end = spans[inside].T
    texts = Texts(pa.array([raw], pa.string()))
    inside[inside] = quotes_hold(texts, np.zeros(len(some), dtype=np.int64), start, end, quotes, digests)
    return [bool(holds) for holds in inside]


def _check_span(
    path: str, line: int, item: Anchored, raw: str | None, bounds: set[int] | None, *, holds: bool
) -> Iterator[Issue]:
    start, end = item.span
    shown = f"{item.name} [{start}, {end})"
    if start >= end:
        yield Issue("bad-offset", path, line, shown, "start before end")
        return
    if raw is None:
        return
    if holds:
        yield from _check_edges(path, line, shown, raw, item.span, bounds)
    elif unit := _other_unit(item, raw):
        found = f"{shown} {shorten(item.quote)}"
        yield Issue("offset-unit", path, line, found, f"code points; these would fit as {unit}")
    elif end > len(raw):
        yield Issue("bad-offset", path, line, shown, f"an end of at most {len(raw)}")
    else:
        yield _mismatch(path, line, item, raw)


def _mismatch(path: str, line: int, item: Anchored, raw: str) -> Issue:
    start, end = item.span
    there = raw[start:end]
    if not item.quote:
        near = range(max(0, start - _WINDOW), start + _WINDOW)
        hits = [i for i in near if digest(raw[i : i + end - start]) == item.digest]
        found = f"digest {digest(there)} at [{start}, {end})"
        return Issue("quote-mismatch", path, line, f"{item.name}: {found}", f"{item.digest}{_hint(hits, end - start)}")
    hits, at = [], raw.find(item.quote)
    while at >= 0:
        hits.append(at)
        at = raw.find(item.quote, at + 1)
    hits.sort(key=lambda i: abs(i - start))
    found = f"{item.name}: raw has {shorten(there)} at [{start}, {end})"
    return Issue("quote-mismatch", path, line, found, f"{shorten(item.quote)}{_hint(hits, len(item.quote))}")


def _hint(hits: list[int], length: int) -> str:
    if not hits:
        return ", which stands nowhere near" if length else ""
    kind = "which stands only" if len(hits) == 1 else "whose nearest copy stands"
    return f", {kind} at [{hits[0]}, {hits[0] + length})"


def _other_unit(item: Anchored, raw: str) -> str:
    """The unit in which the span would fit its quote, where code points do not."""
    start, end = item.span
    if not item.quote or raw.isascii():
        return ""
    units: list[tuple[str, Callable[[str], int]]] = [
        ("UTF-16 code units", lambda s: len(s.encode("utf-16-le")) // 2),
        ("UTF-8 bytes", lambda s: len(s.encode("utf-8"))),
    ]
    at = raw.find(item.quote)
    while at >= 0:
        for name, length in units:
            before = length(raw[:at])
            if before == start and before + length(item.quote) == end:
                return name
        at = raw.find(item.quote, at + 1)
    return ""


def _check_edges(path: str, line: int, shown: str, raw: str, span: Span, bounds: set[int] | None) -> Iterator[Issue]:
    text = raw[span.start : span.end]
    if bounds is not None and not {span.start, span.end} <= bounds:
        yield Issue("splits-grapheme", path, line, f"{shown} {shorten(text)}", "a boundary between whole characters")
    if text != text.strip():
        yield Issue("outer-space", path, line, f"{shown} {shorten(text)}", "a span without outer white space")
    if cuts_word(raw, span.start) or cuts_word(raw, span.end):
        around = raw[max(0, span.start - 8) : span.end + 8]
        yield Issue("inside-word", path, line, f"{shown} {shorten(text)} in {shorten(around)}", "whole words")
