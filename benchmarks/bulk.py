"""The whole bulk build against pure I/O of the same bytes, at several sizes, in one run; then its parts against their peers.

Usage: python -m benchmarks.bulk [--sizes 20000,200000] [--out benchmarks/results/bulk.json] [--folder /tmp/sinorus-bulk] [--keep]

Each size is built by one worker, from generated shards with about sixty labels an article. All times are CPU seconds, user
and system, since other work on a machine changes those least; the worker's start is among them. Pure I/O reads every input
shard twice (as two passes must) and writes every output table once, with the same arguments; it is done for each shard as soon
as that is built, beside the worker, so that a machine which slows down or speeds up does so for both. With `--keep` generated
articles stay, and are used again.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.articles import write_shards

APART = ("line model", "near-duplicates")
_GOAL = 8_260_000


def cpu() -> float:
    """CPU seconds, user and system, of this process and of the workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


class PureIO:
    """Does the pure I/O of each shard that is built.

    Attributes:
        seconds: CPU seconds of the I/O.
        spent: of this process in all, with reading what is to be written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._inputs = [sorted((folder / name).iterdir()) for name in ("articles", "labels")]
        self._what = ""
        self._done = 0
        self.seconds = 0.0
        self.spent = 0.0

    def begin(self, what: str, total: int) -> None:
        """Notes which pass it is."""
        self._what = what

    def step(self, articles: int) -> None:
        """Does what was just built once more, as pure I/O."""
        if self._what != "cleaning":
            return
        start = time.process_time()
        for paths in self._inputs:
            for _ in range(2):
                read(paths[self._done])
        self.seconds += time.process_time() - start
        (made,) = (self._folder / "out/data/documents").glob(f"train-{self._done:05}-*.parquet")
        self.seconds += write(made, self._folder / "copy.parquet")
        self._done += 1
        self.spent += time.process_time() - start


def read(path: Path) -> None:
    for _ in pq.ParquetFile(path).iter_batches(1_000, use_threads=False):
        pass


def write(made: Path, copy: Path) -> float:
    """CPU seconds to write what was made once more."""
    file, seconds = pq.ParquetFile(made), 0.0
    with pq.ParquetWriter(copy, file.schema_arrow, **_ARGUMENTS) as writer:
        for batch in file.iter_batches(3_000, use_threads=False):
            table = pa.Table.from_batches([batch])
            start = time.process_time()
            writer.write_table(table, row_group_size=1_000)
            seconds += time.process_time() - start
        start = time.process_time()
    return seconds + time.process_time() - start


def build(folder: Path) -> dict[str, Any]:
    """One build by one worker, and the pure I/O beside it."""
    # Here, since a worker imports this module: as with the command, it is to load nothing but what its tasks need.
    from sinorus_corpus.bulk.run import bulk

    shutil.rmtree(folder / "out", ignore_errors=True)
    io, before = PureIO(folder), cpu()
    made = bulk(str(folder / "articles"), folder / "out", labels=str(folder / "labels"), progress=io)
    total = cpu() - before - io.spent
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    return {"counts": made.counts, "total": total, "io": io.seconds, "stages": made.seconds, "peak_mb": peak}


_ARGUMENTS: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "write_page_index": True,
    "store_schema": True,
}


def articles(folder: Path, size: int) -> None:
    """So many articles with their labels, made unless they are there."""
    told = folder / "size"
    if told.exists() and told.read_text() == str(size):
        return
    shutil.rmtree(folder, ignore_errors=True)
    start = time.monotonic()
    write_shards(folder, size)
    told.write_text(str(size))
    print(f"{size:,} articles generated in {time.monotonic() - start:.0f} s", file=sys.stderr)


def measure(size: int, folder: Path, *, keep: bool) -> dict[str, Any]:
    """One size, in a process of its own."""
    folder = folder / str(size)
    articles(folder, size)
    command = [sys.executable, "-m", "benchmarks.bulk", "--child", "--folder", str(folder)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own
    shutil.rmtree(folder / "out" if keep else folder)
    found: dict[str, Any] = json.loads(told.splitlines()[-1]) | {"size": size}
    return found


def show(found: dict[str, Any]) -> None:
    size, io, stages = found["size"], found["io"], found["stages"]
    apart = {name: stages[name] for name in APART}
    rest = found["total"] - sum(apart.values())
    print(f"\n{size:,} articles, {found['counts']['labels']:,} labels; peak {found['peak_mb']:.0f} MB")
    print(f"  pure I/O                                  {io:9.1f} CPU s   {io / size * 1e6:6.0f} us an article")
    print(f"  whole build less line model and grouping  {rest:9.1f} CPU s   {rest / io:6.2f} x pure I/O (bar 2.0)")
    print(
        f"  whole build                               {found['total']:9.1f} CPU s   {found['total'] / io:6.2f} x pure I/O"
    )
    stages = stages | {"starting, merging, hashing": found["total"] - sum(stages.values())}
    for name, seconds in sorted(stages.items()):
        print(f"    {name:26} {seconds:9.1f} CPU s   {seconds / io:6.2f} x   {seconds / found['total'] * 100:5.1f} %")


def main(sizes: list[int], folder: Path, out: Path | None, *, keep: bool) -> None:
    results = []
    for size in sizes:
        results.append(measure(size, folder, keep=keep))
        show(results[-1])
        if out:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_text(json.dumps(results, indent=1) + "\n")
    first, last = results[0], results[-1]
    print(
        f"\npeak memory, {last['size']:,} against {first['size']:,}: {last['peak_mb'] / first['peak_mb']:.2f} (bar 1.10)"
    )
    each = last["total"] / last["size"]
    hours = each * _GOAL / 3600
    print(
        f"{_GOAL:,} articles: {last['total']:.0f} s / {last['size']:,} = {each * 1e6:.0f} us each; "
        f"x {_GOAL:,} = {hours:.1f} CPU hours"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="20000,200000")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/sinorus-bulk"))  # noqa: S108 - generated data, removed
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--child", action="store_true")
    given = parser.parse_args()
    if given.child:
        print(json.dumps(build(given.folder)))
    else:
        main([int(size) for size in given.sizes.split(",")], given.folder, given.out, keep=given.keep)
