"""Publishing to a Hub on loopback: what is there afterwards, whatever breaks, and what real clients read back."""

from __future__ import annotations

import json
import shutil
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from sinorus_corpus.records import Issue, SinorusError
from sinorus_corpus.release import publishing
from sinorus_corpus.release.hub import Hub as RealHub
from tests.hub_client import HubClient, Outcome
from tests.hub_fixtures import BUILT_FROM, REPO, client, dataset, hub, hub_session, write_provenance
from tests.hub_server import TOKEN, Hub, git_sha1

__all__ = ["client", "dataset", "hub", "hub_session"]  # pytest finds fixtures by their names here


def publish(client: HubClient, folder: Path, *args: str, answer: str = "", **env: str) -> Outcome:
    where: list[str | Path] = ["--corpus", folder.parent, "publish", REPO, "--folder", folder]
    return client.sinorus(*where, *(args or ["--yes"]), answer=answer, **env)


def told(outcome: Outcome) -> str:
    """What a refusal says: never a traceback, never the token."""
    assert outcome.traceback == ""
    assert outcome.code == 1
    assert TOKEN not in outcome.output
    return outcome.output


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def published(hub: Hub, tag: str = "v0.1.0") -> dict[str, bytes]:
    """The files that a tag names, less what the Hub adds."""
    repo = hub.repos[REPO]
    found = dict(repo.commits[repo.tags[tag]].files)
    assert found.pop(".gitattributes")
    return found


def test_a_first_publication_is_one_commit_with_a_tag(client: HubClient, hub: Hub, dataset: Path) -> None:
    outcome = publish(client, dataset)
    assert outcome.code == 0, outcome
    repo = hub.repos[REPO]
    assert repo.private
    assert [commit.title for commit in repo.commits.values()] == ["initial commit", "Version 0.1.0"]
    assert repo.tags == {"v0.1.0": repo.branches["main"]}
    assert published(hub) == files(dataset)
    assert f"commit {repo.tags['v0.1.0']}" in outcome.output


def test_it_says_what_it_will_do_and_asks(client: HubClient, hub: Hub, dataset: Path) -> None:
    size = sum(len(data) for data in files(dataset).values())
    refused = publish(client, dataset, "--public", answer="n\n")
    for words in (
        REPO,
        hub.endpoint,
        "public",
        f"{len(files(dataset))} files, {size:,} bytes",
        "v0.1.0",
        BUILT_FROM,
        "Publish?",
    ):
        assert words in refused.output
    assert (refused.code, hub.repos) == (1, {})
    assert publish(client, dataset, "--public", answer="y\n").code == 0
    assert not hub.repos[REPO].private


def test_a_dry_run_asks_nothing_and_changes_nothing(client: HubClient, hub: Hub, dataset: Path) -> None:
    outcome = publish(client, dataset, "--dry-run", HF_TOKEN="")
    assert (outcome.code, "Publish?" in outcome.output, hub.repos) == (0, False, {})
    assert {asked.split()[0] for asked in hub.asked} == {"GET"}


def test_the_same_again_changes_nothing(client: HubClient, hub: Hub, dataset: Path) -> None:
    publish(client, dataset)
    hub.asked.clear()
    outcome = publish(client, dataset)
    assert outcome.code == 0
    assert "nothing to do" in outcome.output
    assert {asked.split()[0] for asked in hub.asked} == {"GET"}


def test_the_next_version_replaces_files_and_keeps_the_old_tag(client: HubClient, hub: Hub, dataset: Path) -> None:
    publish(client, dataset)
    before = files(dataset)
    (dataset / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n# Another\n")
    (dataset / "data/ner/test-00000-of-00001.parquet").unlink()
    write_provenance(dataset, "0.2.0")
    hub.page_size = 3  # the list of files comes in several pages
    outcome = publish(client, dataset)
    assert "2 files added or changed, 1 removed" in outcome.output
    assert "removes data/ner/test-00000-of-00001.parquet" in outcome.output
    assert (published(hub), published(hub, "v0.2.0")) == (before, files(dataset))


def test_a_tag_is_never_moved(client: HubClient, hub: Hub, dataset: Path) -> None:
    publish(client, dataset)
    before = published(hub)
    (dataset / "README.md").write_text("changed under the same version")
    write_provenance(dataset, commit="2" * 40)
    message = told(publish(client, dataset))
    tagged = hub.repos[REPO].tags["v0.1.0"]
    for words in ("v0.1.0", tagged, "2" * 40, "changed  README.md", "never moved", "raise the version"):
        assert words in message
    assert (published(hub), len(hub.repos[REPO].commits)) == (before, 2)


def test_a_tag_is_kept_when_main_has_moved_on(client: HubClient, hub: Hub, dataset: Path) -> None:
    publish(client, dataset)
    hub.repos[REPO].commit("somebody's", {"README.md": b"x"})
    assert "nothing to do" in publish(client, dataset).output


def test_a_repository_of_other_things_is_left_alone(client: HubClient, hub: Hub, dataset: Path) -> None:
    hub.create(REPO).commit("theirs", {".gitattributes": b"", "thesis.csv": b"a,b\n"})
    assert "thesis.csv" in told(publish(client, dataset))
    assert (len(hub.repos[REPO].commits), hub.repos[REPO].tags) == (2, {})


BREAKS: dict[str, tuple[str, dict[str, Any]]] = {
    "while the repository is made": ("POST /api/repos/create", {"status": 403}),
    "after the repository was made": ("POST /api/repos/create", {"drop": "after"}),
    "at the check of the README": ("POST /api/validate-yaml", {"status": 500}),
    "before the upload": ("POST .*/preupload/", {"status": 403}),
    "as the upload is agreed": ("POST .*/objects/batch", {"status": 403}),
    "in the middle of the upload": ("PUT /lfs/", {"status": 403}),
    "at the check of an upload": ("POST /lfs/.*/verify", {"status": 404}),
    "at the commit": ("POST .*/commit/main", {"status": 500}),
    "with another commit in between": ("POST .*/commit/main", {"status": 412}),
    "after the commit, before its answer": ("POST .*/commit/main", {"drop": "after"}),
    "after the commit, before the tag": ("POST .*/tag/", {"status": 500}),
    "as the tag is refused": ("POST .*/tag/", {"status": 403}),
    "after the tag, before its answer": ("POST .*/tag/", {"drop": "after"}),
}


@pytest.mark.parametrize("at", BREAKS)
def test_what_broke_off_is_finished_by_running_it_again(client: HubClient, hub: Hub, dataset: Path, at: str) -> None:
    match, what = BREAKS[at]
    hub.fail(match, **what)
    message = told(publish(client, dataset))
    assert len(message.strip().split("\n")) == 6, message  # five lines of plan, one of error
    assert publish(client, dataset).code == 0
    repo = hub.repos[REPO]
    assert [commit.title for commit in repo.commits.values()] == ["initial commit", "Version 0.1.0"]
    assert published(hub) == files(dataset)


@pytest.mark.parametrize("at", ["POST .*/commit/main", "POST .*/tag/"])
def test_what_was_killed_is_finished_by_running_it_again(client: HubClient, hub: Hub, dataset: Path, at: str) -> None:
    reached = threading.Event()
    hub.on(at, reached.set)
    hub.fail(at, seconds=0.5)  # it is done after the client is gone
    # The toy dataset was changed by hand, which the gate would say; it has tests of its own.
    code = (
        "from sinorus_corpus.release import publishing as p; p.CHECKS = (); from sinorus_corpus.cli import main; main()"
    )
    args: list[str | Path] = ["--corpus", dataset.parent, "publish", REPO, "--folder", dataset, "--yes"]
    with client.start(code, *args) as process:
        assert reached.wait(timeout=120)
        process.kill()
    while hub.at_work:
        time.sleep(0.05)
    assert publish(client, dataset).code == 0
    assert [commit.title for commit in hub.repos[REPO].commits.values()] == ["initial commit", "Version 0.1.0"]
    assert published(hub) == files(dataset)


def test_a_commit_by_somebody_else_in_between_is_not_overwritten(client: HubClient, hub: Hub, dataset: Path) -> None:
    hub.create(REPO)
    theirs = {".gitattributes": b"*.parquet filter=lfs\n", "README.md": b"theirs"}
    hub.on("POST .*/commit/main", lambda: hub.repos[REPO].commit("theirs", theirs))
    assert "somebody else has committed" in told(publish(client, dataset))
    assert hub.repos[REPO].tags == {}
    assert publish(client, dataset).code == 0
    assert published(hub) == files(dataset)


def test_a_tag_by_somebody_else_in_between_is_not_moved(client: HubClient, hub: Hub, dataset: Path) -> None:
    repo = hub.create(REPO)
    first = repo.branches["main"]
    hub.on("POST .*/tag/", lambda: repo.tags.update({"v0.1.0": first}))
    message = told(publish(client, dataset))
    assert f"is on {first}; expected {repo.branches['main']}" in message
    assert repo.tags == {"v0.1.0": first}


def test_a_hub_that_hesitates_is_waited_for(client: HubClient, hub: Hub, dataset: Path) -> None:
    hub.fail("POST .*/objects/batch", status=503)  # the client asks again after a second
    hub.fail("POST .*/commit/main", seconds=0.5)
    assert publish(client, dataset).code == 0


def test_a_hub_that_never_answers_is_given_up(client: HubClient, hub: Hub, dataset: Path) -> None:
    hub.fail("POST .*/commit/main", seconds=1.5)
    message = told(publish(client, dataset, HF_HUB_DOWNLOAD_TIMEOUT="0.5"))
    assert "no answer" in message
    assert "Timeout" in message


def test_a_hub_that_lies_about_hashes_gets_no_tag(client: HubClient, hub: Hub, dataset: Path) -> None:
    for name in ("README.md", "data/ner/train-00000-of-00001.parquet"):
        hub.false_hashes.add(name)
    message = told(publish(client, dataset))
    for words in ("README.md", "git 0000", "data/ner/train", "sha256 0000", "nothing was tagged"):
        assert words in message
    assert hub.repos[REPO].tags == {}
    hub.false_hashes.clear()
    assert publish(client, dataset).code == 0
    assert len(hub.repos[REPO].commits) == 2


def test_a_hub_that_lies_once_the_tag_is_there_is_found_out(client: HubClient, hub: Hub, dataset: Path) -> None:
    hub.on("POST .*/tag/", lambda: hub.false_hashes.add("README.md"))
    assert "v0.1.0 stands on it" in told(publish(client, dataset))


def test_a_hub_that_answers_nonsense_is_one_line(client: HubClient, hub: Hub, dataset: Path) -> None:
    hub.fail("GET .*/refs", status=200, message="nonsense")
    assert "something else than expected" in told(publish(client, dataset))


def test_the_token_is_never_shown_even_if_the_hub_repeats_it(client: HubClient, hub: Hub, dataset: Path) -> None:
    hub.fail("POST .*/commit/main", status=403, message=f"bad token {TOKEN}")
    assert "[token]" in told(publish(client, dataset))
    hub.fail("GET /api/datasets", status=500, message=f"bad token {TOKEN}")
    assert "[token]" in told(publish(client, dataset))


@pytest.mark.parametrize(
    ("token", "message"),
    [("", "HF_TOKEN is not set"), ("hf_wrong", "refuses (401"), ("hf_sécret", "not shown"), ("a\nb", "not shown")],
)
def test_a_missing_or_wrong_token_is_said(client: HubClient, hub: Hub, dataset: Path, token: str, message: str) -> None:
    found = told(publish(client, dataset, HF_TOKEN=token))
    assert message in found
    assert not token or token not in found
    assert hub.repos == {}


def test_a_token_that_was_stored_earlier_is_not_used(client: HubClient, hub: Hub, dataset: Path) -> None:
    client.home.mkdir(exist_ok=True)
    (client.home / "token").write_text(TOKEN)
    assert "HF_TOKEN is not set" in told(publish(client, dataset, HF_TOKEN=""))


def spoil_file(folder: Path) -> None:
    (folder / "data/ner/train-00000-of-00001.parquet").write_bytes(b"other bytes")


def spoil_commit(folder: Path) -> None:
    write_provenance(folder, commit="uncommitted")


def spoil_rights(folder: Path) -> None:
    shutil.copy(folder / "data/ner/train-00000-of-00001.parquet", folder / "data/ner/transfer-00000-of-00001.parquet")
    write_provenance(folder)


def spoil_private(folder: Path) -> None:
    (folder / ".gitignore").write_text("*\n")
    write_provenance(folder)


def spoil_version(folder: Path) -> None:
    write_provenance(folder, version="../../x")


def spoil_json(folder: Path) -> None:
    (folder / "provenance.json").write_text('{"version": "0.1.0", "version": "0.2.0"}')


def remove_provenance(folder: Path) -> None:
    (folder / "provenance.json").unlink()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (remove_provenance, "has no provenance.json"),
        (spoil_file, "changed  data/ner/train"),
        (spoil_commit, "uncommitted"),
        (spoil_rights, "may not be passed on"),
        (spoil_private, "may not be passed on"),
        (spoil_version, "expected one such as 1.2.0"),
        (spoil_json, "duplicate-key"),
    ],
)
def test_what_may_not_be_published_is_refused_before_the_hub_is_asked(
    client: HubClient, hub: Hub, dataset: Path, spoil: object, message: str
) -> None:
    assert callable(spoil)
    spoil(dataset)
    assert message in told(publish(client, dataset))
    assert hub.asked == []


def test_what_the_gate_finds_is_told_and_not_published(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Issue("ghost-column", f"data/{number}.parquet", 0, "no column x", "it") for number in range(7)]
    monkeypatch.setattr(publishing, "CHECKS", (lambda folder: found if folder == dataset else [],))
    with pytest.raises(
        SinorusError, match=r"7 findings\)\n  data/0.parquet: ghost-column: found no column x.*\n(.*\n){4}.*2 more"
    ):
        publishing.plan_publication(dataset, RealHub(REPO))


def test_a_repository_name_that_cannot_be_one_is_refused(client: HubClient, dataset: Path) -> None:
    outcome = client.sinorus("--corpus", dataset.parent, "publish", "no name", "--folder", dataset)
    assert "expected a repository such as org/name" in told(outcome)


READ_BACK = """
import json, sys
import datasets, duckdb, polars
from huggingface_hub import HfFileSystem
repo, commit = sys.argv[1:]
found = {}
for name, options in {"tag": {"revision": "v0.1.0"}, "sha": {"revision": commit}, "main": {}}.items():
    found[name] = datasets.load_dataset(repo, "claims", split="train", **options).to_list()
streamed = datasets.load_dataset(repo, "claims", split="train", revision="v0.1.0", streaming=True)
found["streamed"] = list(streamed)
labels = streamed.features["ctype"].names
default = {split: len(rows) for split, rows in datasets.load_dataset(repo, revision="v0.1.0").items()}
path = f"hf://datasets/{repo}@v0.1.0/data/claims/train-00000-of-00001.parquet"
found["polars"] = polars.read_parquet(path, use_pyarrow=True).to_dicts()
duckdb.register_filesystem(HfFileSystem())
count = duckdb.execute(f"select count(*) from '{path}'").fetchall()[0][0]
same = all(rows == found["tag"] for rows in found.values())
print(json.dumps({"rows": len(found["tag"]), "same": same, "labels": labels, "default": default, "duckdb": count}))
"""


def test_real_clients_read_back_what_was_published(client: HubClient, hub: Hub, dataset: Path, tmp_path: Path) -> None:
    publish(client, dataset)
    done = client.python(READ_BACK, REPO, hub.repos[REPO].tags["v0.1.0"])
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["rows"], found["same"], found["duckdb"]) == (5, True, 5)
    assert found["default"] == {"train": 1, "test": 1}
    assert "quant" in found["labels"]


def test_the_hf_command_downloads_what_was_published(
    client: HubClient, hub: Hub, dataset: Path, tmp_path: Path
) -> None:
    publish(client, dataset)
    copy = tmp_path / "copy"
    code = "from huggingface_hub.cli.hf import main; main()"
    options: list[str | Path] = ["--repo-type", "dataset", "--revision", "v0.1.0", "--local-dir", copy]
    done = client.python(code, "download", REPO, *options)
    assert done.returncode == 0, done.stderr
    assert client.sinorus("verify", copy).code == 0
    assert {name: data for name, data in files(copy).items() if not name.startswith(".")} == files(dataset)


def test_the_hub_of_the_tests_has_the_hashes_of_git() -> None:
    assert git_sha1(b"hello world\n") == "3b18e512dba79e4c8300dd08aeb37f8e728b8dad"  # git hash-object says so
