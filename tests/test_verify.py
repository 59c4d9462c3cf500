"""What a user holds, checked: folders, the Hub, the local cache, and a Hub that is out of reach or lies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.hub_client import HubClient, Outcome
from tests.hub_fixtures import REPO, client, dataset, hub, hub_session, write_provenance
from tests.hub_server import Hub

__all__ = ["client", "dataset", "hub", "hub_session"]  # pytest finds fixtures by their names here

PARQUET = "data/ner/train-00000-of-00001.parquet"


def verify(client: HubClient, target: str | Path, **env: str) -> Outcome:
    outcome = client.sinorus("verify", target, **env)
    assert outcome.traceback == ""
    return outcome


@pytest.fixture
def commits(client: HubClient, hub: Hub, dataset: Path) -> dict[str, str]:
    """The commits of two versions on the Hub; `dataset` is the second one."""
    for version in ("0.1.0", "0.2.0"):
        (dataset / "README.md").write_text(f"{(dataset / 'README.md').read_text()}\nThis is version {version}.\n")
        write_provenance(dataset, version)
        done = client.sinorus("--corpus", dataset, "publish", REPO, "--folder", dataset, "--yes")
        assert done.code == 0, done
    return hub.repos[REPO].tags


def cut_off(hub: Hub) -> None:
    hub.fail(".*", drop="before", times=1000)


def test_a_folder_as_it_was_built(client: HubClient, dataset: Path) -> None:
    listed = sum(path.is_file() for path in dataset.rglob("*")) - 1  # the provenance does not list itself
    outcome = verify(client, dataset)
    assert (outcome.code, "version 0.1.0" in outcome.output) == (0, True)
    assert f"{listed} files as" in outcome.output


def test_what_the_hub_and_git_put_beside_the_files_is_no_difference(client: HubClient, dataset: Path) -> None:
    (dataset / ".gitattributes").write_text("x")
    (dataset / ".git").mkdir()
    (dataset / ".git/HEAD").write_text("x")
    assert verify(client, dataset).code == 0


def test_each_difference_is_named(client: HubClient, dataset: Path) -> None:
    (dataset / PARQUET).write_bytes(b"x")
    (dataset / "README.md").unlink()
    (dataset / "data/notes\x1b[2J.txt").write_text("x")
    outcome = verify(client, dataset)
    assert outcome.code == 1
    lines = outcome.output.strip().split("\n")
    assert [line.split()[0] for line in lines[1:]] == ["missing", "changed", "extra"]
    assert lines[2].startswith(f"changed  {PARQUET}  found sha256 2d711642b726b044…, expected ")
    assert "missing  README.md" in lines
    assert "\x1b" not in outcome.output


def test_a_folder_of_another_version_than_expected(client: HubClient, dataset: Path) -> None:
    assert verify(client, f"{dataset}@0.1.0").code == 0
    outcome = verify(client, f"{dataset}@0.2.0")
    assert (outcome.code, "found version 0.1.0, expected 0.2.0" in outcome.output) == (1, True)


@pytest.mark.parametrize("target", ["nowhere", "/nowhere/at/all", "a/b/c@1.0.0", ""])
def test_what_is_neither_folder_nor_repository(client: HubClient, target: str) -> None:
    assert "no repository such as org/name@1.0.0" in verify(client, target).output


def test_a_folder_without_provenance(client: HubClient, tmp_path: Path) -> None:
    outcome = verify(client, tmp_path)
    assert (outcome.code, "has no provenance.json" in outcome.output) == (1, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "not-an-object"),
        ("{", "bad-json"),
        ('{"version": 1, "commit": "", "files": {}}', "expected version and commit as text"),
        ('{"version": "1.0.0", "commit": "", "files": {"../../etc/passwd": "' + "0" * 64 + '"}}', "inside the folder"),
        ('{"version": "1.0.0", "commit": "", "files": {"a": "abc"}}', "SHA-256"),
    ],
)
def test_a_provenance_of_another_form(client: HubClient, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "provenance.json").write_text(text)
    outcome = verify(client, tmp_path)
    assert (outcome.code, message in outcome.output) == (1, True)


def test_versions_on_the_hub(client: HubClient, commits: dict[str, str]) -> None:
    for wanted in ("@0.1.0", "@v0.1.0", f"@{commits['v0.1.0']}"):
        outcome = verify(client, REPO + wanted)
        assert outcome.code == 0, outcome
        assert commits["v0.1.0"] in outcome.output
        assert "version 0.1.0" in outcome.output
    assert commits["v0.2.0"] in verify(client, REPO).output


def test_a_version_that_is_not_there(client: HubClient, commits: dict[str, str]) -> None:
    outcome = verify(client, f"{REPO}@0.3.0")
    assert outcome.code == 1
    assert "did you mean v0." in outcome.output
    assert "there are v0.1.0, v0.2.0" in outcome.output


def test_a_commit_and_a_repository_that_are_not_there(client: HubClient, commits: dict[str, str]) -> None:
    assert "no such repository or revision" in verify(client, f"{REPO}@{'0' * 40}").output
    assert "there is no dataset org/other" in verify(client, "org/other").output


def test_a_private_repository_without_the_token(client: HubClient, commits: dict[str, str]) -> None:
    outcome = verify(client, REPO, HF_TOKEN="")
    assert (outcome.code, "HF_TOKEN" in outcome.output) == (1, True)


def test_a_tag_on_a_commit_of_another_version(client: HubClient, hub: Hub, commits: dict[str, str]) -> None:
    hub.repos[REPO].tags["v0.3.0"] = commits["v0.2.0"]
    outcome = verify(client, f"{REPO}@0.3.0")
    assert (outcome.code, "found version 0.2.0, expected 0.3.0" in outcome.output) == (1, True)


@pytest.mark.parametrize("name", [PARQUET, "README.md"])
def test_wrong_bytes_under_right_hashes(client: HubClient, hub: Hub, commits: dict[str, str], name: str) -> None:
    right = hub.repos[REPO].commits[commits["v0.2.0"]].files[name]
    hub.false_bytes[name] = bytes([right[0] ^ 1]) + right[1:]
    outcome = verify(client, f"{REPO}@0.2.0")
    assert (outcome.code, f"changed  {name}" in outcome.output) == (1, True)


def test_a_provenance_that_was_exchanged_on_the_way(client: HubClient, hub: Hub, commits: dict[str, str]) -> None:
    """A copy that agrees with itself, but not with what the Hub lists."""
    files = hub.repos[REPO].commits[commits["v0.2.0"]].files
    hub.false_bytes["provenance.json"] = files["provenance.json"].replace(b'"1.0"', b'"9.9"')
    outcome = verify(client, f"{REPO}@0.2.0")
    assert (outcome.code, "provenance.json  not the bytes that the Hub lists" in outcome.output) == (1, True)


def test_a_cached_file_that_was_damaged(client: HubClient, hub: Hub, commits: dict[str, str]) -> None:
    assert verify(client, f"{REPO}@0.2.0").code == 0
    (cached,) = (client.home / "hub").glob(f"*/snapshots/{commits['v0.2.0']}/{PARQUET}")
    data = cached.read_bytes()
    cached.resolve().write_bytes(data[:-1] + b"?")
    outcome = verify(client, f"{REPO}@0.2.0")
    assert (outcome.code, f"changed  {PARQUET}" in outcome.output) == (1, True)
    folder = outcome.output.split("remove ")[1].split(" and run")[0]
    shutil.rmtree(folder)
    assert verify(client, f"{REPO}@0.2.0").code == 0


def test_without_the_hub_a_cached_version_is_checked_and_said_to_be_that(
    client: HubClient, hub: Hub, commits: dict[str, str]
) -> None:
    verify(client, f"{REPO}@0.1.0")
    cut_off(hub)
    outcome = verify(client, f"{REPO}@0.1.0")
    assert outcome.code == 0, outcome
    for words in ("no answer", "not compared with the Hub", commits["v0.1.0"], "its own sha256"):
        assert words in outcome.output
    assert verify(client, f"{REPO}@{commits['v0.1.0']}").code == 0


def test_without_the_hub_another_cached_version_is_never_taken_for_it(
    client: HubClient, hub: Hub, commits: dict[str, str]
) -> None:
    verify(client, f"{REPO}@0.1.0")
    cut_off(hub)
    for wanted in ("@0.2.0", "@9.9.9", ""):
        outcome = verify(client, REPO + wanted)
        assert outcome.code == 1
        assert f"commit {commits['v0.1.0']}: 0.1.0" in outcome.output
        assert "cannot be checked" in outcome.output


def test_without_the_hub_a_cached_version_that_was_damaged(
    client: HubClient, hub: Hub, commits: dict[str, str]
) -> None:
    verify(client, f"{REPO}@0.1.0")
    (cached,) = (client.home / "hub").glob(f"*/snapshots/*/{PARQUET}")
    cached.unlink()
    cut_off(hub)
    outcome = verify(client, f"{REPO}@0.1.0")
    assert (outcome.code, f"missing  {PARQUET}" in outcome.output) == (1, True)


def test_a_hub_that_fails_is_out_of_reach(client: HubClient, hub: Hub, commits: dict[str, str]) -> None:
    hub.fail("GET /api/datasets", status=503)
    outcome = verify(client, f"{REPO}@0.1.0")
    assert (outcome.code, "the local cache holds nothing of it" in outcome.output) == (1, True)


LOAD = """
import sys
import datasets
rows = datasets.load_dataset(sys.argv[1], "ner", split="train", revision=sys.argv[2])
print(len(rows))
"""


def test_what_load_dataset_would_take_without_a_word_is_told(
    client: HubClient, hub: Hub, commits: dict[str, str]
) -> None:
    """The trap that verify is for: a version that never existed loads, from the cache of another one."""
    assert client.python(LOAD, REPO, "v0.1.0").returncode == 0
    stale = client.python(
        LOAD, REPO, "v9", HF_HUB_OFFLINE="1"
    )  # as good as out of reach, without half a minute of retries
    assert (stale.returncode, stale.stdout.strip()) == (0, "3"), stale.stderr
    cut_off(hub)
    outcome = verify(client, f"{REPO}@9.0.0")
    assert outcome.code == 1
    assert f"prepared for load_dataset: ner of commit {commits['v0.1.0']}" in outcome.output
    assert "version unknown, no provenance.json" in outcome.output
