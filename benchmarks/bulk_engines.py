"""The bulk build here and on a Ray cluster of this machine: CPU time side by side, and whether the bytes are the same.

Usage: python -m benchmarks.bulk_engines [--size 200000] [--folder /tmp/sinorus-bulk] [--keep]

Needs the extra `ray`. Each engine works in a process of its own, with one worker; the third run kills Ray's worker by its id
when two shards are built. CPU seconds are those of all processes that the run began: the cluster's own are among them. Of the
third run the bytes alone are told.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import bulk as bulk_benchmark
from sinorus_corpus.bulk.run import Silence, bulk

_RUNS = ("local", "ray", "ray, a worker killed")


def descendants(of: int) -> Iterator[int]:
    """The processes that a process began, and those that they began."""
    for listed in Path(f"/proc/{of}/task").glob("*/children"):
        for pid in map(int, listed.read_text().split()):
            yield pid
            yield from descendants(pid)


def cpu() -> float:
    """CPU seconds of this process, of those it began, and of those that have ended."""
    total = bulk_benchmark.cpu()
    for pid in descendants(os.getpid()):
        # Fields 14 to 17 of proc(5): user and system time, and those of children that were waited for.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return total


class Killer(Silence):
    """Kills the process that cleans, once, when two shards are built."""

    def __init__(self) -> None:
        self._what, self._done = "", 0

    def begin(self, what: str, total: int) -> None:
        """Notes which pass it is."""
        self._what = what

    def step(self, articles: int) -> None:
        """Counts shards."""
        self._done += self._what == "cleaning"
        if self._done == 2:
            self._done += 1
            for pid in descendants(os.getpid()):
                if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"ray::attempt"):
                    os.kill(pid, signal.SIGKILL)
                    print(f"killed {pid}", file=sys.stderr)


def build(folder: Path, run: str) -> dict[str, Any]:
    """One build; its CPU seconds and one digest over all files that a reader gets."""
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    progress = Killer() if "killed" in run else Silence()
    engine = run.partition(",")[0]
    bulk(str(folder / "articles"), out, labels=str(folder / "labels"), engine=engine, workers=1, progress=progress)
    seconds, told = cpu(), hashlib.sha256()
    for path in sorted(p for p in out.rglob("*") if p.is_file() and ".bulk" not in p.parts):
        with path.open("rb") as file:
            told.update(f"{path.relative_to(out)} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return {"cpu": seconds, "sha256": told.hexdigest()}


def main(size: int, folder: Path, *, keep: bool) -> None:
    folder = folder / str(size)
    bulk_benchmark.articles(folder, size)
    found = {}
    for run in _RUNS:
        command = [sys.executable, "-m", "benchmarks.bulk_engines", "--child", run, "--folder", str(folder)]
        told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603 - our own
        found[run] = json.loads(told.splitlines()[-1])
        ratio = found[run]["cpu"] / found["local"]["cpu"]
        print(
            f"{run:22} {found[run]['cpu']:8.1f} CPU s  {ratio:5.2f} x local (bar 1.25)  sha256 {found[run]['sha256']}"
        )
    if len({one["sha256"] for one in found.values()}) > 1:
        sys.exit("the bytes differ")
    shutil.rmtree(folder / "out" if keep else folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=200_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/sinorus-bulk"))  # noqa: S108 - generated data, removed
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--child", choices=_RUNS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(build(given.folder, given.child)))
    else:
        main(given.size, given.folder, keep=given.keep)
