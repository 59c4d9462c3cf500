"""Annotation files to records: each line decoded and typed by itself, by the columns in `schemas/layers/`.

A line that cannot be used costs that line alone; every other line is still read. No check against the text lives here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from sinorus_corpus.annotation.strict_json import BadJsonError, parse_object
from sinorus_corpus.characters import first_hidden, shorten
from sinorus_corpus.records import (
    AnnotationSet,
    Audit,
    AuditHeader,
    Claim,
    Cluster,
    Correction,
    Decision,
    Entity,
    Fingerprint,
    Header,
    Issue,
    Judgement,
    Link,
    Member,
    Paragraph,
    Quantity,
    Region,
    Span,
    Verdict,
)
from sinorus_corpus.schema import Column, Schema, Table, nearest

MAX_OFFSET = 2**31 - 1

_RECORDS: dict[str, Any] = {
    "header": Header,
    "region": Region,
    "entity": Entity,
    "claim": Claim,
    "cluster": Cluster,
    "decision": Decision,
    "fingerprint": Fingerprint,
    "correction": Correction,
    "attribution": Link,
    "quantities": Quantity,
    "members": Member,
    "audit": AuditHeader,
    "judgement": Judgement,
    "verdicts": Verdict,
    "paragraph": Paragraph,
}
_TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "text"),
    "int32": ((int,), "a whole number"),
    "float64": ((int, float), "a number"),
    "bool": ((bool,), "true or false"),
}
_QUOTED = {"quote", "quotes"}


class _Typer:
    """Types the values of one line, collecting what is wrong with them."""

    def __init__(self, path: str, line: int) -> None:
        self.path, self.line = path, line
        self.issues: list[Issue] = []

    def wrong(self, code: str, found: str, expected: str) -> None:
        self.issues.append(Issue(code, self.path, self.line, found, expected))

    def record(self, kind: str, columns: tuple[Column, ...], data: dict[str, Any]) -> Any:
        """A dataclass of this kind, or `None` if a value is wrong."""
        before = len(self.issues)
        known = [column.name for column in columns]
        for key in data.keys() - set(known):
            meant = nearest(key, known)
            self.wrong("unknown-key", f"{kind} has {shorten(key)}", meant if meant else ", ".join(known))
        values = {column.name: self._column(kind, column, data) for column in columns}
        values.pop("layer", None)
        return None if len(self.issues) > before else _RECORDS[kind](**values)

    def _column(self, kind: str, column: Column, data: dict[str, Any]) -> Any:
        if column.name in data:
            return self._value(kind, column, data[column.name])
        if column.required:
            code = "bad-offset" if column.type in ("offset", "span") else "missing-key"
            self.wrong(code, f"{kind} has no {column.name}", f"{column.name}: {column.description}")
        return tuple(column.default) if column.list and column.default is not None else column.default

    def _value(self, kind: str, column: Column, value: Any) -> Any:
        if value is None and column.nullable:
            return None
        if not column.list:
            return self._item(kind, column, value)
        if not isinstance(value, list):
            return self.wrong("wrong-type", f"{column.name}: {_show(value)}", "a list")
        if column.required and not value:
            return self.wrong("missing-key", f"{kind} has no {column.name}", f"{column.name}: {column.description}")
        return tuple(self._item(kind, column, item) for item in value)

    def _item(self, kind: str, column: Column, value: Any) -> Any:
        match column.type:
            case "struct" if isinstance(value, dict):
                return self.record(column.name, column.fields, value)
            case "span" if isinstance(value, list) and len(value) == 2:
                return Span(self._offset(column, value[0]), self._offset(column, value[1]))
            case "offset":
                return self._offset(column, value)
            case "span":
                return self.wrong("bad-offset", f"{column.name}: {_show(value)}", "[start, end]")
        return self._scalar(column, value)

    def _offset(self, column: Column, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_OFFSET:
            return value
        self.wrong("bad-offset", f"{column.name}: {_show(value)}", f"a whole number from 0 to {MAX_OFFSET}")
        return 0

    def _scalar(self, column: Column, value: Any) -> Any:
        allowed, expected = _TYPES.get(column.type, ((), "an object"))
        if not isinstance(value, allowed) or (isinstance(value, bool) and column.type != "bool"):
            return self.wrong("wrong-type", f"{column.name}: {_show(value)}", expected)
        if isinstance(value, str) and column.name not in _QUOTED and (hidden := first_hidden(value)):
            self.wrong("hidden-character", f"{column.name} holds {hidden}", "visible characters only")
        if column.type == "int32" and abs(value) > MAX_OFFSET:
            return self.wrong("wrong-type", f"{column.name}: {value}", "a number of at most 31 bits")
        return float(value) if column.type == "float64" else value


def _show(value: object) -> str:
    return shorten(repr(value) if isinstance(value, str) else str(value).lower() if value is None else repr(value))


def _lines(text: str) -> Iterator[tuple[int, str]]:
    body = text.removesuffix("\n")
    yield from enumerate(body.split("\n"), 1)


def _decode(path: str, text: str) -> Iterator[tuple[int, dict[str, Any] | Issue]]:
    for number, line in _lines(text):
        try:
            yield number, parse_object(line)
        except BadJsonError as error:
            yield number, Issue(error.code, path, number, error.found, error.expected)


def parse_annotations(
    text: str, path: str, layers: tuple[str, ...], schema: Schema
) -> tuple[AnnotationSet | None, list[Issue]]:
    """Parses an annotation file of one document.

    Args:
        text: the file, decoded.
        path: how findings name it.
        layers: the layers that may stand in it.

    Returns:
        What could be read, `None` without a usable header, and all findings of the format level.
    """
    issues: list[Issue] = []
    header: Header | None = None
    found: dict[str, list[Any]] = {"region": [], "entity": [], "claim": []}
    lines: dict[str, list[int]] = {layer: [] for layer in found}
    for number, data in _decode(path, text):
        typer = _Typer(path, number)
        if isinstance(data, Issue):
            issues.append(data)
        elif number == 1:
            header = _header(typer, schema, data)
        elif (layer := _layer(typer, data, layers)) and (
            record := typer.record(layer, schema.layers[layer].columns, data)
        ):
            found[layer].append(record)
            lines[layer].append(number)
        issues += typer.issues
    if header is None:
        return None, issues
    parts = (tuple(found["region"]), tuple(found["entity"]), tuple(found["claim"]))
    return AnnotationSet(path, header, *parts, lines), issues


def _header(typer: _Typer, schema: Schema, data: dict[str, Any]) -> Header | None:
    if "layer" in data:
        typer.wrong("missing-header", "a label on the first line", "a header with doc_id, sha256, schema, …")
        return None
    header: Header | None = typer.record("header", schema.layers["header"].columns, data)
    return header


def _layer(typer: _Typer, data: dict[str, Any], layers: tuple[str, ...]) -> str:
    layer = data.get("layer")
    if layer in layers:
        return str(layer)
    typer.wrong("wrong-layer", f"layer {_show(layer)}", f"{' or '.join(layers)} in this file")
    return ""


def parse_clusters(text: str, path: str, schema: Schema) -> tuple[list[tuple[int, Cluster]], list[Issue]]:
    """Parses `clusters.jsonl` into clusters with their lines."""
    return _parse_lines("cluster", text, path, schema)


def parse_corrections(text: str, path: str, schema: Schema) -> tuple[list[tuple[int, Correction]], list[Issue]]:
    """Parses `corrections.jsonl` into corrections with their lines."""
    return _parse_lines("correction", text, path, schema)


def _parse_lines(layer: str, text: str, path: str, schema: Schema) -> tuple[list[tuple[int, Any]], list[Issue]]:
    """The records of a file that has no header, with their lines."""
    records, issues = [], []
    for number, data in _decode(path, text):
        if isinstance(data, Issue):
            issues.append(data)
            continue
        typer = _Typer(path, number)
        if record := typer.record(layer, schema.layers[layer].columns, data):
            records.append((number, record))
        issues += typer.issues
    return records, issues


def parse_fingerprints(text: str, path: str, schema: Schema) -> tuple[list[Fingerprint], list[Issue]]:
    """Parses a file of `annotations/fingerprints/`."""
    found, issues = _parse_lines("fingerprint", text, path, schema)
    return [one for _, one in found], issues


def parse_decisions(
    text: str, path: str, schema: Schema
) -> tuple[Header | None, list[tuple[int, Decision]], list[Issue]]:
    """Parses a file of `annotations/decisions/` into its header and the decisions with their lines."""
    header, found, issues = None, [], []
    for number, data in _decode(path, text):
        typer = _Typer(path, number)
        if isinstance(data, Issue):
            issues.append(data)
        elif number == 1:
            header = _header(typer, schema, data)
        elif _layer(typer, data, ("decision",)) and (
            record := typer.record("decision", schema.layers["decision"].columns, data)
        ):
            found.append((number, record))
        issues += typer.issues
    return header, found, issues


def parse_audit(text: str, path: str, schema: Schema) -> tuple[Audit | None, list[Issue]]:
    """Parses the answers of an audit; `None` without a usable header."""
    header: AuditHeader | None = None
    issues: list[Issue] = []
    found: dict[str, list[Any]] = {"judgement": [], "paragraph": []}
    lines: dict[str, list[int]] = {layer: [] for layer in found}
    for number, data in _decode(path, text):
        typer = _Typer(path, number)
        if isinstance(data, Issue):
            issues.append(data)
        elif number == 1 and "layer" in data:
            typer.wrong("missing-header", "a judgement on the first line", "a header with annotator, kind, status, …")
        elif number == 1:
            header = typer.record("audit", schema.layers["audit"].columns, data)
        elif (layer := _layer(typer, data, tuple(found))) and (
            record := typer.record(layer, schema.layers[layer].columns, data)
        ):
            found[layer].append(record)
            lines[layer].append(number)
        issues += typer.issues
    if header is None:
        return None, issues
    return Audit(path, header, tuple(found["judgement"]), tuple(found["paragraph"]), lines), issues


def column_values(table: Table, record: Any) -> dict[str, Any]:
    """A record's values by column, in the order of the layer; the fields of dataclasses and columns have one name."""
    own = {f.name for f in fields(record)}
    return {c.name: getattr(record, c.name) if c.name in own else table.name for c in table.columns}
