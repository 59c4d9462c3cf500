"""Shards to batches of well-typed columns, each row with its line; what cannot be read is named. No value is checked."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pj
import pyarrow.parquet as pq

from sinorus_corpus.annotation.strict_json import BadJsonError, parse_object
from sinorus_corpus.bulk.sources import Shard, opened, shard_format
from sinorus_corpus.characters import shorten
from sinorus_corpus.files import MAX_LINE
from sinorus_corpus.records import Issue, SinorusError
from sinorus_corpus.schema import require

# So many rows are taken together, and no more than so many bytes: enough for columns to pay, little enough to stay flat.
BATCH_ROWS = 1_000
BATCH_BYTES = 16 << 20
# An article may be longer than a line of an annotation file.
_MAX_LINE = 64 * MAX_LINE

Kinds = Mapping[str, tuple[str, pa.DataType, bool]]


@dataclass
class Batch:
    """Some rows of a shard.

    Attributes:
        table: the columns asked for, under our names; those that the shard lacks are left out.
        lines: the line of each row, or its number in a Parquet file, from 1, rising.
        issues: what was refused.
    """

    table: pa.Table
    lines: npt.NDArray[np.int64]
    issues: list[Issue] = field(default_factory=list)


def read_batches(shard: Shard, kinds: Kinds, rows: int = BATCH_ROWS) -> Iterator[Batch]:
    """Reads a shard.

    Args:
        kinds: for each of our columns its name in the input, its type, and whether it must be there.
        rows: at most so many at a time.

    Raises:
        SinorusError: a column is missing or of another type.
        OSError, pyarrow.ArrowInvalid: the file is broken, or cut off.
    """
    form, compression = shard_format(shard.path)
    with opened(shard.path) as stream:
        if form == "parquet":
            yield from _read_parquet(shard, stream, kinds, rows)
        else:
            yield from _read_jsonl(shard, stream, compression, kinds, rows)


def _read_parquet(shard: Shard, stream: Any, kinds: Kinds, most: int) -> Iterator[Batch]:
    file = pq.ParquetFile(stream)
    there = _chosen(kinds, file.schema_arrow.names)
    size = max(1, sum(file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups)))
    rows = max(1, min(most, BATCH_BYTES * file.metadata.num_rows // size))
    first = 1
    for found in file.iter_batches(rows, columns=[theirs for theirs, *_ in there.values()], use_threads=False):
        columns = {ours: _typed(found[theirs], kind, theirs) for ours, (theirs, kind, _) in there.items()}
        lines = np.arange(first, first + len(found))
        first += len(found)
        yield from _sound(shard, Batch(pa.table(columns), lines))


def _chosen(kinds: Kinds, names: list[str]) -> dict[str, tuple[str, pa.DataType, bool]]:
    for theirs, _, required in kinds.values():
        if required:
            require(theirs, names, "column")
    return {ours: kind for ours, kind in kinds.items() if kind[0] in names}


def _typed(column: pa.Array, kind: pa.DataType, name: str) -> pa.Array:
    found = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    text = pa.types.is_string(found) or pa.types.is_large_string(found) or pa.types.is_string_view(found)
    whole, dated = pa.types.is_integer(found), pa.types.is_temporal(found)
    fits = (
        whole if pa.types.is_integer(kind) else text or pa.types.is_null(found) or (dated and name == "date") or whole
    )
    if not fits:
        raise SinorusError(f"column {name!r} is of type {column.type}; expected {kind}")
    if dated:
        column = column.cast(pa.date32())
    return column.cast(kind)


def _sound(shard: Shard, batch: Batch) -> Iterator[Batch]:
    """The batch less rows that are not UTF-8."""
    try:
        batch.table.validate(full=True)
        yield batch
    except pa.ArrowInvalid:
        good = [_is_sound(batch.table.slice(i, 1)) for i in range(len(batch.lines))]
        bad = [int(line) for line, sound in zip(batch.lines, good, strict=True) if not sound]
        issues = [Issue("not-utf8", shard.name, line, "bytes that are no text", "UTF-8") for line in bad]
        yield Batch(batch.table.filter(pa.array(good)), batch.lines[np.array(good)], issues)


def _is_sound(table: pa.Table) -> bool:
    try:
        table.combine_chunks().validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _read_jsonl(shard: Shard, stream: Any, compression: str | None, kinds: Kinds, rows: int) -> Iterator[Batch]:
    source = stream if isinstance(stream, pa.NativeFile) else pa.PythonFile(stream, mode="r")
    if compression:
        source = pa.CompressedInputStream(source, compression)
    schema = None
    for lines, numbers, issues in _blocks(shard, source, rows):
        if not lines and not issues:
            continue
        if schema is None:
            schema = _json_schema(lines[0] if lines else b"", kinds)
        table, found, told = _parse(shard, lines, numbers, schema)
        columns = {ours: table[theirs] for ours, (theirs, *_) in kinds.items() if theirs in table.column_names}
        typed = {ours: column.cast(kinds[ours][1]) for ours, column in columns.items()}
        yield Batch(pa.table(typed), np.array(found, dtype=np.int64), issues + told)


def _json_schema(line: bytes, kinds: Kinds) -> pa.Schema:
    """The columns of a JSONL shard, by its first line: those that must be there, and those that are."""
    try:
        first = parse_object(line.decode("utf-8"))
        _chosen(kinds, list(first))
    except (BadJsonError, UnicodeDecodeError):
        first = {}
    whole = {theirs for theirs, *_ in kinds.values() if type(first.get(theirs)) is int}
    return pa.schema([(theirs, pa.int64() if theirs in whole else kind) for theirs, kind, _ in kinds.values()])


def _blocks(shard: Shard, source: Any, rows: int) -> Iterator[tuple[list[bytes], list[int], list[Issue]]]:
    """Lines that are not blank, with their numbers, some at a time; a line beyond the cap is named and passed over."""
    lines: list[bytes] = []
    numbers: list[int] = []
    issues: list[Issue] = []
    size = 0
    for number, line in enumerate(_lines(source), 1):
        if len(line) > _MAX_LINE:
            issues.append(Issue("line-too-long", shard.name, number, f"over {_MAX_LINE} bytes", f"at most {_MAX_LINE}"))
        elif line.strip():
            lines.append(line)
            numbers.append(number)
            size += len(line)
        if len(lines) >= rows or size >= BATCH_BYTES:
            yield lines, numbers, issues
            lines, numbers, issues, size = [], [], [], 0
    yield lines, numbers, issues


def _lines(source: Any) -> Iterator[bytes]:
    r"""Lines without their `\n`; of a line beyond the cap a part that is longer than the cap."""
    rest = b""
    while data := source.read(1 << 20):
        parts = (rest + data).split(b"\n")
        rest = parts.pop()
        yield from parts
        if len(rest) > _MAX_LINE:
            yield rest[: _MAX_LINE + 1]
            rest = _after_line(source)
    if rest:
        yield rest


def _after_line(source: Any) -> bytes:
    while data := source.read(1 << 20):
        _, newline, rest = data.partition(b"\n")
        if newline:
            return bytes(rest)
    return b""


def _parse(
    shard: Shard, lines: list[bytes], numbers: list[int], schema: pa.Schema
) -> tuple[pa.Table, list[int], list[Issue]]:
    """A table of the lines that are objects of these columns, their numbers, and why the others are not.

    Lines are parsed together; where that fails the half that is at fault is halved again, down to the bad line.
    """
    if not lines:
        return schema.empty_table(), [], []
    try:
        return _parse_together(lines, schema), numbers, []
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        if len(lines) == 1:
            return schema.empty_table(), [], [_refusal(shard.name, numbers[0], lines[0], schema, error)]
    middle = len(lines) // 2
    halves = [_parse(shard, lines[half], numbers[half], schema) for half in (slice(middle), slice(middle, None))]
    (first, before, told), (second, after, told_too) = halves
    return pa.concat_tables([first, second]), before + after, told + told_too


def _parse_together(lines: list[bytes], schema: pa.Schema) -> pa.Table:
    if not all(line.lstrip().startswith(b"{") and line.rstrip().endswith(b"}") for line in lines):
        raise pa.ArrowInvalid("a line is no object")
    data = b"\n".join(lines)
    reading = pj.ReadOptions(use_threads=False, block_size=len(data) + 1)
    parsing = pj.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    table = pj.read_json(io.BytesIO(data), reading, parsing).select(schema.names)
    if len(table) != len(lines):
        raise pa.ArrowInvalid("a line is more or less than one object")
    table.validate(full=True)
    return table


def _refusal(name: str, number: int, line: bytes, schema: pa.Schema, error: Exception) -> Issue:
    try:
        found = parse_object(line.decode("utf-8"))
    except UnicodeDecodeError as wrong:
        return Issue(
            "not-utf8", name, number, f"byte 0x{line[wrong.start]:02x} at byte {wrong.start} of the line", "UTF-8"
        )
    except BadJsonError as wrong:
        return Issue(wrong.code, name, number, wrong.found, wrong.expected)
    for column in schema:
        value = found.get(column.name)
        kind = int if pa.types.is_integer(column.type) else str
        if value is not None and type(value) is not kind:
            return Issue("wrong-type", name, number, f"{column.name}: {shorten(repr(value))}", f"{column.type}")
    return Issue("bad-json", name, number, str(error).split("\n")[0], "one JSON object on the line")


def without(batch: Batch, wrong: pa.Array, issues: list[Issue]) -> Batch:
    """The batch less the rows where `wrong` holds, with these issues added."""
    keep = pc.invert(wrong)
    return Batch(batch.table.filter(keep), batch.lines[keep.to_numpy(zero_copy_only=False)], batch.issues + issues)
