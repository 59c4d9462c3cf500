"""Broken, hostile and odd inputs of a bulk build: each costs its line or its shard, is named, and nothing else is lost."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import sinorus_corpus.bulk.run
from sinorus_corpus.bulk.options import parse_columns
from sinorus_corpus.bulk.run import Bulk, bulk
from sinorus_corpus.cli import main
from sinorus_corpus.records import SinorusError
from tests.bulk_fixtures import article, clean_shard_on_a_full_disk, jsonl, labels_of


def report(out: Path) -> list[tuple[str, int, str]]:
    """Path, line and code of every finding."""
    lines = (out / "report.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    assert all(issue["found"] and issue["expected"] and issue["mend"] for issue in found)
    return sorted((issue["path"], issue["line"], issue["code"]) for issue in found)


def run(tmp_path: Path, files: dict[str, bytes], **options: Any) -> Bulk:
    (tmp_path / "in").mkdir()
    for name, data in files.items():
        (tmp_path / "in" / name).write_bytes(data)
    return bulk(str(tmp_path / "in"), tmp_path / "out", **options)


def parquet(rows: list[dict[str, Any]]) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return bytes(sink.getvalue().to_pybytes())


GOOD = [article(number) for number in range(3)]
LINES: list[tuple[bytes, str]] = [
    (b"not json", "bad-json"),
    (b'{"doc_id":"b1","text":"caf\xe9"}', "not-utf8"),
    (b'{"doc_id":"b2","text":"a","text":"b"}', "duplicate-key"),
    (b'["doc_id","text"]', "not-an-object"),
    (b'{"text":"no id"}', "missing-key"),
    (b'{"doc_id":"b5","text":null}', "missing-key"),
    (b'{"doc_id":"b6","text":7}', "wrong-type"),
    (b'{"doc_id":"b7","text":"\\ud83d"}', "lone-surrogate"),
    (b'{"doc_id":"b8","text":"x"}{"doc_id":"b9","text":"y"}', "bad-json"),
    (b'{"doc_id":"b10","text":"cut of', "bad-json"),
    (b'{"doc_id":"../../etc/x","text":"A line."}', "table-check"),
    (b'{"doc_id":"b12","text":"A line.","date":"2024-13-45"}', "bad-value"),
    (b'{"doc_id":"b13","text":"A line.","language":"<b>"}', "table-check"),
    (b'{"doc_id":"a001","text":"An id that stood before."}', "duplicate-id"),
    (b'{"doc_id":"b15","text":"a\\n' + b"x\\n" * 100_001 + b'"}', "file-too-large"),
    (b'{"doc_id":"b16","text":"\\u200b"}', "no-text"),
    (b"[" * 100_000, "too-deep"),
]


def test_what_is_wrong_is_named_and_costs_nothing_else(tmp_path: Path) -> None:
    bad = b"".join(line + b"\n" for line, _ in LINES)
    made = run(tmp_path, {"a.jsonl": jsonl(GOOD[:2]) + bad + b"\n" + jsonl(GOOD[2:])})
    assert report(tmp_path / "out") == [("a.jsonl", number, code) for number, (_, code) in enumerate(LINES, 3)]
    rows = pq.read_table(tmp_path / "out/data/documents/train-00000-of-00001.parquet").to_pylist()
    assert [row["doc_id"] for row in rows] == ["a000", "a001", "b16", "a002"]
    assert made.failed == []
    assert "../../etc/x" in (tmp_path / "out/report.md").read_text()


def test_a_broken_shard_costs_itself_alone(tmp_path: Path) -> None:
    whole = parquet(GOOD[1:2])
    files = {
        "a.jsonl": jsonl(GOOD[:1]), "b.parquet": whole[: len(whole) // 2], "c.jsonl.gz": gzip.compress(jsonl(GOOD[1:2]))[:-20],
        "d.jsonl.zst": b"no zstd at all", "e.parquet": b"", "f.parquet": parquet([{"doc_id": "x", "texts": "y"}]),
        "g.parquet": parquet([{"doc_id": "x", "text": 7.5}]), "h.jsonl": b"", "i.parquet": parquet(GOOD[2:]),
    }  # fmt: skip
    (tmp_path / "in").mkdir()
    os.mkfifo(tmp_path / "in" / "j.jsonl")
    for name, data in files.items():
        (tmp_path / "in" / name).write_bytes(data)
    done = CliRunner().invoke(main, ["bulk", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--workers", "1"])
    assert done.exit_code == 1
    failed = [name for name in sorted([*files, "j.jsonl"]) if name not in ("a.jsonl", "h.jsonl", "i.parquet")]
    assert report(tmp_path / "out") == [(name, 0, "shard-failed") for name in failed]
    assert all(name in done.output for name in failed)
    assert "Did you mean texts?" in (tmp_path / "out/report.jsonl").read_text()
    written = [path.name for path in sorted((tmp_path / "out/data/documents").iterdir())]
    assert written == ["train-00000-of-00010.parquet", "train-00008-of-00010.parquet"]


def test_not_utf8_in_parquet_costs_its_row(tmp_path: Path) -> None:
    texts = pa.array([b"A line of text.", b"caf\xe9", b"Another line."]).view(pa.string())
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"doc_id": ["a", "b", "c"], "text": texts}), sink)
    run(tmp_path, {"a.parquet": sink.getvalue().to_pybytes()})
    assert ("a.parquet", 2, "not-utf8") in report(tmp_path / "out")
    assert pq.read_table(tmp_path / "out/data/documents/train-00000-of-00001.parquet")["doc_id"].to_pylist() == [
        "a",
        "c",
    ]


def test_labels_that_do_not_hold_are_refused_one_by_one(tmp_path: Path) -> None:
    good = labels_of(GOOD[1])
    first = good[0]
    raw = GOOD[1]["text"]
    foot = raw.index("All rights")
    changed: list[tuple[dict[str, Any], str]] = [
        ({"start": -1}, "bad-offset"),
        ({"end": first["start"]}, "bad-offset"),
        ({"end": 10**6}, "bad-offset"),
        ({"end": 2**31}, "bad-offset"),
        ({"start": -(2**31) - 1}, "bad-offset"),
        ({"quote": "Kyakhta"}, "quote-mismatch"),
        ({"quote": first["quote"][:-1] + "#"}, "quote-mismatch"),
        ({"quote": None, "digest": "0" * 16}, "quote-mismatch"),
        ({"label": "GPF"}, "unknown-label"),
        ({}, "duplicate-span"),
        ({"doc_id": "nobody"}, "unknown-document"),
        ({"start": foot, "end": foot + 10, "quote": None}, "label-outside-text"),
        ({"start": first["start"] + 2, "end": first["end"] + 3, "quote": None}, "crossing-entities"),
        ({"start": first["start"], "end": good[1]["end"], "quote": None}, "label-across-lines"),
        ({"start": 3.5}, "wrong-type"),
        ({"start": "3"}, "wrong-type"),
        ({"label": None}, "missing-key"),
    ]
    lines = jsonl(good) + jsonl([first | change for change, _ in changed])
    (tmp_path / "labels.jsonl").write_bytes(lines)
    made = run(tmp_path, {"a.jsonl": jsonl(GOOD)}, labels=str(tmp_path / "labels.jsonl"))
    expected = [("labels.jsonl", number, code) for number, (_, code) in enumerate(changed, len(good) + 1)]
    assert report(tmp_path / "out") == expected
    assert made.counts["mentions"] == len(good)


def test_a_full_disk_costs_the_shard_and_is_gone_on_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sinorus_corpus.bulk.run, "clean_shard", clean_shard_on_a_full_disk)
    made = run(tmp_path, {"a.jsonl": jsonl(GOOD[:1]), "b.jsonl": jsonl(GOOD[1:])})
    assert [(issue.path, issue.found) for issue in made.failed] == [("a.jsonl", "No space left on device")]
    assert list(tmp_path.rglob("*.tmp")) == []
    monkeypatch.undo()
    assert bulk(str(tmp_path / "in"), tmp_path / "out").counts["written"] == 3


def test_what_cannot_begin_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_bytes(jsonl([{"doc_id": "a", "texts": "b"}]))
    (tmp_path / "in.csv").write_bytes(b"a,b\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/precious").write_bytes(b"x")
    for source, out, told in (
        ("in.jsonl", "out", "Did you mean texts?"),
        ("in.csv", "out", "expected one of .parquet"),
        ("empty", "out", "found no shard"),
        ("nowhere", "out", "no such file or folder"),
        ("nowhere.parquet", "out", "no such file or folder"),
        ("no*.parquet", "out", "found no shard"),
        ("nosuch://x", "out", "cannot be listed"),
        ("in.jsonl", "mine", "holds something else"),
    ):
        source = source if "://" in source else str(tmp_path / source)
        done = CliRunner().invoke(main, ["bulk", source, "--out", str(tmp_path / out), "--workers", "1"])
        assert done.exit_code == 1, done.output
        assert told in done.output, done.output
    with pytest.raises(SinorusError, match="Did you mean text"):
        parse_columns(["texd=body"])
    with pytest.raises(SinorusError, match="OURS=THEIRS"):
        parse_columns(["text"])
    with pytest.raises(SinorusError, match="Did you mean local"):
        bulk(str(tmp_path / "in.jsonl"), tmp_path / "out", engine="locl")
