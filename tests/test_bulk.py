"""Bulk builds as they are used: any number of workers, stopped, killed and gone on with, the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from datasets import load_dataset

import sinorus_corpus.bulk.run
from sinorus_corpus.bulk.options import Options
from sinorus_corpus.bulk.run import Silence, bulk
from sinorus_corpus.bulk.sources import find_shards
from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.cleaning.propose import propose_regions
from sinorus_corpus.cli import main
from sinorus_corpus.records import Article
from sinorus_corpus.schema import read_schema
from sinorus_corpus.tables.arrow import check_table
from tests.bulk_fixtures import (
    article,
    clean_shard_killed_always,
    clean_shard_killed_once,
    digests,
    fill_memory,
    jsonl,
    with_memory,
    write_input,
)
from tests.conftest import ROOT

SCHEMA = read_schema()


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An input with its labels, and `once`, what one worker makes of it."""
    folder = tmp_path_factory.mktemp("bulk")
    write_input(folder)
    bulk(f"{folder}/in", folder / "once", labels=f"{folder}/labels")
    return folder


def test_every_article_comes_through_as_the_small_build_would_make_it(given: Path, tmp_path: Path) -> None:
    found = load_dataset(str(given / "once"), split="train", cache_dir=str(tmp_path))
    rows = {row["doc_id"]: row for row in found}
    assert len(rows) == 24
    for number in range(24):
        own = article(number)
        raw, row = own["text"], rows[own["doc_id"]]
        regions = propose_regions(raw, SCHEMA)
        made = clean_document(
            Article("", "", "", None, "", True, "", "", "", "", ""), raw, regions, SCHEMA.text_types()
        )
        kept = [raw[r["raw_start"] : r["raw_end"]] for r in row["regions"] if r["keep"]]
        assert not {"Home", "All rights reserved"} & set(kept)
        if row["text"] == made.text:  # but for lines that recur on the site
            assert [tuple(p.values()) for p in row["alignment"]] == [tuple(p) for p in made.alignment]
            assert row["removed_characters"] == made.removed
        assert row["publisher"] == own["publisher"]
        assert str(row["date"]) == "2024-05-01"


def test_labels_are_projected_and_checked(given: Path) -> None:
    rows = [
        row for file in sorted((given / "once/data/documents").iterdir()) for row in pq.read_table(file).to_pylist()
    ]
    mentions = [(row, mention) for row in rows for mention in row["entities"]]
    assert len(mentions) == 72
    for row, mention in mentions:
        raw = article(int(row["doc_id"][1:]))["text"]
        assert row["text"][mention["start"] : mention["end"]] == mention["text"]
        assert raw[mention["raw_start"] : mention["raw_end"]] in (mention["text"], "U\u0308rümqi")
        assert row["status"] == "single"
        assert row["annotators"] == ["labels"]
    assert (given / "once/report.jsonl").read_text() == ""


def test_streaming_and_near_duplicates_open(given: Path, tmp_path: Path) -> None:
    stream = load_dataset(str(given / "once"), split="train", streaming=True)
    assert [row["doc_id"] for row in stream] == [f"a{number:03}" for number in range(24)]
    folder = tmp_path / "in"
    folder.mkdir()
    copies = [article(0), {**article(1), "text": article(0)["text"] + "\nmore"}, article(2)]
    own = "".join(f"\n\nLine {n} of another article says {n * n}." for n in range(40))
    (folder / "a.jsonl").write_bytes(jsonl([copies[0], {**copies[2], "text": copies[2]["text"] + own}]))
    (folder / "b.jsonl").write_bytes(jsonl(copies[1:2]))
    bulk(str(folder), tmp_path / "out")
    groups = load_dataset(str(tmp_path / "out"), "near_duplicates", split="train", streaming=True)
    assert list(groups) == [{"doc_id": "a000", "group": "a000"}, {"doc_id": "a001", "group": "a000"}]


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda rows: rows[1]["entities"][0].update(label="NOPE"), {("entities.label", 1)}),
        (lambda rows: rows[2]["entities"][1].update(start=-1), {("entities.start", 2)}),
        (lambda rows: rows[3].update(text_sha256="x"), {("text_sha256", 3)}),
        (lambda rows: rows[3].update(raw_sha256=""), {("raw_sha256", 3)}),
        (lambda rows: rows[2]["entities"][1].update(wikidata_qid="Q0"), {("entities.wikidata_qid", 2)}),
        (lambda rows: rows[4].update(doc_id=rows[0]["doc_id"]), {("doc_id", 0), ("doc_id", 4)}),
        (lambda rows: rows[5].update(title=None), {("title", 5)}),
        (lambda rows: rows[1]["regions"][2].update(label=None), {("regions.label", 1)}),
    ],
)
def test_a_value_that_breaks_a_rule_is_named_by_its_row(
    given: Path, damage: Callable[[list[dict[str, Any]]], None], expected: set[tuple[str, int]]
) -> None:
    table = pq.read_table(min((given / "once/data/documents").iterdir()))
    columns = SCHEMA.tables["documents"]
    assert check_table(SCHEMA, columns, table) == []
    rows = table.to_pylist()
    damage(rows)
    damaged = pa.Table.from_pylist(rows, schema=table.schema)
    assert {(found.column, found.row) for found in check_table(SCHEMA, columns, damaged)} == expected
    # A table of other types is looked at column by column, and the types are named as well.
    wider = damaged.append_column("more", pa.array(range(len(rows))))
    assert {(found.column, found.row) for found in check_table(SCHEMA, columns, wider)} == expected | {("", -1)}


def test_two_workers_make_the_same_bytes(given: Path, tmp_path: Path) -> None:
    bulk(f"{given}/in", tmp_path / "out", labels=f"{given}/labels", workers=2)
    assert digests(tmp_path / "out") == digests(given / "once")


def test_a_killed_worker_costs_nothing(given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sinorus_corpus.bulk.run, "clean_shard", clean_shard_killed_once)
    killer = threading.Thread(target=kill_when_told, args=(tmp_path / "out.pid",), daemon=True)
    killer.start()
    bulk(f"{given}/in", tmp_path / "out", labels=f"{given}/labels", workers=2)
    killer.join()
    assert digests(tmp_path / "out") == digests(given / "once")


def test_workers_end_with_the_process_that_began_them(given: Path, tmp_path: Path) -> None:
    code = (
        "import sys; import sinorus_corpus.bulk.run as run; import tests.bulk_fixtures as f;"
        "run.clean_shard = f.clean_shard_killed_once; from pathlib import Path;"
        "run.bulk(sys.argv[1], Path(sys.argv[2]), workers=2)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, f"{given}/in", str(tmp_path / "out")], cwd=ROOT)
    told = tmp_path / "out.pid"
    wait_for(lambda: told.exists() and bool(told.read_text()))
    worker = int(told.read_text())
    parent.kill()
    parent.wait()
    wait_for(lambda: not running(worker))


def running(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def wait_for(what: Callable[[], bool]) -> None:
    for _ in range(2400):
        if what():
            return
        time.sleep(0.05)
    pytest.fail("nothing happened for two minutes")


def kill_when_told(path: Path) -> None:
    """Kills the process whose id a task wrote down."""
    wait_for(lambda: path.exists() and bool(path.read_text()))
    os.kill(int(path.read_text()), 9)


def test_a_shard_that_always_kills_its_worker_costs_itself(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinorus_corpus.bulk.run, "clean_shard", clean_shard_killed_always)
    made = bulk(f"{given}/in", tmp_path / "out", labels=f"{given}/labels", workers=2)
    assert [(issue.code, issue.path) for issue in made.failed] == [("shard-failed", "s1.jsonl.gz")]
    assert made.counts["written"] == 18
    monkeypatch.undo()
    bulk(f"{given}/in", tmp_path / "out", labels=f"{given}/labels")
    assert digests(tmp_path / "out") == digests(given / "once")


class Interrupt(Silence):
    """Ctrl-C after the first shard of the second pass."""

    def __init__(self) -> None:
        self.what = ""

    def begin(self, what: str, total: int) -> None:
        self.what = what

    def step(self, articles: int) -> None:
        if self.what == "cleaning":
            raise KeyboardInterrupt


def test_a_stopped_run_is_gone_on_with(given: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        bulk(f"{given}/in", out, labels=f"{given}/labels", progress=Interrupt())
    assert not (out / "README.md").exists()
    done = written(out)
    assert 1 <= len(done) < 4
    bulk(f"{given}/in", out, labels=f"{given}/labels")
    assert digests(out) == digests(given / "once")
    assert done.items() < written(out).items()


def written(out: Path) -> dict[str, int]:
    """When each shard was written, in nanoseconds."""
    return {path.name[6:11]: path.stat().st_mtime_ns for path in (out / "data/documents").glob("*.parquet")}


def test_done_shards_are_known_by_content(given: Path, tmp_path: Path) -> None:
    shutil.copytree(given / "in", tmp_path / "in")
    out = tmp_path / "out"
    bulk(f"{tmp_path}/in", out)
    before, done = digests(out), written(out)
    for path in (tmp_path / "in").iterdir():
        os.utime(path, (1, 1))
    bulk(f"{tmp_path}/in", out)
    assert written(out) == done
    damaged = out / "data/documents/train-00002-of-00004.parquet"
    damaged.write_bytes(damaged.read_bytes()[:-9])
    bulk(f"{tmp_path}/in", out)
    assert {name for name, at in written(out).items() if at != done[name]} == {"00002"}
    assert digests(out) == before
    done = written(out)
    bulk(f"{tmp_path}/in", out, Options(near_duplicates=False))
    assert {name for name, at in written(out).items() if at == done[name]} == set()


def test_a_shard_that_goes_takes_its_output_along(given: Path, tmp_path: Path) -> None:
    shutil.copytree(given / "in", tmp_path / "in")
    bulk(f"{tmp_path}/in", tmp_path / "out")
    (tmp_path / "in/s3.parquet").unlink()
    bulk(f"{tmp_path}/in", tmp_path / "out")
    bulk(f"{tmp_path}/in", tmp_path / "new")
    assert digests(tmp_path / "out") == digests(tmp_path / "new")


def test_addresses_are_read_like_files(given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_MEMORY", f"{given}/in")
    fill_memory()
    for name in ("count_shard", "clean_shard"):
        task = getattr(sinorus_corpus.bulk.run, name)
        monkeypatch.setattr(sinorus_corpus.bulk.run, name, partial(with_memory, task))
    bulk("memory://bulk", tmp_path / "out", labels=f"file://{given}/labels")
    assert digests(tmp_path / "out") == digests(given / "once")


def test_folders_files_and_patterns_are_inputs(tmp_path: Path) -> None:
    folder = tmp_path / "dump.parquet"  # as Spark names folders
    folder.mkdir()
    for name in ("a1.jsonl", "a2.jsonl", "a3.jsonl", "b[1].jsonl", "notes.txt"):
        (folder / name).write_bytes(jsonl([article(0)]))
    expected = {
        "": ["a1.jsonl", "a2.jsonl", "a3.jsonl", "b[1].jsonl"],
        "a*": ["a1.jsonl", "a2.jsonl", "a3.jsonl"],
        "a[12].jsonl": ["a1.jsonl", "a2.jsonl"],
        "?3.jsonl": ["a3.jsonl"],
        "b[1].jsonl": ["b[1].jsonl"],
    }
    assert {source: [shard.name for shard in find_shards(f"{folder}/{source}")] for source in expected} == expected


def test_suggestions_are_marked(tmp_path: Path) -> None:
    rows = [{**article(0), "text": article(0)["text"].replace("1900", "1 May 2001 and 3 million tonnes")}]
    (tmp_path / "in.jsonl").write_bytes(jsonl(rows))
    bulk(
        str(tmp_path / "in.jsonl"), tmp_path / "out", Options(suggest=True, registry=ROOT / "annotations/entities.tsv")
    )
    (row,) = pq.read_table(tmp_path / "out/data/documents/train-00000-of-00001.parquet").to_pylist()
    assert row["annotators"] == ["suggest"]
    assert row["status"] == ""
    assert {mention["note"] for mention in row["entities"]} == {"suggest"}
    assert "DATE" in {mention["label"] for mention in row["entities"]}
    assert all(row["text"][m["start"] : m["end"]] == m["text"] for m in row["entities"])


def test_the_command_maps_columns_and_says_what_it_made(tmp_path: Path) -> None:
    rows = [{"key": 7 + i, "body": article(i)["text"]} for i in range(3)]
    (tmp_path / "in.jsonl").write_bytes(jsonl(rows))
    names = ["--column", "doc_id=key", "--column", "text=body"]
    command = ["bulk", str(tmp_path / "in.jsonl"), "--out", str(tmp_path / "out"), *names, "--workers", "1"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert "written                                    3" in done.output
    found = pq.read_table(tmp_path / "out/data/documents/train-00000-of-00001.parquet")
    assert found["doc_id"].to_pylist() == ["7", "8", "9"]
