"""Small shards of articles for the tests of bulk work, and tasks that are killed while they run."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

from sinorus_corpus.bulk import shards
from sinorus_corpus.bulk.shards import CleanJob, clean_shard
from sinorus_corpus.bulk.state import Record

TOWNS = ("Harbin", "Chita", "Хабаровск", "Ürümqi", "Suifenhe")
SENTENCE = (
    "Freight through {town} grew for the third year in {year}, and most of it went by rail over the northern crossing, "
    "as the customs tables of the border district show for every month but one."
)
MENU = ("Home", "News", "Subscribe to our newsletter")
FOOT = ("Share this article", "All rights reserved")


def article(number: int) -> dict[str, Any]:
    """An article with a menu, three paragraphs that name a town, and a foot."""
    body = [SENTENCE.format(town=TOWNS[(number + i) % 5], year=1900 + 3 * number + i) for i in range(3)]
    lines = [*MENU, f"Freight figures of the district, part {number}", *body, *FOOT]
    text = "\n\n".join(lines)
    if number % 3 == 0:
        text = text.replace("third year", "third\u00a0year\u200b").replace("Ü", "U\u0308")
    return {"doc_id": f"a{number:03}", "text": text, "publisher": f"site {number % 2}", "date": "2024-05-01"}


def labels_of(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The towns of an article as labels."""
    found = []
    for town in (*TOWNS, "U\u0308rümqi"):
        at = row["text"].find(town)
        if at >= 0:
            end = at + len(town)
            found.append({"doc_id": row["doc_id"], "start": at, "end": end, "label": "GPE", "quote": town})
    return found


def jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def write_input(folder: Path, shards: int = 4, size: int = 6) -> list[dict[str, Any]]:
    """Shards of each kind with their articles; labels beside them, in one file with quotes, in the other without."""
    (folder / "in").mkdir(parents=True)
    (folder / "labels").mkdir()
    rows = [article(number) for number in range(shards * size)]
    for shard in range(shards):
        some = rows[shard * size : (shard + 1) * size]
        if shard % 3 == 0:
            pq.write_table(pa.Table.from_pylist(some), folder / "in" / f"s{shard}.parquet")
        elif shard % 3 == 1:
            (folder / "in" / f"s{shard}.jsonl.gz").write_bytes(gzip.compress(jsonl(some), mtime=0))
        else:
            (folder / "in" / f"s{shard}.jsonl.zst").write_bytes(pa.compress(jsonl(some), "zstd", asbytes=True))
    found = [label for row in rows for label in labels_of(row)]
    (folder / "labels" / "one.jsonl").write_bytes(jsonl(found[::2]))
    pq.write_table(pa.Table.from_pylist(found[1::2]).drop_columns("quote"), folder / "labels" / "two.parquet")
    return rows


def digests(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file that a reader gets."""
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and ".bulk" not in p.parts]
    return {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def clean_shard_killed_once(job: CleanJob) -> Record:
    """The task, whose process waits to be killed the first time that it works on shard 1."""
    told = job.out.parent / f"{job.out.name}.pid"
    if job.shard.number == 1 and not told.exists():
        told.write_text(str(os.getpid()))
        time.sleep(120)
    return clean_shard(job)


def clean_shard_killed_always(job: CleanJob) -> Record:
    """The task, whose process dies whenever it works on shard 1."""
    if job.shard.number == 1:
        os.kill(os.getpid(), 9)
    return clean_shard(job)


def clean_shard_on_a_full_disk(job: CleanJob) -> Record:
    """The task, for whose shard 0 the disk has no room once its file is to be flushed."""

    def full(path: Path) -> None:
        if "00000" in path.name:
            raise OSError(errno.ENOSPC, "No space left on device")

    with mock.patch.object(shards, "_flush", full):
        return clean_shard(job)


def fill_memory() -> None:
    """Puts the files of the folder TEST_MEMORY where `memory://bulk` leads to in this process."""
    memory = fsspec.filesystem("memory")
    for path in Path(os.environ["TEST_MEMORY"]).iterdir():
        memory.pipe(f"/bulk/{path.name}", path.read_bytes())


def with_memory(task: Callable[[Any], Record], job: Any) -> Record:
    """The task, in a process whose memory is filled."""
    fill_memory()
    return task(job)
