"""The second pass: one shard of articles to one shard of `documents`, whole or not at all. What is dropped is named."""

from __future__ import annotations

import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sinorus_corpus.bulk.counting import PLACE_BITS, article_kinds, recurring, site_column
from sinorus_corpus.bulk.documents import document_table
from sinorus_corpus.bulk.labels import ShardLabels
from sinorus_corpus.bulk.memory import give_back
from sinorus_corpus.bulk.mentions import join_labels
from sinorus_corpus.bulk.options import DEFAULTS, Options
from sinorus_corpus.bulk.reading import Batch, read_batches, without
from sinorus_corpus.bulk.runs import RunWriter
from sinorus_corpus.bulk.sources import Shard
from sinorus_corpus.bulk.state import Record, file_digest, find_record, key_of, save_record
from sinorus_corpus.bulk.suggesting import Suggester, add_suggestions
from sinorus_corpus.characters import shorten
from sinorus_corpus.cleaning.alignment import Alignment
from sinorus_corpus.cleaning.propose import MAX_CHARS, MAX_LINES, propose_columns
from sinorus_corpus.cleaning.sites import read_site_rules
from sinorus_corpus.cleaning.text import publish_columns
from sinorus_corpus.records import Issue
from sinorus_corpus.schema import read_schema
from sinorus_corpus.schema.frames import TableChecks
from sinorus_corpus.strings import Texts
from sinorus_corpus.tables.near_duplicates import band_keys, sketch

Ints = npt.NDArray[np.int64]

# So many rows are checked and written together, and no more than so many bytes.
_ROWS = 5_000
_BYTES = 96 << 20
_ROW_GROUP = 1_000


class CleanJob(NamedTuple):
    """One shard of the second pass.

    Attributes:
        base: stands for everything that the outcome of every shard hangs on.
        digest: of the shard's content.
        duplicates: lines whose id stood before, and the places where it did; `shards` names these.
        labels: the folder, the chunks and the files of the labels.
        name: of the file to write, under `out`.
        columns: of that file.
    """

    shard: Shard
    options: Options
    base: str
    digest: str
    recurring: Path
    duplicates: tuple[Ints, Ints]
    shards: tuple[str, ...]
    labels: tuple[Path, tuple[str, ...], tuple[str, ...]]
    out: Path
    name: str
    columns: pa.Schema


def clean_shard(job: CleanJob) -> Record:
    """Builds one shard; not again where that is done."""
    folder = job.out / ".bulk" / "shards"
    duplicates = [column.tolist() for column in job.duplicates]
    key = key_of("clean", job.base, job.digest, duplicates, job.labels[1:], job.name)
    if record := find_record(folder, key, job.out):
        return record
    folder.mkdir(parents=True, exist_ok=True)
    return _Building(job, folder, key).build()


class _Building:
    """The work on one shard, and what it has found so far."""

    def __init__(self, job: CleanJob, folder: Path, key: str) -> None:
        self.job, self.folder, self.key = job, folder, key
        self.schema = read_schema(job.options.schemas)
        self.labels = ShardLabels(*job.labels[:2], job.shard.number)
        self.rules = read_site_rules(job.options.rules, self.schema.labels["region"]) if job.options.rules else []
        self.recurring = recurring(job.recurring)
        self.bands = RunWriter(folder, f"{key}-bands")
        self.counts: Counter[str] = Counter()
        self.seconds: dict[str, float] = defaultdict(float)

    @cached_property
    def checks(self) -> TableChecks:
        return TableChecks(self.schema, self.schema.tables["documents"], self.job.columns)

    @cached_property
    def suggester(self) -> Suggester:
        return Suggester(self.schema, self.job.options.registry)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        start = time.process_time()
        yield
        self.seconds[stage] += time.process_time() - start

    def build(self) -> Record:
        """Reads, cleans and writes batch by batch; the shard's file appears when it is whole."""
        target = self.job.out / self.job.name
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.tmp")
        issues, sketches = (self.folder / f"{self.key}-{name}" for name in ("issues.jsonl", "sketches.bin"))
        try:
            with issues.open("w", encoding="utf-8") as told, sketches.open("wb") as sketched:
                with temporary.open("wb") as out, _writer(out, self.job.columns) as writer:
                    self._batches(writer, told, sketched)
                _flush(temporary)
            if self.counts["written"]:
                os.replace(temporary, target)
        finally:
            temporary.unlink(missing_ok=True)
        with self.timed("near-duplicates"):
            self.bands.flush()
        names = [f"{band}.{part}.npy" for band in self.bands.written for part in ("keys", "values")]
        kept = [
            issues,
            sketches,
            *(self.folder / name for name in names),
            *([target] if self.counts["written"] else []),
        ]
        files = {str(path.relative_to(self.job.out)): file_digest(path) for path in kept}
        data = self.job.name if self.counts["written"] else ""
        numbers = {"counts": dict(self.counts), "seconds": dict(self.seconds)}
        names_of = {"bands": self.bands.written, "issues": issues.name, "sketches": sketches.name, "data": data}
        found = {"key": self.key, "files": files, **numbers, **names_of}
        return save_record(self.folder, self.key, found)

    def _batches(self, writer: pq.ParquetWriter, told: IO[str], sketched: IO[bytes]) -> None:
        """Cleans batch by batch; checks and writes several batches together, since a check costs much by itself."""
        batches = read_batches(self.job.shard, article_kinds(self.job.options))
        held: list[pa.Table] = []
        lines: list[Ints] = []
        issues: list[Issue] = []
        while True:
            with self.timed("read"):
                batch = next(batches, None)
            if batch is not None:
                self._documents(batch, held, lines, issues)
            if held and (batch is None or sum(map(len, held)) >= _ROWS or sum(t.nbytes for t in held) >= _BYTES):
                together, held = pa.concat_tables(held), []
                self._write(together, np.concatenate(lines), issues, writer, sketched)
                lines = []
                del together
            for issue in issues:
                told.write(json.dumps([issue.code, issue.path, issue.line, issue.found, issue.expected]) + "\n")
            issues = []
            if batch is None:
                return

    def _write(
        self, table: pa.Table, lines: Ints, issues: list[Issue], writer: pq.ParquetWriter, sketched: IO[bytes]
    ) -> None:
        give_back()
        with self.timed("pandera"):
            table = self._checked(table, lines, issues)
        with self.timed("write"):
            if len(table):
                writer.write_table(table, row_group_size=_ROW_GROUP)
        with self.timed("near-duplicates"):
            for first in range(0, len(table), _ROW_GROUP):
                self._sketch(table["text"].slice(first, _ROW_GROUP).combine_chunks(), first, sketched)
        self.counts["written"] += len(table)
        self.counts["bytes"] += table.nbytes

    def _documents(self, batch: Batch, held: list[pa.Table], kept: list[Ints], told: list[Issue]) -> None:
        """Adds the rows of a batch to what is held, their lines, and why others are not among them."""
        give_back()
        self.counts["read"] += len(batch.lines) + len(batch.issues)
        with self.timed("read"):
            batch = self._usable(batch)
            record = _record(batch.table)
        with self.timed("line model"):
            raw, sites = record["raw"].to_pylist(), site_column(batch.table).to_pylist()
            found = propose_columns(raw, self.schema, sites, self.rules, self.recurring)
        with self.timed("text"):
            raws = Texts(record["raw"])
            made = publish_columns(raws, found.offsets, found.start, found.end, found.keep)
        with self.timed("labels"):
            labels, document = self._labels(batch.lines)
            texts = Texts(made.texts)
            alignment = Alignment.of_documents(made.piece_offsets, made.pieces)
            known = self.schema.labels["entity"]
            mentions, issues = join_labels(labels, document, self.job.labels[2], raws, texts, alignment, known)
        if self.job.options.suggest:
            with self.timed("suggest"):
                mentions = add_suggestions(mentions, self.suggester, raw, found, made, texts, alignment)
        with self.timed("table"):
            table = document_table(record, found, made, mentions, self.job.options.annotator, self.job.columns)
        self.counts["mentions"] += len(mentions.document)
        told += [*batch.issues, *issues, *self._empty(made.texts, batch.lines)]
        held.append(table)
        kept.append(batch.lines)

    def _labels(self, lines: Ints) -> tuple[pa.Table, Ints]:
        """The labels of a batch, and the number of each one's document in it."""
        labels = self.labels.between(*((int(lines[0]), int(lines[-1])) if len(lines) else (0, 0)))
        row = labels["row"].to_numpy()
        document = np.searchsorted(lines, row)
        here = lines[np.minimum(document, len(lines) - 1)] == row if len(lines) else row < 0
        self.counts["labels"] += len(row)
        # A document that was dropped takes its labels with it.
        self.counts["labels of dropped articles"] += int((~here).sum())
        if here.all():
            return labels, document
        return labels.filter(pa.array(here)).combine_chunks(), document[here]

    def _usable(self, batch: Batch) -> Batch:
        """The batch less rows without id or text, too long ones, and those whose id stood before."""
        absent = pc.or_(batch.table["doc_id"].is_null(), batch.table["text"].is_null())
        batch = self._refuse(batch, absent, "missing-key", "an article without id or text", "doc_id and text")
        text = batch.table["text"]
        # So many lines are at least so many bytes, and few texts have these.
        if (pc.max(pc.binary_length(text)).as_py() or 0) >= MAX_LINES:
            many = pc.greater_equal(pc.count_substring(text, "\n"), MAX_LINES)
            long = pc.or_(pc.greater(pc.utf8_length(text), MAX_CHARS), many)
            expected = f"at most {MAX_CHARS:,} characters in {MAX_LINES:,} lines"
            batch = self._refuse(batch, long, "file-too-large", "a longer text", expected)
        if "date" in batch.table.column_names:
            wrong = pc.and_(batch.table["date"].is_valid(), _dates(batch.table["date"]).is_null())
            batch = self._refuse(batch, wrong, "bad-value", "a date that is no day", "a day as 2024-05-01, or null")
        lines, places = self.job.duplicates
        again = np.isin(batch.lines, lines)
        if not again.any():
            return batch
        issues = []
        ids = batch.table["doc_id"].filter(pa.array(again)).to_pylist()
        for line, doc_id in zip(batch.lines[again].tolist(), ids, strict=True):
            first = int(places[np.searchsorted(lines, line)])
            place = f"{self.job.shards[first >> PLACE_BITS]}:{first & (2**PLACE_BITS - 1)}"
            issues.append(Issue("duplicate-id", self.job.shard.name, line, shorten(doc_id), f"not also {place}"))
        return without(batch, pa.array(again), issues)

    def _refuse(self, batch: Batch, wrong: Any, code: str, found: str, expected: str) -> Batch:
        if not pc.any(wrong).as_py():
            return batch
        lines = batch.lines[wrong.to_numpy(zero_copy_only=False) if isinstance(wrong, pa.Array) else wrong.to_numpy()]
        return without(batch, wrong, [Issue(code, self.job.shard.name, int(line), found, expected) for line in lines])

    def _empty(self, texts: pa.StringArray, lines: Ints) -> list[Issue]:
        empty = pc.equal(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False)
        return [
            Issue("no-text", self.job.shard.name, line, "no line that is text", "some line that is")
            for line in lines[empty].tolist()
        ]

    def _checked(self, table: pa.Table, lines: Ints, issues: list[Issue]) -> pa.Table:
        """The rows that pass every check of the schema; the others are named by file and line."""
        failures = self.checks.check(table)
        if not failures:
            return table
        for failure in failures:
            line = int(lines[failure.row]) if failure.row >= 0 else 0
            found = f"{failure.column} = {shorten(str(failure.value))}"
            issues.append(
                Issue("table-check", self.job.shard.name, line, found, f"a value that passes {failure.check}")
            )
        keep = np.ones(len(table), dtype=bool)
        rows = [failure.row for failure in failures]
        keep[rows] = False
        return table.filter(pa.array(keep if min(rows) >= 0 else np.zeros(len(table), dtype=bool)))

    def _sketch(self, texts: pa.Array, first: int, out: IO[bytes]) -> None:
        if not self.job.options.near_duplicates:
            return
        sketches = sketch(texts.to_pylist())
        some = np.flatnonzero(pc.greater(pc.binary_length(texts), 0).to_numpy(zero_copy_only=False))
        keys = band_keys(sketches[some])
        rows = np.repeat(some + first + self.counts["written"], keys.shape[1])
        self.bands.add(keys.ravel(), rows.astype(np.uint64))
        out.write(sketches.tobytes())


def _record(table: pa.Table) -> dict[str, pa.Array]:
    """The columns that stand in the input, with defaults for those that do not."""
    made = {"doc_id": table["doc_id"].combine_chunks(), "raw": table["text"].combine_chunks()}
    for name, default in DEFAULTS.items():
        if name == "date":
            made[name] = _dates(table[name]) if name in table.column_names else pa.nulls(len(table), pa.date32())
        elif name in table.column_names:
            made[name] = table[name].fill_null(default).combine_chunks()
        else:
            made[name] = pa.repeat(pa.scalar(default), len(table))
    return made


def _dates(column: pa.ChunkedArray) -> pa.Array:
    """Days; null for what is none."""
    days = pl.Series(column.cast(pa.string())).str.to_date("%Y-%m-%d", strict=False)
    return days.to_arrow().cast(pa.date32())


def _writer(out: IO[bytes], schema: pa.Schema) -> pq.ParquetWriter:
    """Parquet with fixed arguments, as the small build's; level 3, since a bulk build waits for its compression."""
    return pq.ParquetWriter(
        out, schema, compression="zstd", compression_level=3, write_page_index=True, store_schema=True
    )


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
