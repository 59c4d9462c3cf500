"""Makes pandera schemas (polars backend) from columns, and turns their failures into rows. The one importer of pandera.

A nested list of structs is checked as a frame of its own, one row a struct, so that each failure names its row.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any, NamedTuple

import pandera.polars as pa
import polars as pl
import pyarrow as arrow
from pandera.errors import SchemaErrors

from sinorus_corpus.schema import Column, Schema, Table

logging.getLogger("pandera").setLevel(logging.ERROR)

_DTYPES: dict[str, Any] = {
    "string": pl.String,
    "int32": pl.Int32,
    "int64": pl.Int64,
    "offset": pl.Int32,
    "float64": pl.Float64,
    "bool": pl.Boolean,
    "date32": pl.Date,
}


class Failure(NamedTuple):
    """One failed value check: which column, which check, which value, in which row of the frame."""

    column: str
    check: str
    value: object
    row: int


def frame_schema(
    schema: Schema, columns: tuple[Column, ...], ordered: tuple[tuple[str, str], ...] = (), *, full: bool = False
) -> Any:
    """The pandera schema of a frame with these columns; columns beyond them are let through, nothing is coerced.

    Args:
        full: the frame is known to hold these columns, of these types, without a null: their values alone are looked at.
    """
    if full:
        columns = tuple(replace(c, nullable=True) for c in columns if c.unique or _checks(schema, c))
    made = {c.name: _column(schema, c) for c in columns if c.type != "struct"}
    checks = [_ordered_check(first, second) for first, second in ordered]
    return pa.DataFrameSchema(made, checks=checks, strict=False, coerce=False)


def _column(schema: Schema, column: Column) -> Any:
    dtype = None if column.list or column.type == "span" else _dtype(column)
    checks = [] if column.list or column.type == "span" else _checks(schema, column)
    return pa.Column(dtype, checks=checks, nullable=column.nullable, unique=column.unique, required=True)


def _dtype(column: Column) -> Any:
    return pl.Int64 if column.type in ("label", "bio") else _DTYPES[column.type]


def _checks(schema: Schema, column: Column) -> list[Any]:
    checks = []
    if column.type in ("label", "bio"):
        checks.append(pa.Check.in_range(0, len(schema.class_names(column)) - 1, error="range"))
    elif column.labels:
        allowed = schema.labels[column.labels].active + ([column.default] if not column.required else [])
        checks.append(pa.Check.isin(allowed, error=f"labels:{column.labels}"))
    if column.min is not None:
        checks.append(pa.Check.ge(column.min, error="range"))
    if column.max is not None:
        checks.append(pa.Check.le(column.max, error="range"))
    if column.pattern:
        checks.append(_pattern_check(column.pattern))
    return checks


def _ordered_check(first: str, second: str) -> Any:
    def lower(data: pa.PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(pl.col(first) < pl.col(second))

    return pa.Check(lower, error=f"ordered:{first}<{second}")


def _pattern_check(pattern: str) -> Any:
    """Whether values match from their first character; empty ones, which are most of some columns, are looked at once."""
    expression = f"^(?:{pattern})"

    def matches(data: pa.PolarsData) -> pl.LazyFrame:
        values = data.lazyframe.select(data.key).collect().to_series()
        empty = pl.Series([""]).str.contains(expression)[0]
        found = pl.repeat(empty, len(values), dtype=pl.Boolean, eager=True)
        some = values.ne_missing("").arg_true()
        return found.scatter(some, values.gather(some).str.contains(expression)).alias(data.key).to_frame().lazy()

    return pa.Check(matches, error="pattern")


def check_frame(pandera_schema: Any, frame: pl.DataFrame) -> list[Failure]:
    """Every value that fails, once for each row and check.

    The frame is checked eagerly: on a LazyFrame pandera would look at the schema alone.
    """
    try:
        pandera_schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return _failures(errors.failure_cases)
    return []


def _failures(cases: pl.DataFrame) -> list[Failure]:
    seen: dict[tuple[object, str, str], Failure] = {}
    for case in cases.iter_rows(named=True):
        check = str(case["check"])
        column = "" if check.startswith("ordered:") else str(case["column"])
        row = -1 if case["index"] is None else int(case["index"])
        seen.setdefault((row, column, check), Failure(column, check, case["failure_case"], row))
    return sorted(seen.values(), key=lambda failure: (failure.row, failure.column))


class TableChecks:
    """The checks of a published table and of every list of structs in it, made once for many frames.

    Args:
        types: the table's own, as `parquet_schema` makes them.
    """

    def __init__(self, schema: Schema, table: Table, types: arrow.Schema) -> None:
        self._columns = table.columns
        self._ordered = {name for pair in table.ordered for name in pair}
        self._types = types
        self._expected = pl.DataFrame(types.empty_table()).schema
        self._schema = schema
        self._checks = {"": self._pair(table.columns, table.ordered)}
        self._add(table.columns, "")

    def _pair(self, columns: tuple[Column, ...], ordered: tuple[tuple[str, str], ...] = ()) -> tuple[Any, Any]:
        """What checks any frame, and frames of the right types that have no null."""
        return frame_schema(self._schema, columns, ordered), frame_schema(self._schema, columns, ordered, full=True)

    def _add(self, columns: tuple[Column, ...], outer: str) -> None:
        for column in (c for c in columns if c.type == "struct"):
            self._checks[f"{outer}{column.name}"] = self._pair(column.fields)
            self._add(column.fields, f"{outer}{column.name}.")

    def _run(self, name: str, columns: tuple[Column, ...], frame: pl.DataFrame, *, typed: bool) -> list[Failure]:
        # The frame knows how many nulls it holds without looking for them.
        strict = [c.name for c in columns if not c.nullable and c.name in frame.columns]
        full = typed and not any(frame[column].null_count() for column in strict)
        return check_frame(self._checks[name][1 if full else 0], frame)

    def _check_frame(self, frame: pl.DataFrame) -> list[Failure]:
        typed = frame.schema == self._expected
        flat = frame.drop(c.name for c in self._columns if c.type == "struct")
        failures = self._run("", self._columns, flat, typed=typed)
        for column in self._columns:
            rows = frame.select(pl.int_range(pl.len()).alias("__row"), column.name)
            failures += self._nested(column, rows, "", typed=typed)
        if not typed:
            failures.append(Failure("", "schema", str(frame.schema), -1))
        return failures

    def check(self, made: arrow.Table) -> list[Failure]:
        """Every failure of a table; nested columns are named `outer.inner`, rows are those of the table.

        Where types are right and no null stands that may not, no more is made a frame than has values to look at.
        """
        right = made.schema.equals(self._types)
        if not right or any(_holds_null(made[c.name], c) for c in self._columns):
            return self._check_frame(to_frame(made))
        columns = tuple(self._looked_at(c) for c in self._columns if self._is_looked_at(c))
        frame = to_frame(arrow.table({c.name: _slim(made[c.name], c) for c in columns}))
        structs = [c for c in columns if c.type == "struct"]
        failures = self._run("", columns, frame.drop(c.name for c in structs), typed=True)
        for column in structs:
            rows = frame.select(pl.int_range(pl.len()).alias("__row"), column.name)
            failures += self._nested(column, rows, "", typed=True)
        return failures

    def _is_looked_at(self, column: Column) -> bool:
        own = column.unique or column.name in self._ordered or bool(_checks(self._schema, column))
        return own or any(self._is_looked_at(field) for field in column.fields)

    def _looked_at(self, column: Column) -> Column:
        """The column with such fields alone as have values to look at."""
        fields = tuple(self._looked_at(field) for field in column.fields if self._is_looked_at(field))
        return replace(column, fields=fields)

    def _nested(self, column: Column, frame: pl.DataFrame, outer: str, *, typed: bool) -> list[Failure]:
        """Explodes one list of structs and checks its fields, then theirs."""
        if column.type != "struct":
            return []
        rows = frame.explode(column.name) if column.list else frame
        rows = rows.filter(pl.col(column.name).is_not_null()).unnest(column.name)
        if rows.is_empty():
            return []
        name = f"{outer}{column.name}"
        found = self._run(name, column.fields, rows, typed=typed)
        origin = rows["__row"]
        failures = [f._replace(column=f"{name}.{f.column}", row=origin[f.row] if f.row >= 0 else -1) for f in found]
        for inner in (field for field in column.fields if field.type == "struct"):
            failures += self._nested(inner, rows.select("__row", inner.name), f"{name}.", typed=typed)
        return failures


def to_frame(made: arrow.Table) -> pl.DataFrame:
    """The same table for polars."""
    frame = pl.from_arrow(made, rechunk=False)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - from_arrow gives a Series for arrays only
    return frame


def _holds_null(found: Any, column: Column) -> bool:
    """Whether a null stands in the column or a field of it where none may."""
    if found.null_count:
        return not column.nullable or column.type == "struct"
    if column.type != "struct":
        return False
    parts = (
        [_structs(chunk, column) for chunk in found.chunks]
        if isinstance(found, arrow.ChunkedArray)
        else [_structs(found, column)]
    )
    return any(part.null_count or any(_holds_null(part.field(f.name), f) for f in column.fields) for part in parts)


def _structs(found: Any, column: Column) -> arrow.StructArray:
    return found.flatten() if column.list else found


def _slim(found: Any, column: Column) -> Any:
    """The column with the fields of `column` alone; it holds no null."""
    if column.type != "struct":
        return found
    if isinstance(found, arrow.ChunkedArray):
        return arrow.chunked_array([_slim(chunk, column) for chunk in found.chunks])
    structs = _structs(found, column)
    made = arrow.StructArray.from_arrays(
        [_slim(structs.field(f.name), f) for f in column.fields], names=[f.name for f in column.fields]
    )
    if not column.list:
        return made
    offsets = found.offsets.to_numpy()
    return arrow.ListArray.from_arrays(arrow.array(offsets - offsets[0], arrow.int32()), made)
