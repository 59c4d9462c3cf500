"""doccano: JSON lines for sequence labelling, with relations. Nothing about other tools may live here.

Exports come in two shapes, `{"text", "label": [[start, end, label]]}` and, with relations, `{"text", "entities": [{"id",
"label", "start_offset", "end_offset"}], "relations": [{"id", "from_id", "to_id", "type"}]}`; both are read, the second is
written. Offsets count UTF-16 units, or grapheme clusters where the project was made so, and the file does not say which. No
attribute is carried, and doccano gives its own ids. Format: https://doccano.github.io/doccano/
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sinorus_corpus.annotation.formats.markup import (
    CLAIM,
    ROLES,
    SEGMENT,
    Files,
    Format,
    Mark,
    Markup,
    Parsed,
    Relation,
    relation_labels,
)
from sinorus_corpus.annotation.formats.reading import BadItemError, read_jsonl, take, take_span, to_offset
from sinorus_corpus.annotation.formats.units import utf16_offsets
from sinorus_corpus.records import Issue, Span
from sinorus_corpus.schema import Schema


def format_doccano(markups: Sequence[Markup], schema: Schema) -> Files:
    """`documents.jsonl` and the label sets to import as span types and relation types."""
    lines = [json.dumps(_document(markup), ensure_ascii=False) + "\n" for markup in markups]
    spans = [*schema.labels["entity"].active, CLAIM, *ROLES, SEGMENT]
    return {
        "documents.jsonl": "".join(lines).encode("utf-8"),
        "label_config.json": _labels(spans),
        "relation_config.json": _labels(relation_labels()),
    }


def _labels(names: Sequence[str]) -> bytes:
    """Label sets as doccano exports them; keys of one figure or letter while there are any."""
    keys = [*"1234567890abcdefghijklmnopqrstuvwxyz", *[None] * len(names)]
    rows = [{"text": name, "suffix_key": keys[i]} for i, name in enumerate(names)]
    return (json.dumps(rows, indent=1) + "\n").encode("utf-8")


def _document(markup: Markup) -> dict[str, Any]:
    text = markup.text or ""
    at = utf16_offsets(text)
    numbers = {mark.id: n for n, mark in enumerate(markup.marks, 1)}
    entities = [
        {"id": numbers[m.id], "label": m.label, "start_offset": at[m.spans[0].start], "end_offset": at[m.spans[0].end]}
        for m in markup.marks
    ]
    relations = [
        {"id": n, "from_id": numbers[r.source], "to_id": numbers[r.target], "type": r.label}
        for n, r in enumerate(markup.relations, 1)
    ]
    return {"text": text, "entities": entities, "relations": relations, "doc_id": markup.doc_id}


def parse_doccano(files: Files) -> Parsed:
    """The documents of JSONL exports, in both shapes."""
    markups: list[Markup] = []
    issues: list[Issue] = []
    for name, data in files.items():
        for line, found in read_jsonl(name, data):
            if isinstance(found, Issue):
                issues.append(found)
                continue
            try:
                markups.append(_read_document(found, name, line, issues))
            except BadItemError as error:
                issues.append(error.issue(name, line, "document"))
    return markups, issues


def _read_document(data: dict[str, Any], path: str, line: int, issues: list[Issue]) -> Markup:
    text, key = take(data, "text", str), next((k for k in ("entities", "label", "labels") if k in data), "")
    if not key:
        raise BadItemError("missing-key", f"keys {', '.join(data)}", "entities or label")
    marks, relations = [], []
    for n, item in enumerate(take(data, key, list, []), 1):
        try:
            marks.append(_triple(item, n) if isinstance(item, list) else _entity(item))
        except BadItemError as error:
            issues.append(error.issue(path, line, f"{key} {n}"))
    for n, item in enumerate(take(data, "relations", list, []), 1):
        try:
            ends = [
                str(to_offset(end, item.get(end) if isinstance(item, dict) else None)) for end in ("from_id", "to_id")
            ]
            relations.append(Relation(take(item, "type", str), *ends))
        except BadItemError as error:
            issues.append(error.issue(path, line, f"relation {n}"))
    return Markup(take(data, "doc_id", str, ""), text, tuple(marks), tuple(relations), path=path, line=line)


def _entity(item: Any) -> Mark:
    number = str(to_offset("id", item.get("id") if isinstance(item, dict) else None))
    return Mark(
        number, take(item, "label", str), (take_span(item, "start_offset", "end_offset"),), where=f"entity {number}"
    )


def _triple(item: list[Any], number: int) -> Mark:
    if len(item) != 3 or not isinstance(item[2], str):
        raise BadItemError("wrong-type", repr(item)[:60], "[start, end, label]")
    span = Span(to_offset("start", item[0]), to_offset("end", item[1]))
    return Mark(str(number), item[2], (span,), where=f"label {number}")


FORMAT = Format(
    format_doccano, parse_doccano, units=("utf-16", "grapheme"), ids=False, attributes=frozenset(), discontinuous=False
)
