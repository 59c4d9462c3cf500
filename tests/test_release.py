"""Releases of the toy corpus in real repositories: versions demanded, refusals, broken-off runs, reproducible datasets."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result

from sinorus_corpus import __version__
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import Issue, SinorusError
from sinorus_corpus.release import releasing
from sinorus_corpus.schema import _read, schema_folder
from tests.conftest import ROOT, TOY
from tests.test_build import tree
from tests.test_diff import change_text, without_timetable
from tests.test_workflow import BRIDGE, commit, edit, git, sinorus

Change = Callable[[Corpus], object]
FLOORS = "documents = 2\nentities = 3\n"


@pytest.fixture(autouse=True)
def _tester(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who commits and tags, by git's own settings."""
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "tester")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "tester@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture
def repo(tmp_path: Path) -> Corpus:
    """The toy corpus with everything that a release touches, in a repository with one commit."""
    return begin(tmp_path / "toy")


def begin(root: Path) -> Corpus:
    toy = Corpus(root)
    shutil.copytree(TOY, toy.root)
    shutil.copytree(schema_folder(), toy.schemas)
    toy.floors.write_text(FLOORS)
    toy.version_file.parent.mkdir()
    toy.version_file.write_text('"""A stand-in."""\n\n__version__ = "0.1.0"\n')
    toy.citation.write_text("title: toy\nversion: 0.1.0\nabstract: toy\nauthors: [{name: the makers}]\n")
    (toy.root / ".gitignore").write_text("/dist/\n/build/\n")
    git(toy.root, "init", "--quiet", "--initial-branch", "main")
    commit(toy.root, "begin")
    return toy


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with v0.1.0 released, made once."""
    corpus = begin(tmp_path_factory.mktemp("released") / "toy")
    git(corpus.root, "config", "user.name", "tester")
    git(corpus.root, "config", "user.email", "tester@example.org")
    assert run(corpus).exit_code == 0
    return corpus.root


@pytest.fixture
def released(template: Path, tmp_path: Path) -> Corpus:
    """A copy of a repository with v0.1.0 released."""
    shutil.copytree(template, tmp_path / "toy")
    return Corpus(tmp_path / "toy")


def run(corpus: Corpus, *options: str) -> Result:
    _read.cache_clear()
    return sinorus(corpus, "release", *options)


def dry(corpus: Corpus) -> tuple[int, str]:
    result = run(corpus, "--dry-run")
    return result.exit_code, result.output


def head(corpus: Corpus, name: str = "HEAD") -> str:
    return git(corpus.root, "rev-parse", f"{name}^{{commit}}").stdout.strip()


def everything(corpus: Corpus) -> tuple[dict[str, bytes], str]:
    """The files of a corpus and the references of its repository."""
    files = {path: data for path, data in tree(corpus.root).items() if not path.startswith(".git/")}
    return files, git(corpus.root, "for-each-ref").stdout


def relabel(corpus: Corpus) -> None:
    edit(corpus.gold(BRIDGE), '"label":"LOC"', '"label":"GPE"')


def assert_released(corpus: Corpus, version: str) -> None:
    """The right state: one clean commit, an annotated tag on it that records it, one entry, the dataset of that commit."""
    assert git(corpus.root, "status", "--porcelain").stdout == ""
    assert head(corpus) == head(corpus, f"v{version}")
    assert f"commit {head(corpus)}" in git(corpus.root, "tag", "--list", "--format=%(contents)", f"v{version}").stdout
    assert corpus.changelog.read_text().count(f"## {version} ") == 1
    assert f'__version__ = "{version}"' in corpus.version_file.read_text()
    assert f"version: {version}\n" in corpus.citation.read_text()
    provenance = json.loads((corpus.dist / "provenance.json").read_bytes())
    assert (provenance["version"], provenance["commit"]) == (version, head(corpus))
    assert sinorus(corpus, "check-dist").exit_code == 0


def test_a_dry_run_says_everything_and_writes_nothing(repo: Corpus) -> None:
    before = everything(repo)
    code, out = dry(repo)
    assert (code, "version 0.1.0: the first release" in out, "The first release." in out) == (0, True, True)
    assert everything(repo) == before


def test_one_command_makes_a_release(repo: Corpus) -> None:
    assert run(repo).exit_code == 0
    assert_released(repo, "0.1.0")
    assert git(repo.root, "log", "-1", "--format=%s").stdout == "Release 0.1.0\n"


def test_the_next_release_says_what_changed(released: Corpus) -> None:
    first = head(released)
    relabel(released)
    commit(released.root, "A river is no settlement")
    (released.root / "README.md").write_text("read me")
    commit(released.root, "Say what this is")
    result = run(released)
    assert result.exit_code == 0
    assert_released(released, "0.1.1")
    entry = released.changelog.read_text().split("## 0.1.1 ")[1].split("## 0.1.0 ")[0]
    assert f"Since v0.1.0, commit {first}." in entry
    data, code = entry.split("### Code")
    assert "- entities: 1 changed" in data
    assert ("- Say what this is" in code, "river" in entry, "Release" in entry) == (True, False, False)
    assert released.changelog.read_text().index("## 0.1.1") < released.changelog.read_text().index("## 0.1.0")


def in_schemas(path: str, old: str, new: str) -> Change:
    return lambda corpus: edit(corpus.schemas / path, old, new)


def new_document(corpus: Corpus) -> None:
    text = "Ferries of the toy river\nThe ferry at the toy village makes two crossings a day in summer, and none in winter.\n"
    (corpus.root.parent / "new.txt").write_text(text)
    told = ["--title", "Ferries", "--publisher", "Toy section", "--date", "2024-05-01", "--license", "CC-BY-4.0"]
    result = sinorus(corpus, "add", str(corpus.root.parent / "new.txt"), *told, "--origin", "written")
    assert result.exit_code == 0, result.output


NEW_LABEL = '\n[[label]]\nname = "RIVER"\ndefinition = "x"\nexample = "x"\ncounter_example = "x"\nsince = "1.0"\n'
NOTE = '\n[[column]]\nname = "note"\ntype = "string"\ndescription = "Remark of the annotator."\n'
SUIFENHE = '{"id":"e1","layer":"entity","start":31,"end":39,"quote":"Suifenhe","label":"GPE"}'
DEMANDS: dict[str, tuple[Change, str, str]] = {
    "label corrected": (relabel, "0.1.1", "entities: 1 changed"),
    "label removed": (
        lambda c: edit(c.gold("timetable"), f"{SUIFENHE}\n", ""),
        "0.1.1",
        "entities: 1 removed",
    ),
    "document added": (new_document, "0.2.0", "document `ferries` added"),
    "label type added": (
        lambda c: (c.schemas / "labels/topic.toml").write_text((c.schemas / "labels/topic.toml").read_text() + NEW_LABEL),
        "0.2.0",
        "label `topic.RIVER` added",
    ),
    "document removed": (without_timetable, "1.0.0", "document `timetable` removed"),
    "text changed": (change_text, "1.0.0", "text of `border-bridge` changed"),
    "split changed": (
        lambda c: edit(c.record("timetable"), 'split = "test"', 'split = "validation"'),
        "1.0.0",
        "document `timetable` moved from test to validation",
    ),
    "column gone": (
        in_schemas("tables/claims.toml", NOTE, ""),
        "1.0.0",
        "column `claims.note` removed",
    ),
    "column type": (
        in_schemas("tables/claims.toml", 'name = "check"\ntype = "int32"', 'name = "check"\ntype = "int64"'),
        "1.0.0",
        "column `claims.check` changed from “int32” to “int64”",
    ),
    "label means something else": (
        in_schemas("labels/topic.toml", 'definition = "', 'definition = "Not '), "1.0.0", "label `topic.trade` changed from"
    ),
    "floor lowered": (
        lambda c: c.floors.write_text(FLOORS.replace("documents = 2", "documents = 1")),
        "1.0.0",
        "floor `documents` lowered from 2 to 1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DEMANDS)
def test_a_change_demands_its_version(released: Corpus, name: str) -> None:
    change, version, reason = DEMANDS[name]
    change(released)
    commit(released.root)
    before = everything(released)
    code, out = dry(released)
    assert code == 0, out
    assert f"version {version}: a " in out
    assert reason in " ".join(out.split())
    assert everything(released) == before


def test_where_nothing_changed_nothing_is_released(released: Corpus) -> None:
    (released.root / "README.md").write_text("read me")
    commit(released.root)
    before = everything(released)
    result = run(released)
    assert (result.exit_code, "nothing to release" in result.output) == (0, True)
    assert everything(released) == before
    edit(released.version_file, "0.1.0", "0.1.1")
    commit(released.root, "A release of the tool")
    assert run(released).exit_code == 0
    assert_released(released, "0.1.1")
    assert "Nothing changed." in released.changelog.read_text()


def forge(corpus: Corpus) -> None:
    """Moves v0.1.0 and gives it a message that records the new place."""
    git(corpus.root, "tag", "--force", "--annotate", "v0.1.0", "--message", f"x\n\ncommit {head(corpus)}")


def release_twice(corpus: Corpus) -> None:
    relabel(corpus)
    commit(corpus.root)
    assert run(corpus).exit_code == 0
    forge(corpus)


def published_elsewhere(corpus: Corpus) -> None:
    """An origin that has v0.1.0 on another commit."""
    git(corpus.root.parent, "clone", "--quiet", "--bare", str(corpus.root), "origin.git")
    origin = Corpus(corpus.root.parent / "origin.git")
    git(origin.root, "tag", "--force", "--annotate", "v0.1.0", "--message", "x", "HEAD~1")
    git(corpus.root, "remote", "add", "origin", str(origin.root))


def committed(*changes: Change) -> Change:
    """The changes, one after the other, and a commit of what they leave."""

    def change(corpus: Corpus) -> None:
        for one in changes:
            one(corpus)
        commit(corpus.root)

    return change


def tag(*args: str) -> Change:
    return lambda corpus: git(corpus.root, "tag", *args)


def tag_aside(corpus: Corpus) -> None:
    """Gives the next version's tag to a commit of another line of work."""
    aside = git(corpus.root, "commit-tree", "HEAD^{tree}", "-m", "aside").stdout.strip()
    git(corpus.root, "tag", "v0.1.1", aside)


def move_tag(corpus: Corpus) -> None:
    message = f"x\n\ncommit {head(corpus)}"
    git(corpus.root, "tag", "--force", "--annotate", "v0.1.0", "--message", message, "HEAD~1")


def lose_tag(corpus: Corpus) -> None:
    release_twice(corpus)
    git(corpus.root, "tag", "--delete", "v0.1.0")


REFUSALS: dict[str, tuple[Change, str]] = {
    "dirty": (
        lambda c: c.registry.write_text(c.registry.read_text() + "SR0300\tX\tLOC\t\t\n"),
        "expected a clean tree",
    ),
    "untracked data": (lambda c: (c.annotations / "README.md").write_text("new"), "expected a clean tree"),
    "dirty version": (lambda c: edit(c.version_file, "A stand-in", "A stand-out"), "expected a clean tree"),
    "invalid": (committed(lambda c: edit(c.gold(BRIDGE), '"label":"LOC"', '"label":"LOK"')), "unknown-label"),
    "floor": (
        committed(lambda c: c.floors.write_text("documents = 4\nclusters = 9\n")),
        "found 3 documents; expected at least 4",
    ),
    "version": (
        committed(relabel, lambda c: edit(c.version_file, "0.1.0", "0.7.0")),
        "found version 0.7.0 in sinorus_corpus/__init__.py; expected 0.1.0 or 0.1.1",
    ),
    "tag elsewhere": (committed(relabel, tag_aside), "tag v0.1.1 exists"),
    "tag by hand": (committed(tag("--force", "v0.1.0", "HEAD~1"), relabel), "tag v0.1.0 records no commit"),
    "tag moved": (committed(move_tag, relabel), "tag v0.1.0 was moved"),
    "tag forged": (release_twice, "and the changelog says"),
    "tag lost": (lose_tag, "tag v0.1.0, which the changelog names, is not here"),
    "tag elsewhere at origin": (published_elsewhere, "tag v0.1.0 stands on"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_release_is_refused(released: Corpus, name: str) -> None:
    change, words = REFUSALS[name]
    change(released)
    before = everything(released)
    result = run(released)
    assert (result.exit_code, words in " ".join(result.output.split())) == (1, True), result.output
    assert everything(released) == before


def test_a_floor_that_is_no_count_is_refused(released: Corpus) -> None:
    released.floors.write_text("document = 4\n")
    commit(released.root)
    code, out = dry(released)
    assert (code, "Did you mean documents?" in out) == (1, True)


def test_a_dataset_that_fails_the_gate_is_not_released(repo: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything(repo)
    monkeypatch.setattr(releasing, "check_dist", lambda folder: [Issue("ghost-column", "README.md", 1, "x", "y")])
    result = run(repo)
    assert (result.exit_code, "ghost-column" in result.output) == (1, True)
    assert everything(repo) == before


def test_without_a_repository_the_refusal_says_so(toy: Corpus) -> None:
    code, out = dry(toy)
    assert (code, "git rev-parse" in out) == (1, True)


def test_an_origin_out_of_reach_is_said(released: Corpus, tmp_path: Path) -> None:
    git(released.root, "remote", "add", "origin", str(tmp_path / "nowhere"))
    relabel(released)
    commit(released.root)
    code, out = dry(released)
    assert (code, "origin cannot be reached" in out) == (0, True)


@pytest.mark.parametrize("step", ["_write", "_commit", "make_tag", "write_dataset"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_release_that_broke_off_goes_on(
    released: Corpus, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    relabel(released)
    commit(released.root, "relabel")
    real = getattr(releasing, step)

    def broken(*args: object) -> object:
        if step == "write_dataset" and args[1] != released.dist:
            return real(*args)  # the build for the gate
        if when == "after":
            real(*args)
        raise SinorusError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(releasing, step, broken)
        assert "the power went" in run(released).output
    assert run(released).exit_code == 0
    assert_released(released, "0.1.1")
    assert git(released.root, "log", "--format=%s").stdout.split("\n")[:2] == ["Release 0.1.1", "relabel"]
    before = everything(released)
    assert run(released).exit_code == 0, "a release that is finished stays as it is"
    assert everything(released) == before


def test_an_entry_that_people_wrote_is_kept(released: Corpus) -> None:
    relabel(released)
    commit(released.root)
    text = released.changelog.read_text()
    released.changelog.write_text(text.replace("## 0.1.0", "## 0.1.1 (soon)\n\nThe Amur is a river.\n\n## 0.1.0"))
    assert run(released).exit_code == 0
    assert_released(released, "0.1.1")
    assert "The Amur is a river." in released.changelog.read_text()
    assert "entities: 1 changed" not in released.changelog.read_text()


def test_what_was_staged_beside_a_release_stays_out_of_it(released: Corpus) -> None:
    relabel(released)
    commit(released.root)
    (released.root / "notes.txt").write_text("mine")
    assert run(released).exit_code == 0
    assert "notes.txt" not in git(released.root, "show", "--name-only", "--format=", "v0.1.1").stdout


def test_a_released_dataset_is_what_its_tag_builds_anywhere(repo: Corpus, tmp_path: Path) -> None:
    """A repository that holds the tool too, released by its own tool, and built again from a clone of its tag."""
    shutil.rmtree(repo.version_file.parent)
    shutil.copytree(ROOT / "sinorus_corpus", repo.version_file.parent, ignore=shutil.ignore_patterns("__pycache__"))
    edit(repo.version_file, f'"{__version__}"', '"0.1.0"') if __version__ != "0.1.0" else None
    (repo.root / ".gitignore").write_text("/dist/\n__pycache__/\n")
    commit(repo.root, "the tool")

    def own(folder: Path, *args: str) -> None:
        command = [sys.executable, "-m", "sinorus_corpus", *args]
        subprocess.run(
            command, cwd=folder, check=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(folder)}
        )

    own(repo.root, "release")
    relabel(repo)
    commit(repo.root)
    own(repo.root, "release")
    assert_released(repo, "0.1.1")
    git(tmp_path, "clone", "--quiet", "--branch", "v0.1.1", str(repo.root), "clone")
    own(tmp_path / "clone", "build")
    assert tree(Corpus(tmp_path / "clone").dist) == tree(repo.dist)


def test_the_citation_names_this_version_and_nobody_who_does_not_exist() -> None:
    found = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert found["version"] == __version__
    assert found["authors"] == [{"name": "The contributors of sinorus_corpus"}]
    assert {"cff-version", "message", "title", "license", "type"} <= found.keys()


def test_the_changelog_of_this_repository_is_one() -> None:
    text = (ROOT / "CHANGELOG.md").read_text()
    assert text.startswith("# Changelog\n")
    assert all(re.match(r"## \d+\.\d+\.\d+ \(.+\)$", line) for line in text.splitlines() if line.startswith("## "))
