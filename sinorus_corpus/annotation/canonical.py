"""Writes annotation files in their one canonical form, so that a pull request shows what changed and nothing else.

Header first, then one record a line sorted by start, end and id; keys in the order of the layer; values that equal their
default left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from sinorus_corpus.annotation.standoff import column_values
from sinorus_corpus.records import (
    AnnotationSet,
    Audit,
    Claim,
    Cluster,
    Correction,
    Decision,
    Entity,
    Fingerprint,
    Header,
    Region,
)
from sinorus_corpus.schema import Column, Schema


def format_annotations(annotations: AnnotationSet, schema: Schema) -> bytes:
    """The canonical bytes of an annotation file."""
    records: list[Region | Entity | Claim] = [*annotations.regions, *annotations.entities, *annotations.claims]
    rows = [("header", annotations.header), *((_layer(r), r) for r in sorted(records, key=sort_key))]
    return _lines(schema, rows)


def format_clusters(clusters: Iterable[Cluster], schema: Schema) -> bytes:
    """The canonical bytes of `clusters.jsonl`, sorted by number."""
    return _lines(schema, [("cluster", c) for c in sorted(clusters, key=lambda c: _number(c.id))])


def format_fingerprints(prints: Iterable[Fingerprint], schema: Schema) -> bytes:
    """The canonical bytes of a file of fingerprints, by place, the wider first."""
    return _lines(schema, [("fingerprint", p) for p in sorted(prints, key=lambda p: (p.start, -p.end))])


def format_corrections(corrections: Iterable[Correction], schema: Schema) -> bytes:
    """The canonical bytes of `corrections.jsonl`, by document, record and field."""
    rows = sorted(corrections, key=lambda c: (c.doc_id, c.id[:1], _number(c.id), c.field))
    return _lines(schema, [("correction", c) for c in rows])


def format_decisions(header: Header, decisions: Iterable[Decision], schema: Schema) -> bytes:
    """The canonical bytes of the decisions over one document, by number."""
    rows = [("decision", d) for d in sorted(decisions, key=lambda d: _number(d.id))]
    return _lines(schema, [("header", header), *rows])


def format_audit(audit: Audit, schema: Schema) -> bytes:
    """The canonical bytes of an audit: its header, paragraphs, entities and claims, each by number."""
    rows: list[tuple[str, Any]] = [("audit", audit.header)]
    rows += [("paragraph", p) for p in sorted(audit.paragraphs, key=lambda p: _number(p.id))]
    rows += [("judgement", j) for j in sorted(audit.judgements, key=lambda j: (j.of == "claim", _number(j.id)))]
    return _lines(schema, rows)


def sort_key(record: Region | Entity | Claim) -> tuple[int, int, int, str, int]:
    """Order in the file: start, then the wider first, then entities before claims, then id."""
    start, end = record.segments[0] if isinstance(record, Claim) else (record.start, record.end)
    return start, -end, isinstance(record, Claim), record.id[:1], _number(record.id)


def record_json(record: Region | Entity | Claim, schema: Schema) -> dict[str, Any]:
    """A record as it stands in a file, before it is written as JSON."""
    table = schema.layers[_layer(record)]
    return _plain(table.columns, column_values(table, record))


def _number(record_id: str) -> int:
    return int(record_id[1:]) if record_id[1:].isdecimal() else 0


def _layer(record: Region | Entity | Claim) -> str:
    return type(record).__name__.lower()


def _lines(schema: Schema, rows: Iterable[tuple[str, Any]]) -> bytes:
    out = []
    for layer, record in rows:
        data = _plain(schema.layers[layer].columns, column_values(schema.layers[layer], record))
        out.append(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n")
    return "".join(out).encode("utf-8")


def _plain(columns: tuple[Column, ...], values: dict[str, Any]) -> dict[str, Any]:
    kept = {}
    for column in columns:
        value = _plain_value(column, values[column.name])
        if column.required or value != column.default:
            kept[column.name] = value
    return kept


def _plain_value(column: Column, value: Any) -> Any:
    if column.list:
        return [_plain_item(column, item) for item in value]
    return None if value is None else _plain_item(column, value)


def _plain_item(column: Column, value: Any) -> Any:
    if column.type == "struct":
        return _plain(column.fields, {f.name: getattr(value, f.name) for f in fields(value)})
    if column.type == "span":
        return list(value)
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
