"""Rows to Arrow tables of a config's own schema, and the value checks of those tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from sinorus_corpus.records import Issue
from sinorus_corpus.schema import Column, Schema, Table
from sinorus_corpus.schema.features import parquet_schema
from sinorus_corpus.schema.frames import Failure, TableChecks


def to_table(schema: Schema, table: Table, rows: list[dict[str, Any]]) -> pa.Table:
    """An Arrow table with the columns, order and metadata of `table`; label names become their integers."""
    arrow_schema = parquet_schema(schema, table)
    columns = [_column(schema, c, [row[c.name] for row in rows]) for c in table.columns]
    arrays = [pa.array(values, type=field.type) for values, field in zip(columns, arrow_schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=arrow_schema).combine_chunks()


def _column(schema: Schema, column: Column, values: list[Any]) -> list[Any]:
    if column.type not in ("label", "bio"):
        return values
    index = {name: number for number, name in enumerate(schema.class_names(column))}
    return [[index[v] for v in value] if column.list else index[value] for value in values]


def check_table(schema: Schema, table: Table, made: pa.Table) -> list[Failure]:
    """Checks a published table and every list of structs in it; nested columns are named `outer.inner`."""
    return TableChecks(schema, table, parquet_schema(schema, table)).check(made)


def check_published(schema: Schema, table: Table, made: pa.Table) -> Iterator[Issue]:
    """Checks a finished table against its own schema: the last gate before anything is written."""
    key = table.columns[0].name
    for failure in check_table(schema, table, made):
        row = f"{key} {made[key][failure.row].as_py()}" if failure.row >= 0 else "the table"
        found = f"{row}: {failure.column} = {failure.value}"
        yield Issue(
            "table-check", f"schemas/tables/{table.name}.toml", 0, found, f"a value that passes {failure.check}"
        )
