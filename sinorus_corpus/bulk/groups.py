"""Groups near-duplicates over all shards, from sketches on disk. What alike means stands in `tables/near_duplicates.py`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from sinorus_corpus.bulk.runs import merge_runs, read_run
from sinorus_corpus.bulk.state import Record
from sinorus_corpus.tables.near_duplicates import PERMUTATIONS, THRESHOLD, similarity

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
# Pairs compared at a time: two sketches each.
_PAIRS = 20_000


class Shards(NamedTuple):
    """The shards that were built, with the number of the first row of each among all rows; one more than there are."""

    folder: Path
    records: Sequence[Record]
    first: Ints


def group_rows(folder: Path, records: Sequence[Record]) -> Rows:
    """For each row of all shards the first row of its group, or itself.

    Of texts that share a band each is compared with the first and with the one before it, and groups grow along these
    links (single linkage), so that a line printed on a million pages costs a million comparisons and not their square.

    Args:
        folder: where `clean_shard` left runs and sketches.
        records: what it said, in order.
    """
    first = np.concatenate([[0], np.cumsum([record["counts"].get("written", 0) for record in records])])
    shards = Shards(folder, records, first)
    group = np.arange(first[-1], dtype=np.int32)
    runs = [
        read_run(folder, name, int(n))
        for record, n in zip(records, first[:-1], strict=True)
        for name in record["bands"]
    ]
    for keys, rows in merge_runs(runs):
        _link(group, *_alike(shards, *_candidates(keys, rows, group)))
    return group


def _candidates(keys: npt.NDArray[np.uint64], rows: npt.NDArray[np.uint64], group: Rows) -> tuple[Ints, Ints]:
    """Pairs of rows that share a key and are not in one group yet."""
    at = rows.astype(np.int64)
    new = np.ones(len(keys), dtype=bool)
    new[1:] = keys[1:] != keys[:-1]
    again = np.flatnonzero(~new)
    head = np.maximum.accumulate(np.where(new, np.arange(len(keys)), 0))
    first, second = np.concatenate([at[again - 1], at[head[again]]]), np.concatenate([at[again], at[again]])
    apart = group[first] != group[second]
    first, second = first[apart], second[apart]
    pairs = np.unique((np.minimum(first, second) << 32) | np.maximum(first, second))
    return pairs >> 32, pairs & (2**32 - 1)


def _alike(shards: Shards, first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """The pairs whose sketches are similar enough."""
    keep = np.zeros(len(first), dtype=bool)
    for at in range(0, len(first), _PAIRS):
        part = slice(at, at + _PAIRS)
        keep[part] = similarity(_sketches(shards, first[part]), _sketches(shards, second[part])) >= THRESHOLD
    return first[keep], second[keep]


def _sketches(shards: Shards, rows: Ints) -> npt.NDArray[np.uint32]:
    found = np.empty((len(rows), PERMUTATIONS), dtype=np.uint32)
    owner = np.searchsorted(shards.first, rows, side="right") - 1
    for shard in np.unique(owner).tolist():
        some = np.flatnonzero(owner == shard)
        sketches = np.memmap(shards.folder / shards.records[shard]["sketches"], dtype=np.uint32, mode="r")
        found[some] = sketches.reshape(-1, PERMUTATIONS)[rows[some] - shards.first[shard]]
    return found


def _link(group: Rows, first: Ints, second: Ints) -> None:
    """Joins the groups of each pair; a group is named by its first row."""
    if not len(first):
        return
    names, at = np.unique(np.concatenate([group[first], group[second]]), return_inverse=True)
    a, b = np.split(at, 2)
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(len(names), len(names)))
    _, component = connected_components(graph, directed=False)
    least = np.full(component.max() + 1, np.iinfo(np.int32).max, dtype=np.int32)
    np.minimum.at(least, component, names)
    new = np.arange(len(group), dtype=np.int32)
    new[names] = least[component]
    group[:] = new[group]


def group_table(out: Path, records: Sequence[Record], group: Rows, schema: pa.Schema) -> pa.Table:
    """The documents that have near-duplicates, each with the id of its group's first; by group, in order of the input."""
    size = np.bincount(group, minlength=len(group))
    rows = np.flatnonzero(size[group] > 1)
    ids = _ids(out, records, rows)
    heads = group[rows]
    order = np.lexsort((rows, heads))
    named = ids.take(pa.array(np.searchsorted(rows, heads[order])))
    return pa.Table.from_arrays([ids.take(pa.array(order)), named], schema=schema)


def _ids(out: Path, records: Sequence[Record], rows: Ints) -> pa.Array:
    """The document ids of some rows, rising."""
    parts, first = [pa.array([], pa.string())], 0
    for record in records:
        last = first + record["counts"].get("written", 0)
        begin, end = np.searchsorted(rows, [first, last]).tolist()
        if end > begin:
            column = pq.read_table(out / record["data"], columns=["doc_id"])["doc_id"].combine_chunks()
            parts.append(column.take(pa.array(rows[begin:end] - first)))
        first = last
    return pa.concat_arrays(parts)
