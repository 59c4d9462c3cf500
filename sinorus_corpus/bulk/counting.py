"""The first pass: what a page alone cannot tell, counted on disk. Which lines recur on a site, which ids stand twice."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from sinorus_corpus import __version__
from sinorus_corpus.bulk.options import DEFAULTS, REQUIRED, Options
from sinorus_corpus.bulk.reading import Kinds, read_batches
from sinorus_corpus.bulk.runs import RunWriter, merge_runs, read_run
from sinorus_corpus.bulk.sources import Shard, content_digest
from sinorus_corpus.bulk.state import Record, file_digest, find_record, key_of, save_record
from sinorus_corpus.cleaning.recurrence import add_counts, count_lines, pages_of, recurring_keys

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

# A place in the input: the shard's number above these bits, the line below.
PLACE_BITS = 32
_SITE = ("doc_id", "text", "site", "publisher", "url")


class CountJob(NamedTuple):
    """One shard of the first pass."""

    shard: Shard
    options: Options
    folder: Path


def article_kinds(options: Options, names: Sequence[str] = (*REQUIRED, *DEFAULTS)) -> Kinds:
    """The columns of an article as `read_batches` wants them."""
    return {ours: (options.columns.get(ours, ours), pa.string(), ours in REQUIRED) for ours in names}


def site_column(table: pa.Table) -> pa.Array:
    """The site of each article: what the input says, else its publisher, else the host of its address; empty if unknown."""
    for name in ("site", "publisher"):
        if name in table.column_names:
            return table[name].fill_null("").combine_chunks()
    if "url" not in table.column_names:
        return pa.array([""] * len(table), pa.string())
    found = pc.extract_regex(table["url"].combine_chunks(), r"^[a-z]+://(?P<host>[^/:?#]+)")
    return pc.struct_field(found, "host").fill_null("") if len(found) else pa.array([], pa.string())


def id_keys(ids: pa.Array) -> Keys:
    """A 64-bit key for each document id."""
    return pl.Series(ids.cast(pa.string())).hash(2).to_numpy()


def count_shard(job: CountJob) -> Record:
    """Counts the lines of one shard by site, and its ids, into sorted runs; not again where that is done."""
    start, shard, folder = time.process_time(), job.shard, job.folder
    folder.mkdir(parents=True, exist_ok=True)
    digest = content_digest(shard.path)
    key = key_of("count", digest, job.options.columns, __version__, pl.__version__)
    if record := find_record(folder, key):
        return record
    lines, ids = RunWriter(folder, f"{key}-lines", add_counts), RunWriter(folder, f"{key}-ids")
    sites, rows = [], 0
    for batch in read_batches(shard, article_kinds(job.options, _SITE)):
        table, valid = batch.table, batch.lines > 0
        if table["doc_id"].null_count or table["text"].null_count:
            whole = pc.and_(table["doc_id"].is_valid(), table["text"].is_valid())
            table, valid = table.filter(whole), whole.to_numpy()
        found = count_lines(table["text"].combine_chunks(), site_column(table))
        lines.add(found.keys, found.values)
        ids.add(id_keys(table["doc_id"].combine_chunks()), batch.lines[valid].astype(np.uint64))
        sites.append((found.sites, found.pages))
        rows += len(table)
    lines.flush()
    ids.flush()
    total = pages_of(sites)
    np.save(folder / f"{key}-sites.npy", np.stack([total[0], total[1].astype(np.uint64)]))
    runs = [*lines.written, *ids.written]
    names = [f"{key}-sites.npy", *(f"{run}.{part}.npy" for run in runs for part in ("keys", "values"))]
    files = {name: file_digest(folder / name) for name in names}
    found_record = {
        "digest": digest,
        "rows": rows,
        "lines": lines.written,
        "ids": ids.written,
        "key": key,
        "files": files,
        "seconds": {"counting": time.process_time() - start},
    }
    return save_record(folder, key, found_record)


@dataclass(frozen=True)
class Counts:
    """What the first pass found, on disk.

    Attributes:
        recurring: keys of lines that recur on their site, rising.
        duplicates: for each shard that has any, the lines whose document id stood before, and the places where it did.
        index: keys of all document ids, rising, and their places, first ones only; `None` unless asked for.
    """

    recurring: Path
    duplicates: dict[int, tuple[Ints, Ints]]
    index: tuple[Path, Path] | None


def merge_counts(folder: Path, records: dict[int, Record], out: Path, *, index: bool) -> Counts:
    """Puts the counts of all shards together, a range of keys at a time.

    Args:
        folder: where `count_shard` left its runs.
        records: what it said, by the shard's number.
        out: where the result goes.
        index: whether labels will have to find their documents.
    """
    out.mkdir(parents=True, exist_ok=True)
    loaded = (np.load(folder / f"{record['key']}-sites.npy") for record in records.values())
    sites, pages = pages_of((rows[0], rows[1]) for rows in loaded)
    runs = [read_run(folder, name) for record in records.values() for name in record["lines"]]
    parts = (
        recurring_keys(*add_counts(keys, values), sites, pages.astype(np.int64)) for keys, values in merge_runs(runs)
    )
    np.save(out / "recurring.npy", np.concatenate([np.zeros(0, dtype=np.uint64), *parts]))
    duplicates, found = _merge_ids(folder, records, out, index=index)
    return Counts(out / "recurring.npy", duplicates, found)


def _merge_ids(
    folder: Path, records: dict[int, Record], out: Path, *, index: bool
) -> tuple[dict[int, tuple[Ints, Ints]], tuple[Path, Path] | None]:
    runs = [read_run(folder, name, number << PLACE_BITS) for number, r in sorted(records.items()) for name in r["ids"]]
    again, before = [np.zeros(0, dtype=np.uint64)], [np.zeros(0, dtype=np.uint64)]
    paths = (out / "ids.bin", out / "places.bin")
    with suppress(FileNotFoundError):
        for path in paths:
            path.unlink()
    for keys, places in merge_runs(runs):
        first = np.concatenate(([True], keys[1:] != keys[:-1])) if len(keys) else np.zeros(0, dtype=bool)
        head = np.maximum.accumulate(np.where(first, np.arange(len(keys)), 0)) if len(keys) else np.zeros(0, dtype=int)
        again.append(places[~first])
        before.append(places[head[~first]])
        if index:
            for path, column in zip(paths, (keys[first], places[first]), strict=True):
                with path.open("ab") as file:
                    column.tofile(file)
    return dict(_by_shard(np.concatenate(again), np.concatenate(before))), paths if index else None


def _by_shard(again: Keys, before: Keys) -> Iterator[tuple[int, tuple[Ints, Ints]]]:
    order = np.argsort(again)
    again, before = again[order], before[order]
    shards = again >> np.uint64(PLACE_BITS)
    for shard in np.unique(shards).tolist():
        some = shards == shard
        lines = (again[some] & np.uint64(2**PLACE_BITS - 1)).astype(np.int64)
        yield int(shard), (lines, before[some].astype(np.int64))


def recurring(path: Path) -> Keys:
    """The keys that `merge_counts` found, read from disk as they are needed."""
    found: Keys = np.load(path, mmap_mode="r") if path.stat().st_size > 128 else np.zeros(0, dtype=np.uint64)
    return found
