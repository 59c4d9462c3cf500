"""Makes `datasets.Features`, and so the Parquet schema, from a table's columns. Nothing is read from disk here."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
from datasets import ClassLabel, Features, List, Value

from sinorus_corpus.schema import Column, Schema, Table

_SCALARS = {
    "string": "string",
    "int32": "int32",
    "int64": "int64",
    "offset": "int32",
    "float64": "float64",
    "bool": "bool",
    "date32": "date32",
}


def features(schema: Schema, table: Table) -> Features:
    """The features of a published table; `features(...).arrow_schema` is the schema to write."""
    return Features({column.name: _feature(schema, column) for column in table.columns})


def _feature(schema: Schema, column: Column) -> Any:
    inner = _item(schema, column)
    return List(inner) if column.list else inner


def _item(schema: Schema, column: Column) -> Any:
    match column.type:
        case "struct":
            return {field.name: _feature(schema, field) for field in column.fields}
        case "span":
            return {"start": Value("int32"), "end": Value("int32")}
        case "label" | "bio":
            return ClassLabel(names=schema.class_names(column))
        case scalar:
            return Value(_SCALARS[scalar])


def parquet_schema(schema: Schema, table: Table) -> pa.Schema:
    """The Arrow schema to write, its metadata in the spelling that readers since datasets 2.21 understand."""
    made = features(schema, table)
    info = {"info": {"features": {name: _old(feature) for name, feature in made.to_dict().items()}}}
    return made.arrow_schema.with_metadata({"huggingface": json.dumps(info)})


def _old(feature: Any) -> Any:
    """Spells `List` as clients before datasets 4 did: `[{...}]` for structs, `Sequence` for scalars."""
    if not isinstance(feature, dict):
        return feature
    if feature.get("_type") != "List":
        return {name: _old(inner) for name, inner in feature.items()}
    inner = _old(feature["feature"])
    return {"feature": inner, "_type": "Sequence"} if "_type" in inner else [inner]
