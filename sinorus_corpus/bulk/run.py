"""What `sinorus bulk` does, pass after pass. Each pass is tasks that know by content whether they are done."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from sinorus_corpus import __version__
from sinorus_corpus.bulk.counting import CountJob, Counts, count_shard, merge_counts
from sinorus_corpus.bulk.engines import Engine, open_engine
from sinorus_corpus.bulk.groups import group_rows, group_table
from sinorus_corpus.bulk.labels import LabelJob, route_labels
from sinorus_corpus.bulk.options import Options
from sinorus_corpus.bulk.shards import CleanJob, clean_shard
from sinorus_corpus.bulk.sources import Shard, find_shards
from sinorus_corpus.bulk.state import Record, file_digest, key_of
from sinorus_corpus.bulk.summary import Part, card, read_issues, write_report
from sinorus_corpus.cleaning.scoring import MODEL
from sinorus_corpus.files import write_atomic
from sinorus_corpus.records import Issue, SinorusError
from sinorus_corpus.schema import read_schema, schema_folder
from sinorus_corpus.schema.features import parquet_schema

_NOWHERE = (np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


class Progress(Protocol):
    """What is told of the work while it goes on."""

    def begin(self, what: str, total: int) -> None:
        """A pass of so many tasks begins."""

    def step(self, articles: int) -> None:
        """A task of the pass is done; so many articles were in it."""


class Silence:
    """Tells nothing."""

    def begin(self, what: str, total: int) -> None:
        """Nothing."""

    def step(self, articles: int) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Bulk:
    """What a bulk build made.

    Attributes:
        counts: articles read, written and so on.
        codes: findings by code.
        failed: shards that were left out.
        seconds: CPU seconds by stage, of the tasks done in this run and of those found done.
    """

    path: Path
    counts: dict[str, int]
    codes: Counter[str]
    failed: list[Issue]
    seconds: dict[str, float]


def bulk(
    source: str,
    out: Path,
    options: Options | None = None,
    *,
    labels: str = "",
    engine: str = "local",
    workers: int = 1,
    progress: Progress | None = None,
) -> Bulk:
    """Cleans, validates and writes the articles of many shards.

    Args:
        source: a file, a folder, a pattern or an address of shards.
        out: the folder to write; one that this command wrote is gone on with.
        labels: standoff labels, as `source`.
        engine: `local` or `ray`.
        workers: how many shards at once; the outcome is the same for any number.

    Raises:
        SinorusError: there is nothing to read or no place to write, or not one article was written.
    """
    with open_engine(engine, workers) as opened:
        run = _Run(out.absolute(), options or Options(), opened, progress or Silence())
        return run.build(find_shards(source), find_shards(labels) if labels else [])


@dataclass
class _Run:
    """One run and what it has found so far."""

    out: Path
    options: Options
    engine: Engine
    progress: Progress
    failed: dict[tuple[str, int], Issue] = field(default_factory=dict)

    def build(self, shards: list[Shard], labels: list[Shard]) -> Bulk:
        self._prepare()
        state = self.out / ".bulk"
        jobs = [CountJob(shard, self.options, state / "counts") for shard in shards]
        counted = self._tasks("counting", count_shard, jobs)
        self._require_any(counted, shards)
        counts = merge_counts(state / "counts", counted, state / "merged", index=bool(labels))
        routed = self._route(labels, counts, counted, len(shards))
        built = self._clean(shards, counts, counted, (labels, routed))
        start = time.process_time()
        groups = self._group(built)
        done = chain(counted.values(), routed.values(), built.values(), [_timed("near-duplicates", start)])
        return self._finish(shards, built, routed, groups, _seconds(done))

    def _prepare(self) -> None:
        """Takes a new folder, an empty one, or one that this command wrote."""
        if self.out.exists() and not (self.out / ".bulk").is_dir() and any(self.out.iterdir()):
            raise SinorusError(
                f"{self.out} holds something else; expected a new folder, or one that sinorus bulk wrote"
            )
        (self.out / ".bulk" / "merged").mkdir(parents=True, exist_ok=True)
        for left in chain(self.out.glob("data/*/.*.tmp"), self.out.glob(".bulk/*/.*")):
            left.unlink()

    def _tasks(self, what: str, function: Callable[[Any], Record], jobs: Sequence[Any]) -> dict[int, Record]:
        """The record of each shard by its number; those that failed are told apart."""
        self.progress.begin(what, len(jobs))
        found: dict[int, Record] = {}
        for number, outcome in self.engine.run(function, jobs):
            shard = jobs[number].shard
            if isinstance(outcome, Issue):
                self.failed[what, shard.number] = outcome
            else:
                found[shard.number] = outcome
            self.progress.step(_articles(outcome))
        return dict(sorted(found.items()))

    def _require_any(self, found: dict[int, Record], shards: list[Shard]) -> None:
        if not any(_articles(record) for record in found.values()):
            first = next(iter(self.failed.values()), None)
            told = f": {first.path}: {first.found}" if first else ""
            raise SinorusError(f"none of {len(shards)} shards holds an article{told}")

    def _route(self, labels: list[Shard], counts: Counts, counted: dict[int, Record], shards: int) -> dict[int, Record]:
        if counts.index is None:
            return {}
        index = key_of(__version__, [(n, record["key"]) for n, record in counted.items()])
        folder = self.out / ".bulk" / "labels"
        jobs = [LabelJob(label, counts.index, index, shards, folder) for label in labels]
        return self._tasks("sorting labels", route_labels, jobs)

    def _clean(
        self,
        shards: list[Shard],
        counts: Counts,
        counted: dict[int, Record],
        labels: tuple[list[Shard], dict[int, Record]],
    ) -> dict[int, Record]:
        files, routed = labels
        chunks = tuple(chunk for record in routed.values() for chunk in record["chunks"])
        joined = (self.out / ".bulk" / "labels", chunks, tuple(file.name for file in files))
        base, names = self._base(counts), tuple(shard.name for shard in shards)
        schema = read_schema(self.options.schemas)
        columns = parquet_schema(schema, schema.tables["documents"])
        jobs = [
            CleanJob(
                shard, self.options, base, counted[shard.number]["digest"], counts.recurring,
                counts.duplicates.get(shard.number, _NOWHERE), names, joined, self.out,
                f"data/documents/train-{shard.number:05}-of-{len(shards):05}.parquet", columns,
            )
            for shard in shards
            if shard.number in counted
        ]  # fmt: skip
        return self._tasks("cleaning", clean_shard, jobs)

    def _base(self, counts: Counts) -> str:
        """Everything that every shard hangs on: options, contract, model, rules, recurring lines, and what computes."""
        folder = self.options.schemas if self.options.schemas and self.options.schemas.is_dir() else schema_folder()
        files = [*sorted(folder.rglob("*.toml")), *sorted(MODEL.iterdir()), counts.recurring]
        files += [path for path in (self.options.rules, self.options.registry) if path and path.is_file()]
        chosen = {key: value for key, value in asdict(self.options).items() if not isinstance(value, Path)}
        versions = (__version__, pa.__version__, pl.__version__, np.__version__)
        return key_of(chosen, versions, [file_digest(path) for path in files if path.is_file()])

    def _group(self, built: dict[int, Record]) -> tuple[int, int]:
        """Writes the near-duplicates; how many groups and documents in them."""
        target = self.out / "data" / "near_duplicates" / "train-00000-of-00001.parquet"
        target.unlink(missing_ok=True)
        if not self.options.near_duplicates:
            return 0, 0
        self.progress.begin("grouping", 1)
        schema, records = read_schema(self.options.schemas), list(built.values())
        group = group_rows(self.out / ".bulk" / "shards", records)
        columns = parquet_schema(schema, schema.tables["near_duplicates"])
        table = group_table(self.out, records, group, columns)
        if len(table):
            sink = pa.BufferOutputStream()
            pq.write_table(table, sink, compression="zstd", compression_level=3, row_group_size=100_000)
            write_atomic(target, sink.getvalue().to_pybytes())
        self.progress.step(len(group))
        return len(table["group"].unique()), len(table)

    def _sweep(self, built: dict[int, Record]) -> None:
        """Takes away what earlier runs left and this one has not made."""
        made = {name for record in built.values() for name in record["files"]}
        records = {f".bulk/shards/{record['key']}.json" for record in built.values()}
        for path in chain(self.out.glob("data/documents/*"), self.out.glob(".bulk/shards/*")):
            if str(path.relative_to(self.out)) not in made | records:
                path.unlink()

    def _finish(
        self,
        shards: list[Shard],
        built: dict[int, Record],
        routed: dict[int, Record],
        groups: tuple[int, int],
        seconds: dict[str, float],
    ) -> Bulk:
        self._sweep(built)
        schema = read_schema(self.options.schemas)
        counts = self._counts(shards, built, groups)
        issues = chain(self.failed.values(), self._label_issues(routed), read_issues(self._issue_files(built)))
        codes = write_report(self.out, schema, issues, counts)
        if counts["written"]:
            text = card(schema, self._parts(built, counts, groups[1]), counts)
            write_atomic(self.out / "README.md", text.encode("utf-8"))
        return Bulk(self.out, counts, codes, list(self.failed.values()), seconds)

    def _counts(self, shards: list[Shard], built: dict[int, Record], groups: tuple[int, int]) -> dict[str, int]:
        total: Counter[str] = Counter()
        for record in built.values():
            total.update(record["counts"])
        names = ("read", "written", "labels", "labels of dropped articles", "mentions")
        counts = {
            "shards": len(shards),
            "shards that failed": len(self.failed),
            **{n: total[n] for n in names},
        }
        counts |= {"near-duplicate groups": groups[0], "articles in them": groups[1], "bytes": total["bytes"]}
        return counts

    def _parts(self, built: dict[int, Record], counts: dict[str, int], grouped: int) -> list[Part]:
        files = {r["data"]: r["files"][r["data"]] for r in built.values() if r["data"]}
        parts = [Part("documents", files, counts["written"], counts["bytes"])]
        name = "data/near_duplicates/train-00000-of-00001.parquet"
        if grouped:
            size = pq.read_table(self.out / name).nbytes
            parts.append(Part("near_duplicates", {name: file_digest(self.out / name)}, grouped, size))
        return parts

    def _issue_files(self, built: dict[int, Record]) -> Iterator[Path]:
        return (self.out / ".bulk" / "shards" / record["issues"] for record in built.values())

    @staticmethod
    def _label_issues(routed: dict[int, Record]) -> Iterator[Issue]:
        return (Issue(*told) for record in routed.values() for told in record["issues"])


def _timed(stage: str, start: float) -> Record:
    return {"seconds": {stage: time.process_time() - start}}


def _seconds(records: Iterable[Record]) -> dict[str, float]:
    total: Counter[str] = Counter()
    for record in records:
        total.update(record["seconds"])
    return dict(total)


def _articles(outcome: Record | Issue) -> int:
    if isinstance(outcome, Issue):
        return 0
    return int(outcome.get("rows", outcome.get("counts", {}).get("read", 0)))
