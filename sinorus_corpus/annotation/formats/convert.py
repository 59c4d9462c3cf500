"""Annotation records to marks and back. No format may live here.

Both ways go through the lines of the canonical file, so that what a record holds and what it may hold are said in
`schemas/layers/` alone.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sinorus_corpus.annotation.canonical import format_annotations
from sinorus_corpus.annotation.formats.markup import (
    CLAIM,
    CUE,
    MAX_LINKS,
    ROLES,
    SEGMENT,
    SOURCE,
    Lost,
    Mark,
    Markup,
    Named,
    Relation,
    role,
    slices,
)
from sinorus_corpus.annotation.quotes import digest
from sinorus_corpus.annotation.strict_json import BadJsonError, parse_object
from sinorus_corpus.cleaning.alignment import Alignment
from sinorus_corpus.records import AnnotationSet, Document, Header, Issue, Span
from sinorus_corpus.schema import Column, Schema, nearest

# What a mark says by its place, its label and its relations instead of by an attribute.
_ANCHORS = {"id", "layer", "start", "end", "quote", "digest", "label", "segments", "quotes", "digests", "attribution"}
_ENTITY = "entity"


def attribute_columns(schema: Schema, label: str) -> list[Column]:
    """The attributes of a mark with this label: of the link for `source` and `cue`, none for `segment`."""
    if label == SEGMENT:
        return []
    if label in ROLES:
        (link,) = (c for c in schema.layers[CLAIM].columns if c.name == "attribution")
        return [c for c in link.fields if c.name not in {*ROLES, *_ANCHORS}]
    return [c for c in schema.layers[CLAIM if label == CLAIM else _ENTITY].columns if c.name not in _ANCHORS]


def closed_values(column: Column, schema: Schema) -> list[str] | None:
    """The values of a closed column; `None` where anything may be written."""
    if column.labels:
        return schema.labels[column.labels].active
    if column.type == "bool":
        return ["true"]
    if column.type == "int32" and column.min is not None and column.max is not None:
        return [str(n) for n in range(int(column.min), int(column.max) + 1)]
    return None


def to_strings(value: Any) -> tuple[str, ...]:
    """A value of a record as strings, one for each item of a list."""
    return tuple(_to_string(item) for item in (value if isinstance(value, list) else [value]))


def _to_string(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def from_strings(column: Column, strings: Sequence[str]) -> Any:
    """The value that `to_strings` made these of; what does not fit the column stays text, for its checks to find."""
    values = [_from_string(column, string) for string in strings]
    if column.list:
        return values
    return values[0] if len(values) == 1 else list(strings)


def _from_string(column: Column, string: str) -> Any:
    if column.type == "bool":
        return {"true": True, "false": False}.get(string, string)
    if column.type == "int32":
        return int(string) if re.fullmatch(r"-?[0-9]{1,9}", string, re.A) else string
    if column.type == "struct":
        try:
            return parse_object(string)
        except BadJsonError:
            return string
    return string


def to_markup(found: AnnotationSet, document: Document, schema: Schema) -> tuple[Markup, list[Lost]]:
    """The marks of an annotation file at offsets of the document's text.

    Returns:
        The markup, and what has no place in it: spans that cut what cleaning replaced, links without a span.
    """
    made = _Marks(found.header.doc_id, Alignment(document.alignment))
    for line in format_annotations(found, schema).decode("utf-8").split("\n")[1:-1]:
        made.record(json.loads(line))
    marks = tuple(m for m in [*made.marks, *made.roles.values()])
    language = document.article.language
    quoted = [Mark(m.id, m.label, m.spans, m.attributes, slices(document.text, m)) for m in marks]
    doc_id, by = found.header.doc_id, found.header.annotator
    return Markup(doc_id, document.text, tuple(quoted), tuple(made.relations), by, language=language), made.lost


class _Marks:
    """Collects the marks of one document."""

    def __init__(self, doc_id: str, alignment: Alignment) -> None:
        self.doc_id, self.alignment = doc_id, alignment
        self.marks: list[Mark] = []
        self.roles: dict[tuple[Any, ...], Mark] = {}
        self.relations: list[Relation] = []
        self.lost: list[Lost] = []

    def record(self, data: dict[str, Any]) -> None:
        """Adds an entity or claim."""
        claim = data["layer"] == CLAIM
        spans = self._spans(data["id"], data["segments"] if claim else [[data["start"], data["end"]]])
        if not spans:
            return
        attributes = {key: to_strings(value) for key, value in data.items() if key not in _ANCHORS}
        self.marks.append(Mark(data["id"], CLAIM if claim else data["label"], spans, attributes))
        for n, link in enumerate(data.get("attribution", []), 1):
            self._link(data["id"], n, link)

    def _spans(self, item: str, spans: list[list[int]]) -> tuple[Span, ...]:
        mapped = [span for span in self.alignment.to_text([Span(*span) for span in spans]) if span]
        if len(mapped) < len(spans):
            self.lost.append(Lost(self.doc_id, item, f"{spans}: cuts a character that cleaning replaces"))
            return ()
        if self.alignment.to_raw(mapped) != [Span(*span) for span in spans]:
            self.lost.append(Lost(self.doc_id, item, f"{spans}: an invisible character at its edge"))
        return tuple(mapped)

    def _link(self, claim: str, n: int, link: dict[str, Any]) -> None:
        rest = {key: to_strings(value) for key, value in link.items() if key not in {*ROLES, *_ANCHORS} and value}
        held = [name for name in ROLES if link.get(name)]
        if not held or n > MAX_LINKS:
            what = f"link {n}, " + (f"beyond {MAX_LINKS}" if held else "which has neither source nor cue")
            self.lost.append(Lost(self.doc_id, claim, what))
        for name in held[: 0 if n > MAX_LINKS else 2]:
            attributes = rest if name == held[0] else {}
            spans = self._spans(f"{claim} {role(name, n)}", [link[name]])
            if spans:
                key = (name, spans, *sorted(attributes.items()))
                new = Mark(f"{name}{len(self.roles) + 1}", name, spans, attributes)
                mark = self.roles.setdefault(key, new)
                self.relations.append(Relation(role(name, n), claim, mark.id))


def from_markup(
    markup: Markup, raw: str, schema: Schema, *, withheld: bool, base: AnnotationSet | None = None
) -> tuple[list[Named], list[Issue]]:
    """The records of marks at raw offsets, in the order of the file, each with its mark.

    Args:
        withheld: write digests instead of quotes.
        base: a reading that fills in what the tool could not carry, where the same label stands on the same spans.
    """
    return _Records(markup, raw, schema, withheld, base).made()


class _Records:
    """Makes the records of one document."""

    def __init__(
        self, markup: Markup, raw: str, schema: Schema, withheld: bool, base: AnnotationSet | None = None
    ) -> None:
        self.markup, self.raw, self.schema, self.withheld = markup, raw, schema, withheld
        self.by_id: dict[str, Mark] = {}
        self.base = _by_place(base, schema) if base else {}
        self.links: dict[str, dict[int, dict[str, Mark]]] = defaultdict(lambda: defaultdict(dict))
        self.segments: dict[str, list[Span]] = defaultdict(list)
        self.used: set[str] = set()
        self.issues: list[Issue] = []

    def wrong(self, code: str, found: str, expected: str, line: int = 0) -> None:
        self.issues.append(Issue(code, self.markup.path, line or self.markup.line, found, expected))

    def made(self) -> tuple[list[Named], list[Issue]]:
        """All records, numbered where they have no id."""
        for mark in self.markup.marks:
            if self.by_id.setdefault(mark.id, mark) is not mark:
                self.wrong("duplicate-id", _where(mark), "an id for each mark", mark.line)
        for relation in self.markup.relations:
            self._relate(relation)
        records = [(m, self._record(m)) for m in self.markup.marks if m.label not in (*ROLES, SEGMENT)]
        for mark in self.markup.marks:
            if mark.label in (*ROLES, SEGMENT) and mark.id not in self.used:
                expected = f"a relation {mark.label} to it from its claim"
                self.wrong("not-imported", f"{_where(mark)}, a {mark.label} of no claim", expected, mark.line)
        _number([record for _, record in records], self.schema)
        return records, self.issues

    def _relate(self, relation: Relation) -> None:
        ends = [self.by_id.get(name) for name in (relation.source, relation.target)]
        label = relation.label or (ends[1].label if ends[1] else "")  # an unnamed one means what it leads to
        shown = f"relation {label} from {relation.source} to {relation.target}"
        name, _, number = label.partition("-")
        if name not in (*ROLES, SEGMENT) or (number and not re.fullmatch("[2-9]", number)):
            meant = nearest(label, (*ROLES, SEGMENT)) or "source, cue or segment"
            self.wrong("unknown-label", shown, meant)
        elif ends[0] is None or ends[1] is None:
            self.wrong("unknown-reference", shown, "two marks of this file that could be placed")
        elif ends[0].label != CLAIM or ends[1].label != name:
            found = f"{shown}: from {ends[0].label} to {ends[1].label}"
            self.wrong("wrong-layer-reference", found, f"from a claim to a {name}")
        elif name == SEGMENT:
            self.segments[relation.source] += ends[1].spans
            self.used.add(relation.target)
        elif name in self.links[relation.source][int(number or 1)]:
            self.wrong("not-imported", f"a second {shown}", f"one {name} for each link; deeper ones are {name}-2, …")
        else:
            self.links[relation.source][int(number or 1)][name] = ends[1]
            self.used.add(relation.target)

    def _record(self, mark: Mark) -> dict[str, Any]:
        claim = mark.label == CLAIM
        layer = CLAIM if claim else _ENTITY
        spans = sorted([*mark.spans, *self.segments[mark.id]])
        data: dict[str, Any] = {"id": mark.id, "layer": layer} | self._attributes(mark)
        if claim:
            links = self.links[mark.id]
            data |= {"segments": [list(s) for s in spans]} | self._evidence("quotes", "digests", spans)
            data["attribution"] = [self._link(links[n]) for n in sorted(links)]
        else:
            data |= {"start": spans[0].start, "end": spans[-1].end, "label": mark.label}
            data |= self._evidence("quote", "digest", [Span(spans[0].start, spans[-1].end)], one=True)
            if len(spans) > 1 and self.raw[spans[0].end : spans[1].start].strip():
                self.wrong(
                    "not-imported", f"{_where(mark)}: {len(spans)} fragments", "an entity of one span", mark.line
                )
        return self._filled(data)

    def _filled(self, data: dict[str, Any]) -> dict[str, Any]:
        known = self.base.get(_place(data), {})
        if [_ends(link) for link in data.get("attribution", [])] == [
            _ends(link) for link in known.get("attribution", [])
        ]:
            data = {key: value for key, value in data.items() if key != "attribution" or key not in known}
        return known | data | ({"id": known["id"]} if known and not _is_id(self.schema, data) else {})

    def _attributes(self, mark: Mark) -> dict[str, Any]:
        columns = {c.name: c for c in attribute_columns(self.schema, mark.label)}
        data = {}
        for name, strings in mark.attributes.items():
            if name in columns:
                data[name] = from_strings(columns[name], strings)
            else:
                expected = nearest(name, columns) or ", ".join(columns)
                self.wrong("unknown-key", f"{_where(mark)}, a {mark.label}, has {name}", expected, mark.line)
        return data

    def _link(self, ends: dict[str, Mark]) -> dict[str, Any]:
        spans = [ends[name].spans[0] if name in ends else None for name in (SOURCE, CUE)]
        made = {name: list(span) for name, span in zip((SOURCE, CUE), spans, strict=True) if span}
        for name in (n for n in (SOURCE, CUE) if n in ends):
            for key, value in self._attributes(ends[name]).items():
                made[key] = [*made.get(key, []), *value]
        return made | self._evidence("quotes", "digests", spans)

    def _evidence(self, quote: str, digests: str, spans: Sequence[Span | None], *, one: bool = False) -> dict[str, Any]:
        there = [self.raw[s.start : s.end] if s else "" for s in spans]
        values = [digest(t) if t else "" for t in there] if self.withheld else there
        return {digests if self.withheld else quote: values[0] if one else values}


def _where(mark: Mark) -> str:
    return mark.where or mark.id


def _ends(link: dict[str, Any]) -> list[Any]:
    return [link.get(name) for name in ROLES]


def _place(data: dict[str, Any]) -> tuple[Any, ...]:
    if data["layer"] == CLAIM:
        return (CLAIM, *map(tuple, data["segments"]))
    return data["label"], (data["start"], data["end"])


def _by_place(base: AnnotationSet, schema: Schema) -> dict[tuple[Any, ...], dict[str, Any]]:
    lines = format_annotations(base, schema).decode("utf-8").split("\n")[1:-1]
    return {_place(data): data for data in map(json.loads, lines)}


def _is_id(schema: Schema, data: dict[str, Any]) -> bool:
    (column,) = (c for c in schema.layers[data["layer"]].columns if c.name == "id")
    return bool(re.fullmatch(column.pattern, data["id"]))


def _number(records: list[dict[str, Any]], schema: Schema) -> None:
    """Gives ids after the last one in use to records that have none of our form, in order of their start."""
    taken = {layer: [0] for layer in schema.layers}
    new = []
    for data in records:
        if _is_id(schema, data):
            taken[data["layer"]].append(int(data["id"][1:]))
        else:
            new.append(data)
    for data in sorted(new, key=lambda d: d["segments"][0] if d["layer"] == CLAIM else [d["start"], -d["end"]]):
        numbers = taken[data["layer"]]
        numbers.append(max(numbers) + 1)
        data["id"] = f"{data['layer'][0]}{numbers[-1]}"


def to_lines(header: Header, records: Iterable[dict[str, Any]]) -> str:
    """Records as an annotation file, not yet in canonical order."""
    return "".join(json.dumps(data, ensure_ascii=False) + "\n" for data in [asdict(header), *records])
