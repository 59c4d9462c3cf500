"""Brings standoff labels to the shards of their documents, in flat memory. No label is checked against a text here."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sinorus_corpus.bulk.counting import PLACE_BITS, id_keys
from sinorus_corpus.bulk.options import LABEL_COLUMNS
from sinorus_corpus.bulk.reading import Batch, read_batches, without
from sinorus_corpus.bulk.sources import Shard, content_digest
from sinorus_corpus.bulk.state import Record, file_digest, find_record, key_of, save_record
from sinorus_corpus.characters import shorten
from sinorus_corpus.records import Issue

# So many labels are sorted by shard at a time.
_CHUNK = 200_000
_BATCH = 50_000
KINDS = {
    name: (name, pa.int64() if name in ("start", "end") else pa.string(), required)
    for name, required in LABEL_COLUMNS.items()
}
# A label on its way: the document's line in its shard, and where the label itself stands.
ROUTED = pa.schema(
    [
        ("row", pa.int64()),
        *((name, kind) for name, (_, kind, _) in KINDS.items() if name != "doc_id"),
        ("file", pa.int32()),
        ("line", pa.int64()),
    ]
)
# What numbers are kept as where they fit.
_NARROW = {"row": pa.int32(), "start": pa.int32(), "end": pa.int32(), "line": pa.int32()}


class LabelJob(NamedTuple):
    """One file of labels: `documents` holds the keys of all document ids and their places, `name` stands for its content."""

    shard: Shard
    documents: tuple[Path, Path]
    name: str
    shards: int
    folder: Path


def route_labels(job: LabelJob) -> Record:
    """Cuts one file of labels into what belongs to each shard; not again where that is done."""
    start = time.process_time()
    job.folder.mkdir(parents=True, exist_ok=True)
    digest = content_digest(job.shard.path)
    key = key_of("labels", digest, job.shard.number, job.shard.name, job.name)
    if record := find_record(job.folder, key):
        return record
    keys, places = (np.memmap(path, dtype=np.uint64, mode="r") for path in job.documents)
    chunks: list[str] = []
    held: list[pa.Table] = []
    issues: list[Issue] = []
    for batch in read_batches(job.shard, KINDS, _BATCH):
        batch = _whole(job.shard, batch)
        routed, refused = _routed(job.shard, batch, keys, places)
        issues += batch.issues + refused
        held.append(routed)
        if sum(map(len, held)) >= _CHUNK:
            chunks.append(_write(job, key, held, len(chunks)))
            held = []
    if held:
        chunks.append(_write(job, key, held, len(chunks)))
    files = {name: file_digest(job.folder / name) for chunk in chunks for name in (f"{chunk}.arrow", f"{chunk}.npy")}
    told = [(i.code, i.path, i.line, i.found, i.expected) for i in issues]
    seconds = {"sorting labels": time.process_time() - start}
    found = {"digest": digest, "chunks": chunks, "issues": told, "files": files, "seconds": seconds}
    return save_record(job.folder, key, found)


def _whole(shard: Shard, batch: Batch) -> Batch:
    """The batch less labels without document, offsets or label."""
    names = [name for name, required in LABEL_COLUMNS.items() if required]
    absent = batch.table[names[0]].is_null()
    for name in names[1:]:
        absent = pc.or_(absent, batch.table[name].is_null())
    if not pc.any(absent).as_py():
        return batch
    lines = batch.lines[absent.to_numpy()].tolist()
    issues = [Issue("missing-key", shard.name, line, "a label with a null", ", ".join(names)) for line in lines]
    return without(batch, absent, issues)


def _routed(shard: Shard, batch: Batch, keys: Any, places: Any) -> tuple[pa.Table, list[Issue]]:
    """The labels whose document is there, each with its place above the columns of `ROUTED`."""
    ids = batch.table["doc_id"].combine_chunks().dictionary_encode()
    wanted = id_keys(ids.dictionary)
    at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    known = keys[at] == wanted if len(keys) else np.zeros(len(wanted), dtype=bool)
    code = ids.indices.to_numpy()
    there = known[code]
    everything = bool(there.all())
    issues = [
        Issue("unknown-document", shard.name, int(batch.lines[i]), shorten(ids[i].as_py()), "a document of the input")
        for i in np.flatnonzero(~there)
    ]
    place = places[at].astype(np.int64)[code][there] if len(keys) else np.zeros(0, dtype=np.int64)
    table = batch.table if everything else batch.table.filter(pa.array(there))
    columns: dict[str, pa.Array] = {"place": pa.array(place), "row": pa.array(place & (2**PLACE_BITS - 1))}
    for field in ROUTED:
        if field.name in table.column_names:
            columns[field.name] = table[field.name]
        elif field.name == "line":
            columns["line"] = pa.array(batch.lines[there])
        elif field.name not in columns:
            columns[field.name] = pa.nulls(len(table), field.type)
    columns["file"] = pa.array(np.full(len(table), shard.number, dtype=np.int32))
    return pa.table(columns), issues


def _write(job: LabelJob, key: str, held: list[pa.Table], number: int) -> str:
    """Writes labels in order of their documents, and where those of each shard begin."""
    table = pa.concat_tables(held)
    place = table["place"].to_numpy()
    if (place[1:] < place[:-1]).any():
        order = np.argsort(place, kind="stable")
        table, place = table.take(pa.array(order)), place[order]
    table = _narrowed(table.select(ROUTED.names))
    borders = np.searchsorted(place, np.arange(job.shards + 1) << PLACE_BITS)
    name = f"{key}-{number}"
    with pa.OSFile(str(job.folder / f"{name}.arrow"), "wb") as out, pa.ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
    np.save(job.folder / f"{name}.npy", borders)
    return name


def _narrowed(table: pa.Table) -> pa.Table:
    """The columns of `ROUTED` as they are kept on disk: numbers narrow where they fit, no bytes for nothing but nulls."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        columns[name] = pa.nulls(len(column)) if column.null_count == len(column) else column.combine_chunks()
        with suppress(pa.ArrowInvalid):
            columns[name] = columns[name].cast(_NARROW.get(name, columns[name].type))
    return pa.table(columns)


class ShardLabels:
    """The labels of one shard, read as its documents come by."""

    def __init__(self, folder: Path, chunks: Sequence[str], shard: int) -> None:
        self._parts = []
        for chunk in chunks:
            first, last = np.load(folder / f"{chunk}.npy")[shard : shard + 2].tolist()
            if last > first:
                with pa.memory_map(str(folder / f"{chunk}.arrow")) as source:
                    table = pa.ipc.open_file(source).read_all().slice(first, last - first)
                self._parts.append((table, table["row"].to_numpy().astype(np.int64)))

    def between(self, first: int, last: int) -> pa.Table:
        """Those of the documents on these lines, both included: by document, start, the longer first, and label.

        Lines rise from call to call: what ends before them is let go of.
        """
        self._parts = [(table, rows) for table, rows in self._parts if rows[-1] >= first]
        found = [ROUTED.empty_table()]
        for table, rows in self._parts:
            begin, end = np.searchsorted(rows, [first, last + 1]).tolist()
            found.append(table.slice(begin, end - begin))
        together = pa.concat_tables(found, promote_options="permissive")  # to the types of `ROUTED`
        line, file, end, start, row = (together[name].to_numpy() for name in ("line", "file", "end", "start", "row"))
        place = (row << 32) + start
        if (place[1:] > place[:-1]).all():
            return together.combine_chunks()
        columns = (line, file, _places(together["label"].combine_chunks()), -end, start, row)
        return together.take(pa.array(np.lexsort(columns))).combine_chunks()


def _places(names: pa.Array) -> npt.NDArray[np.int64]:
    """The place of each string in the order of all."""
    found = names.dictionary_encode()
    order = np.argsort(np.argsort(np.array(found.dictionary.to_pylist(), dtype=str)))
    places: npt.NDArray[np.int64] = order[found.indices.to_numpy()]
    return places
