"""The Ray engine on a cluster of this machine: the same bytes as here, though a worker is killed in the middle."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

import sinorus_corpus.bulk.run
from sinorus_corpus.bulk.run import bulk
from tests.bulk_fixtures import clean_shard_killed_always, clean_shard_killed_once, digests, write_input
from tests.test_bulk import kill_when_told

ray = pytest.importorskip(
    "ray", reason="Ray is not installed here (make test-all has it): nothing was tested on a cluster"
)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An input with its labels, and `here`, what one process makes of it."""
    folder = tmp_path_factory.mktemp("ray")
    write_input(folder)
    bulk(f"{folder}/in", folder / "here", labels=f"{folder}/labels")
    return folder


def test_a_cluster_makes_the_same_bytes_though_a_worker_is_killed(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bulk(f"{given}/in", tmp_path / "whole", labels=f"{given}/labels", engine="ray", workers=2)
    assert digests(tmp_path / "whole") == digests(given / "here")
    monkeypatch.setattr(sinorus_corpus.bulk.run, "clean_shard", clean_shard_killed_once)
    killer = threading.Thread(target=kill_when_told, args=(tmp_path / "killed.pid",), daemon=True)
    killer.start()
    bulk(f"{given}/in", tmp_path / "killed", labels=f"{given}/labels", engine="ray", workers=2)
    killer.join()
    assert (tmp_path / "killed.pid").exists()
    assert digests(tmp_path / "killed") == digests(given / "here")


def test_a_shard_that_always_kills_its_worker_costs_itself(
    given: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sinorus_corpus.bulk.run, "clean_shard", clean_shard_killed_always)
    made = bulk(f"{given}/in", tmp_path / "out", engine="ray", workers=2)
    assert [(issue.code, issue.path) for issue in made.failed] == [("shard-failed", "s1.jsonl.gz")]
