"""Parts of the bulk build beside their peers, in one run: quote check, projection, tags, value checks.

Usage: python -m benchmarks.bulk_parts [ARTICLES]   (1,500 unless told; each has about sixty labels)

Every peer starts from the same Arrow columns or the same Python strings, whichever suits it; the least CPU time of three runs
counts. The floor of the value checks does the same checks by hand with pyarrow.compute and cannot say which row fails.
"""

from __future__ import annotations

import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.articles import write_shards
from sinorus_corpus.annotation import tokens
from sinorus_corpus.bulk.options import Options
from sinorus_corpus.bulk.run import bulk
from sinorus_corpus.cleaning.alignment import Alignment
from sinorus_corpus.schema import Column, read_schema
from sinorus_corpus.schema.features import parquet_schema
from sinorus_corpus.schema.frames import TableChecks
from sinorus_corpus.strings import Texts

_COPIES = 14


def least(work: Callable[[], Any]) -> float:
    """CPU seconds."""
    found = []
    for _ in range(3):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return min(found)


def quotes(folder: Path) -> tuple[float, float]:
    articles = pq.read_table(folder / "articles").combine_chunks()
    labels = pq.read_table(folder / "labels").combine_chunks()
    raws, quote = articles["text"].combine_chunks(), labels["quote"].combine_chunks()
    number = pc.index_in(labels["doc_id"], articles["doc_id"]).combine_chunks().to_numpy().astype(np.int64)
    start, end = labels["start"].to_numpy(), labels["end"].to_numpy()
    texts = dict(zip(articles["doc_id"].to_pylist(), raws.to_pylist(), strict=True))
    ours = least(lambda: Texts(raws).agree(number, start, end, quote).all())
    rows = least(lambda: all(texts[r["doc_id"]][r["start"] : r["end"]] == r["quote"] for r in labels.to_pylist()))
    return ours, rows


def projection(made: pa.Table) -> tuple[float, float]:
    entities, pieces = made["entities"].combine_chunks(), made["alignment"].combine_chunks()
    flat, runs = entities.flatten(), pieces.flatten()
    document = np.repeat(np.arange(len(made)), np.diff(entities.offsets.to_numpy()))
    start, end = (flat.field(n).to_numpy().astype(np.int64) for n in ("raw_start", "raw_end"))
    columns = np.stack([runs.field(n).to_numpy(zero_copy_only=False).astype(np.int64) for n in _PIECE])
    offsets = pieces.offsets.to_numpy().astype(np.int64)
    alignment = Alignment.of_documents(offsets, columns)
    ours = least(lambda: alignment.project(document, start, end))
    spans = list(zip(document.tolist(), start.tolist(), end.tolist(), strict=True))
    by_document = [columns[:, a:b].tolist() for a, b in pairwise(offsets)]
    return ours, least(lambda: [_project(by_document[d], a, b) for d, a, b in spans])


_PIECE = ("raw_start", "raw_end", "start", "end", "replaced")


def _project(pieces: list[list[int]], start: int, end: int) -> tuple[int, int] | None:
    first, last = bisect_right(pieces[0], start) - 1, bisect_left(pieces[1], end)
    if first < 0 or last >= len(pieces[0]) or start >= pieces[1][first] or end <= pieces[0][last]:
        return None
    return start - pieces[0][first] + pieces[2][first], end - pieces[0][last] + pieces[2][last]


def tags(made: pa.Table) -> tuple[float, float] | None:
    import spacy
    from spacy.training import offsets_to_biluo_tags

    core = getattr(tokens, "bio_codes", None)
    if core is None:
        return None
    some = made.slice(0, 200).to_pylist()
    blank = spacy.blank("en")
    docs = [blank.make_doc(row["text"]) for row in some]
    spans = [[(e["start"], e["end"], e["label"]) for e in row["entities"]] for row in some]
    base = np.cumsum([0, *(len(row["text"]) + 1 for row in some)])
    columns = [
        np.concatenate([np.array(c, dtype=np.int64) + b for c, b in zip(found, base[:-1], strict=True)])
        for found in (
            [[t.idx for t in doc] for doc in docs], [[t.idx + len(t) for t in doc] for doc in docs],
            [[s[0] for s in found] for found in spans], [[s[1] for s in found] for found in spans],
        )
    ]  # fmt: skip
    ours = least(lambda: core(*columns, np.zeros(len(columns[2]), dtype=np.int64)))
    peer = least(lambda: [offsets_to_biluo_tags(doc, found) for doc, found in zip(docs, spans, strict=True)])
    return ours, peer


def value_checks(made: pa.Table) -> tuple[float, float]:
    ids = pa.array([f"a{number:08}" for number in range(len(made))])
    made = made.set_column(0, made.schema.field(0), ids).combine_chunks()
    schema = read_schema()
    table = schema.tables["documents"]
    checks = TableChecks(schema, table, parquet_schema(schema, table))
    assert checks.check(made) == []  # noqa: S101 - a benchmark of a failing check would mean nothing
    ours = least(lambda: checks.check(made))
    return ours, least(lambda: all(_floor(table.columns, lambda name: made[name].combine_chunks())))


def _floor(columns: tuple[Column, ...], get: Callable[[str], pa.Array]) -> Iterator[bool]:
    schema = read_schema()
    for column in columns:
        found = get(column.name)
        yield column.nullable or not found.null_count
        if column.type == "struct":
            inner = found.flatten() if column.list else found
            if len(inner):
                yield from _floor(column.fields, inner.field)
        elif not column.list:
            yield from _values(column, found, schema.labels[column.labels].active if column.labels else [])


def _values(column: Column, found: pa.Array, labels: list[str]) -> Iterator[bool]:
    if labels:
        yield pc.all(pc.is_in(found, pa.array(labels))).as_py()
    if column.min is not None:
        yield pc.all(pc.greater_equal(found, pa.scalar(column.min, found.type))).as_py()
    if column.max is not None:
        yield pc.all(pc.less_equal(found, pa.scalar(column.max, found.type))).as_py()
    if column.pattern:
        yield pc.all(pc.match_substring_regex(found, column.pattern)).as_py()
    if column.unique:
        yield pc.count_distinct(found).as_py() == len(found)


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_shards(folder, count)
        bulk(str(folder / "articles"), folder / "out", Options(near_duplicates=False), labels=str(folder / "labels"))
        made = pq.read_table(folder / "out/data/documents").combine_chunks()
        many = sum(len(row) for row in made["entities"])
        print(f"{count:,} articles, {many:,} labels; CPU seconds, ours against the peer")
        tagged = tags(made)
        found = {
            "quote check, Python rows": (quotes(folder), 5), "projection, bisect": (projection(made), 14),
            **({"tags, spaCy": (tagged, 150)} if tagged else {}),
        }  # fmt: skip
        for what, ((ours, peer), bar) in found.items():
            print(f"{what:26} {ours:8.4f} {peer:8.4f}   {peer / ours:7.1f} times (bar {bar})")
        ours, floor = value_checks(pa.concat_tables([made] * _COPIES))
        print(f"{'pandera, pyarrow.compute':26} {ours:8.4f} {floor:8.4f}   {ours / floor:7.2f} of the floor (bar 1.3)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_500)
