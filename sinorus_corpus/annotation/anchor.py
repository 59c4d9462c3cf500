"""Turns labels written as quotes into labels with offsets, so that nobody types offsets. Ambiguity is an error, never a guess.

A draft is JSONL like an annotation file, without a header and without offsets. A place is a quote, narrowed where it
stands more than once by `in` (a region id), `context` (a longer quote around it) or `occurrence` (1, 2, … or, for
entities, "all"). Source and cue of an attribution are a quote or an object with those keys; they stand in the claim's
region unless `in` says otherwise.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

from sinorus_corpus.annotation.canonical import format_annotations
from sinorus_corpus.annotation.evidence import with_evidence
from sinorus_corpus.annotation.standoff import parse_annotations
from sinorus_corpus.annotation.strict_json import BadJsonError, parse_object
from sinorus_corpus.characters import UNSPACED, shorten
from sinorus_corpus.records import AnnotationSet, Header, Issue, KnownEntity, Region, Span
from sinorus_corpus.schema import Schema, nearest

_PLACE = ("quote", "in", "occurrence", "context")


class _UnplacedError(ValueError):
    """Why a quote could not be placed."""

    def __init__(self, code: str, found: str, expected: str) -> None:
        super().__init__(found)
        self.code, self.found, self.expected = code, found, expected


class Anchorer:
    """Places the quotes of one document.

    Args:
        raw: the raw text.
        regions: the kept regions; quotes are looked for in them alone.
        known: the entity registry; names in a draft's `entity` and `who` become its ids.
        withheld: write digests instead of quotes.
    """

    def __init__(self, raw: str, regions: tuple[Region, ...], known: list[KnownEntity], *, withheld: bool) -> None:
        self._raw, self._withheld = raw, withheld
        self._regions = {region.id: region for region in regions}
        self._names = {alias: e.entity_id for e in reversed(known) for alias in (e.entity_id, *e.aliases, e.name)}
        self.unknown: list[str] = []

    def place(self, data: dict[str, Any], default_in: str = "") -> list[Span]:
        """The spans of a place; one, unless `occurrence` is "all"."""
        quote, region, context = (_words(data, key) for key in ("quote", "in", "context"))
        region, occurrence = region or default_in, data.get("occurrence")
        if not quote:
            raise _UnplacedError("quote-not-found", "an empty quote", "some words of the text")
        areas = self._areas(region, context)
        spans = _find(self._raw, quote, areas, inside_words=occurrence != "all" or bool(UNSPACED.search(quote)))
        where = f"{shorten(quote)}{f' in {region}' if region else ''}"
        if not spans:
            raise _UnplacedError("quote-not-found", where, "words of a line that is text, exactly as they stand")
        if occurrence == "all":
            return spans
        if occurrence is None and len(spans) > 1:
            raise _UnplacedError("ambiguous-quote", f"{where} stands {len(spans)} times", "in, context or occurrence")
        index = 1 if occurrence is None else occurrence
        if isinstance(index, bool) or not isinstance(index, int) or not 1 <= index <= len(spans):
            raise _UnplacedError("quote-not-found", f"{where}: occurrence {index}", f'1 to {len(spans)} or "all"')
        return [spans[index - 1]]

    def _areas(self, region: str, context: str) -> list[Span]:
        if region and region not in self._regions:
            meant = nearest(region, self._regions) or "the id of a line that is text"
            raise _UnplacedError("unknown-reference", f"in {region}", meant)
        areas = [self._regions[region].span] if region else [r.span for r in self._regions.values()]
        if not context:
            return areas
        found = _find(self._raw, context, areas, inside_words=True)
        if len(found) != 1:
            raise _UnplacedError(
                "ambiguous-quote", f"context {shorten(context)} stands {len(found)} times", "a context that stands once"
            )
        return found

    def entity(self, draft: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """One entity record for each span of a draft."""
        rest = {key: value for key, value in draft.items() if key not in _PLACE}
        rest["entity"] = self._known(_words(rest, "entity"))
        for span in self.place(draft):
            yield rest | {"start": span.start, "end": span.end}

    def claim(self, draft: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """One claim record; `quote` stands for a claim of one segment."""
        quotes = _items(draft, "quotes", (str, dict)) or [draft.get("quote", "")]
        shared = {key: draft[key] for key in ("in", "context", "occurrence") if key in draft}
        spans = [self.place(q if isinstance(q, dict) else {"quote": q} | shared)[0] for q in quotes]
        home = next((r.id for r in self._regions.values() if r.start <= spans[0].start < r.end), "")
        rest = {key: value for key, value in draft.items() if key not in (*_PLACE, "quotes")}
        rest["attribution"] = [self._link(link, home) for link in _items(draft, "attribution", (dict,))]
        yield rest | {"segments": [list(s) for s in spans]}

    def _link(self, link: dict[str, Any], home: str) -> dict[str, Any]:
        spans = [self._end(link.get(name), home) for name in ("source", "cue")]
        rest = {key: value for key, value in link.items() if key not in ("source", "cue")}
        rest["who"] = [self._known(name) for name in _items(link, "who", (str,))]
        rest["who"] = [name for name in rest["who"] if name]
        ends = {name: list(s) for name, s in zip(("source", "cue"), spans, strict=True) if s is not None}
        return rest | ends

    def with_evidence(self, annotations: AnnotationSet) -> AnnotationSet:
        """The same labels with their quotes or digests."""
        return with_evidence(annotations, self._raw, withheld=self._withheld)

    def _end(self, place: Any, home: str) -> Span | None:
        if not place:
            return None
        return self.place(place if isinstance(place, dict) else {"quote": place}, home)[0]

    def _known(self, name: str) -> str:
        if name and name not in self._names:
            self.unknown.append(name)
        return self._names.get(name, "")


def _words(data: dict[str, Any], key: str) -> str:
    value = data.get(key) or ""
    if not isinstance(value, str):
        raise _UnplacedError("wrong-type", f"{key}: {value!r:.60}", "text")
    return value


def _items(data: dict[str, Any], key: str, kinds: tuple[type, ...]) -> list[Any]:
    values = data.get(key) or []
    if not isinstance(values, list) or not all(isinstance(value, kinds) for value in values):
        raise _UnplacedError("wrong-type", f"{key}: {values!r:.60}", f"a list of {kinds[-1].__name__}")
    return values


def _find(raw: str, quote: str, areas: list[Span], *, inside_words: bool) -> list[Span]:
    """Where `quote` stands as whole words; where it nowhere does and may, inside words (Chinese, missing spaces)."""
    before, after = (r"(?<!\w)" if quote[0].isalnum() else ""), (r"(?!\w)" if quote[-1].isalnum() else "")
    for pattern in [before + re.escape(quote) + after, *([re.escape(quote)] if inside_words else [])]:
        found = [Span(*m.span()) for area in areas for m in re.compile(pattern).finditer(raw, *area)]
        if found:
            return found
    return []


def anchor_draft(text: str, path: str, header: Header, anchorer: Anchorer, schema: Schema) -> tuple[bytes, list[Issue]]:
    """Anchors a draft into the canonical bytes of an annotation file; with findings there are no bytes."""
    records, issues = [], []
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        if line.strip():
            try:
                records += [(number, record) for record in _anchor_line(line, anchorer)]
            except (BadJsonError, _UnplacedError) as error:
                issues.append(Issue(error.code, path, number, error.found, error.expected))
    if issues:
        return b"", issues
    lines = [asdict(header), *_numbered([record for _, record in records])]
    made = "".join(json.dumps(data, ensure_ascii=False) + "\n" for data in lines)
    parsed, issues = parse_annotations(made, path, ("entity", "claim"), schema)
    source = [0, *(number for number, _ in _in_order(records))]
    issues = [replace(i, line=source[i.line - 1] if i.line else 0) for i in issues]
    if parsed is None or issues:
        return b"", issues
    return format_annotations(anchorer.with_evidence(parsed), schema), []


def _anchor_line(line: str, anchorer: Anchorer) -> Iterator[dict[str, Any]]:
    data = parse_object(line)
    match data.get("layer"):
        case "entity":
            yield from anchorer.entity(data)
        case "claim":
            yield from anchorer.claim(data)
        case other:
            raise _UnplacedError("wrong-layer", f"layer {other}", "entity or claim")


def _start(record: dict[str, Any]) -> tuple[int, int]:
    start, end = record["segments"][0] if "segments" in record else (record["start"], record["end"])
    return start, -end


def _in_order(records: list[tuple[int, dict[str, Any]]]) -> list[tuple[int, dict[str, Any]]]:
    return sorted(records, key=lambda pair: _start(pair[1]))


def _numbered(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Gives ids in order of start to records that have none."""
    taken = {record["id"] for record in records if "id" in record}
    numbers = {"entity": 0, "claim": 0}
    for record in sorted(records, key=_start):
        layer = record["layer"]
        while "id" not in record:
            numbers[layer] += 1
            if (name := f"{layer[0]}{numbers[layer]}") not in taken:
                record["id"] = name
    return sorted(records, key=_start)
