"""Reads a system's output: files in the annotation format, or predictions at offsets of the published text.

Predictions are JSON lines, one a document:
`{"doc_id": "…", "entities": [{"start": 0, "end": 5, "label": "GPE"}], "claims": [{"segments": [[0, 40]], "ctype": "state"}]}`.
Offsets are code points of the `text` of that row of the built dataset, half-open. Entities may also give `entity` and
`metonym`, claims any attribute of the annotation format (`ctype`, `cert`, `attribution`, `quantities`, …). A layer or an
attribute that stands nowhere in the file is not scored. Nothing is measured here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sinorus_corpus.annotation.offsets import check_offsets
from sinorus_corpus.annotation.standoff import parse_annotations
from sinorus_corpus.annotation.strict_json import BadJsonError, parse_object
from sinorus_corpus.characters import escape, shorten
from sinorus_corpus.corpus import CLUSTERS
from sinorus_corpus.files import read_text
from sinorus_corpus.records import AnnotationSet, Issue, SinorusError
from sinorus_corpus.schema import Column, Schema, require

_LAYERS = {"entities": "entity", "claims": "claim"}
_OFFSETS = {"bad-offset", "offset-unit", "quote-mismatch"}
_UNKNOWN: dict[str, Any] = {"string": "", "int32": -1}


@dataclass
class Predictions:
    """A system's output at offsets of the published text.

    Attributes:
        files: by document; an attribute that a claim does not give is empty, or -1.
        given: for each layer in the file, the fields that stand in it anywhere.
    """

    files: dict[str, AnnotationSet] = field(default_factory=dict)
    given: dict[str, set[str]] = field(default_factory=dict)


def is_predictions(text: str) -> bool:
    """Whether a file has predictions rather than the annotation format, whose header has a `sha256`."""
    try:
        return "sha256" not in parse_object(text.partition("\n")[0])
    except BadJsonError:
        return False


def parse_predictions(text: str, path: str, schema: Schema) -> Predictions:
    """Parses predictions.

    Raises:
        SinorusError: a line is not of the shape that this module's docstring shows, or uses an unknown label.
    """
    found = Predictions()
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        place = f"{path}:{number}"
        try:
            row = parse_object(line)
        except BadJsonError as error:
            raise SinorusError(
                f"{place}: {error.code}: found {escape(error.found)}; expected {error.expected}"
            ) from None
        made = _document(row, place, schema, found.given)
        if made.header.doc_id in found.files:
            raise SinorusError(
                f"{place}: {escape(made.header.doc_id)} a second time; expected one line for each document"
            )
        found.files[made.header.doc_id] = made
    return found


def _document(row: dict[str, Any], place: str, schema: Schema, given: dict[str, set[str]]) -> AnnotationSet:
    for key in row:
        require(key, ["doc_id", *_LAYERS], f"key of predictions ({place})")
    header = dict.fromkeys(("sha256", "schema", "guidelines", "annotator", "status"), "") | {
        "doc_id": row.get("doc_id")
    }
    lines = [
        header,
        *(record for key, layer in _LAYERS.items() for record in _records(row, key, layer, place, schema, given)),
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    made, issues = parse_annotations(text, place, ("entity", "claim"), schema)
    refuse_first(issues)
    if made is None:
        raise SinorusError(f"{place}: no doc_id; expected the id of a document")
    _check_labels(made, place, schema)
    return made


def _records(
    row: dict[str, Any], key: str, layer: str, place: str, schema: Schema, given: dict[str, set[str]]
) -> Iterator[dict[str, Any]]:
    if key not in row:
        return
    items = row[key]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise SinorusError(f"{place}: {key} is {escape(shorten(repr(items)))}; expected a list of objects")
    columns = {c.name: c for c in schema.layers[layer].columns}
    known = given.setdefault(layer, set())
    defaults = {} if layer == "entity" else {n: _UNKNOWN[c.type] for n, c in columns.items() if _may_be_unknown(c)}
    for number, item in enumerate(items, 1):
        known.update(item)
        yield {"id": f"{layer[0]}{number}"} | defaults | item | {"layer": layer}


def _may_be_unknown(column: Column) -> bool:
    return column.required and not column.list and column.type in _UNKNOWN and column.name not in ("id", "layer")


def _check_labels(made: AnnotationSet, place: str, schema: Schema) -> None:
    for records, layer in ((made.entities, "entity"), (made.claims, "claim")):
        for column in schema.layers[layer].columns:
            for value in {getattr(record, column.name) for record in records} - {""} if column.labels else ():
                require(value, schema.labels[column.labels].names, f"{column.name} ({place})")


def read_annotation_files(path: Path, schema: Schema) -> list[tuple[Path, AnnotationSet]]:
    """Files in the annotation format: one, or all `.jsonl` of a folder but a reading of clusters.

    Raises:
        SinorusError: there is none, or one cannot be read.
    """
    paths = sorted(one for one in path.glob("*.jsonl") if one.name != CLUSTERS) if path.is_dir() else [path]
    if not paths:
        raise SinorusError(f"{path}: no .jsonl file in it; expected one annotation file for each document")
    return [(one, _read(one, schema)) for one in paths]


def _read(path: Path, schema: Schema) -> AnnotationSet:
    found, issues = parse_annotations(read_text(path)[1], str(path), ("entity", "claim"), schema)
    refuse_first(issues)
    if found is None:
        raise SinorusError(
            f"{path}:1: no header; expected the annotation format, or predictions with doc_id and entities"
        )
    return found


def check_anchors(found: AnnotationSet, text: str | None) -> None:
    """Refuses spans that cannot be meant for `text`: past its end, empty, or not at their quotes.

    Args:
        text: what the offsets count in; `None` where it is not at hand.
    """
    refuse_first([issue for issue in check_offsets(found, text) if issue.code in _OFFSETS])


def refuse_first(issues: list[Issue]) -> None:
    """Raises the first finding, if there is one, as a refusal that counts the others."""
    if issues:
        first = issues[0]
        more = f" (and {len(issues) - 1} more)" if len(issues) > 1 else ""
        told = f"{first.path}:{first.line}: {first.code}: found {first.found}; expected {first.expected}"
        raise SinorusError(f"{escape(told)}{more}")
