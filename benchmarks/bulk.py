"""The whole bulk build against pure I/O of the same bytes, at several sizes, in one run; then its parts against their peers.

Usage: python -m benchmarks.bulk [--sizes 20000,200000] [--out benchmarks/results/bulk.json] [--folder /tmp/sinorus-bulk]

Each size is built in a process of its own, by one worker, from generated shards with about sixty labels an article. All times
are CPU seconds of that process, user and system, since other work on a machine changes those least. Pure I/O reads every input
shard twice (as two passes must) and writes every output table once, with the same arguments.
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
from sinorus_corpus.bulk.run import bulk

APART = ("line model", "near-duplicates")
_GOAL = 8_260_000


def cpu() -> float:
    """CPU seconds, user and system, of this process and of the workers that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def build(folder: Path, engine: str = "local") -> dict[str, Any]:
    """One build by one worker."""
    before = cpu()
    made = bulk(str(folder / "articles"), folder / "out", labels=str(folder / "labels"), engine=engine)
    total = cpu() - before
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    return {"counts": made.counts, "total": total, "stages": made.seconds, "peak_mb": peak}


def pure_io(folder: Path) -> float:
    """CPU seconds to read all input twice and write all output once."""
    total = 0.0
    for path in [p for name in ("articles", "labels") for p in sorted((folder / name).iterdir())]:
        for _ in range(2):
            start = cpu()
            for _batch in pq.ParquetFile(path).iter_batches(1_000, use_threads=False):
                pass
            total += cpu() - start
    for path in sorted((folder / "out" / "data" / "documents").iterdir()):
        file = pq.ParquetFile(path)
        start_of_write = 0.0
        with pq.ParquetWriter(folder / "copy.parquet", file.schema_arrow, **_ARGUMENTS) as writer:
            for batch in file.iter_batches(4_000, use_threads=False):
                table = pa.Table.from_batches([batch]).combine_chunks()
                start = cpu()
                writer.write_table(table, row_group_size=1_000)
                start_of_write += cpu() - start
            start = cpu()
        total += start_of_write + cpu() - start
    return total


_ARGUMENTS: dict[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "write_page_index": True,
    "store_schema": True,
}


def child(what: str, folder: Path) -> Any:
    """Runs a part in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.bulk", "--child", what, "--folder", str(folder)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])  # noqa: S603 - our own


def measure(size: int, folder: Path) -> dict[str, Any]:
    """Both at one size."""
    shutil.rmtree(folder, ignore_errors=True)
    start = time.process_time()
    write_shards(folder, size)
    print(f"{size:,} articles generated in {time.process_time() - start:.0f} CPU s", file=sys.stderr)
    found: dict[str, Any] = child("build", folder) | {"size": size, "io": child("io", folder)}
    shutil.rmtree(folder)
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
    stages["starting, merging, hashing"] = found["total"] - sum(stages.values())
    for name, seconds in sorted(stages.items()):
        print(f"    {name:26} {seconds:9.1f} CPU s   {seconds / io:6.2f} x   {seconds / found['total'] * 100:5.1f} %")


def main(sizes: list[int], folder: Path, out: Path | None) -> None:
    results = [measure(size, folder) for size in sizes]
    for found in results:
        show(found)
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
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", default="20000,200000")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/sinorus-bulk"))  # noqa: S108 - generated data, removed
    parser.add_argument("--child", choices=("build", "io"))
    given = parser.parse_args()
    if given.child:
        print(json.dumps(build(given.folder) if given.child == "build" else pure_io(given.folder)))
    else:
        main([int(size) for size in given.sizes.split(",")], given.folder, given.out)
