"""Differences between two states, through the command: built folders, corpus folders, tags; every layer; hostile values."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sinorus_corpus.build import build
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.schema import _read, schema_folder
from tests.conftest import TOY
from tests.test_workflow import BRIDGE, commit, edit, git, repo, sinorus

__all__ = ["repo"]
Change = Callable[[Corpus], object]


@pytest.fixture(autouse=True)
def _schemas_are_read_anew() -> None:
    _read.cache_clear()


def told(corpus: Corpus, *sides: str) -> dict[str, Any]:
    _read.cache_clear()
    result = sinorus(corpus, "diff", *sides, "--format", "json")
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def counts(found: dict[str, Any]) -> dict[str, dict[str, int]]:
    """The layers in which anything differs."""
    return {
        layer: {c: n for c, n in kinds.items() if n} for layer, kinds in found["counts"].items() if any(kinds.values())
    }


def gold(old: str, new: str) -> Change:
    return lambda corpus: edit(corpus.gold(BRIDGE), old, new)


def timetable(old: str, new: str) -> Change:
    return lambda corpus: edit(corpus.gold("timetable"), old, new)


def without_timetable(corpus: Corpus) -> None:
    for path in (corpus.record, corpus.text, corpus.html, corpus.gold, corpus.regions):
        path("timetable").unlink()
    corpus.annotator_pass("lm-toy", "timetable").unlink()
    corpus.clusters.unlink()


E99 = '{"id":"e99","layer":"entity","start":28,"end":30,"quote":"A ","label":"TERM"}'
CASES: dict[str, tuple[Change, dict[str, dict[str, int]]]] = {
    "entity label": (gold('"label":"LOC"', '"label":"GPE"'), {"entities": {"changed": 1}}),
    "entity removed": (
        gold('{"id":"e1","layer":"entity","start":48,"end":53,"quote":"Heihe","label":"GPE","entity":"SR0201"}\n', ""),
        {"entities": {"removed": 1}},
    ),
    "claim": (gold('"check":1', '"check":2'), {"claims": {"changed": 1}}),
    "region": (lambda c: edit(c.regions(BRIDGE), '"label":"nav"', '"label":"ad"'), {"regions": {"changed": 1}}),
    "quantity": (timetable('"value":3', '"value":4'), {"quantities": {"changed": 1}}),
    "quantity removed": (
        timetable(',"quantities":[{"variable":"trains","value":3,"unit":"item/day"}]', ""),
        {"quantities": {"removed": 1}},
    ),
    "attribution": (
        timetable('{"source":[41,50],"cue":[51,55],"quotes":["The board","says"]},', ""),
        {"attribution": {"removed": 1, "changed": 1}},
    ),
    "cluster": (lambda c: edit(c.clusters, '"broader"', '"restates"'), {"clusters": {"changed": 1}}),
    "clusters gone": (lambda c: c.clusters.unlink(), {"clusters": {"removed": 1}}),
    "registry": (
        lambda c: c.registry.write_text(c.registry.read_text() + "SR0300\tX\tLOC\t\t\n"),
        {"registry": {"added": 1}},
    ),
    "withheld": (
        lambda c: edit(c.gold("reader-copy"), "Timber goes", "Wood goes"),
        {"claims": {"changed": 1}},
    ),
    "title": (lambda c: edit(c.record(BRIDGE), 'genre = "news"', 'genre = "analysis"'), {"documents": {"changed": 1}}),
    "passes": (lambda c: shutil.rmtree(c.annotations / "passes"), {}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_told_in_its_layer(repo: Corpus, name: str) -> None:
    change, expected = CASES[name]
    change(repo)
    found = told(repo, "HEAD")
    assert counts(found) == expected
    assert [term["name"] for term in found["contract"]] == (["clusters"] if name == "clusters gone" else [])
    assert found["texts"] == {}


def test_nothing_differs_from_itself(repo: Corpus) -> None:
    result = sinorus(repo, "diff", "HEAD", "HEAD")
    assert "nothing differs between HEAD and HEAD" in result.output


def test_a_changed_field_is_told_with_both_values(repo: Corpus) -> None:
    gold('"label":"LOC"', '"label":"GPE"')(repo)
    (record,) = told(repo, "HEAD")["records"]
    assert record == {
        "layer": "entities", "doc_id": BRIDGE, "id": "e9", "change": "changed",
        "field": "label", "old": '"LOC"', "new": '"GPE"',
    }  # fmt: skip


def test_a_document_that_goes_takes_its_labels_along(repo: Corpus) -> None:
    without_timetable(repo)
    found = counts(told(repo, "HEAD"))
    assert found["documents"] == {"removed": 1}
    assert found.keys() == {"documents", "regions", "entities", "claims", "attribution", "quantities", "clusters"}
    assert all(kinds.keys() == {"removed"} for kinds in found.values())


def test_two_built_folders_are_compared_and_what_they_do_not_tell_is_said(repo: Corpus, tmp_path: Path) -> None:
    build(repo, tmp_path / "old")
    gold('"label":"LOC"', '"label":"GPE"')(repo)
    build(repo, tmp_path / "new")
    found = told(repo, str(tmp_path / "old"), str(tmp_path / "new"))
    assert counts(found) == {"entities": {"changed": 1}}
    assert set(found["unknown"]) == {"clusters", "registry"}
    assert counts(told(repo, str(tmp_path / "old"), "HEAD")) == {}


def test_a_tag_a_folder_and_the_corpus_are_sides(repo: Corpus, tmp_path: Path) -> None:
    git(repo.root, "tag", "v0.1.0")
    gold('"label":"LOC"', '"label":"GPE"')(repo)
    commit(repo.root)
    expected = {"entities": {"changed": 1}}
    assert (
        counts(told(repo, "v0.1.0")) == counts(told(repo, "v0.1.0", "HEAD")) == counts(told(repo, str(TOY))) == expected
    )


def change_text(corpus: Corpus) -> None:
    """A typo in a line that carries no label, and the digests that follow."""
    import hashlib

    text = corpus.text(BRIDGE).read_text()
    new = text.replace("two lanes", "ten lanes")
    corpus.text(BRIDGE).write_text(new)
    old_sha, sha = (hashlib.sha256(t.encode()).hexdigest() for t in (text, new))
    paths = [
        corpus.record(BRIDGE),
        corpus.gold(BRIDGE),
        corpus.regions(BRIDGE),
        corpus.annotator_pass("lm-toy", BRIDGE),
    ]
    for path in paths:
        path.write_text(path.read_text().replace(old_sha, sha).replace("two lanes", "ten lanes"))


def test_a_changed_text_is_shown(repo: Corpus) -> None:
    change_text(repo)
    found = told(repo, "HEAD")
    lines = found["texts"][BRIDGE].splitlines()
    assert lines[:2] == [f"--- a/{BRIDGE}", f"+++ b/{BRIDGE}"]
    assert [line for line in lines if line.startswith("-The bridge has two lanes")]
    assert [line for line in lines if line.startswith("+The bridge has ten lanes")]
    assert "+The bridge has ten lanes" in sinorus(repo, "diff", "HEAD").output
    assert "```diff" in sinorus(repo, "diff", "HEAD", "--format", "markdown").output


def contract(repo: Corpus, path: str, old: str, new: str) -> list[tuple[str, str, str]]:
    shutil.copytree(schema_folder(), repo.schemas)
    commit(repo.root, "schemas")
    edit(repo.schemas / path, old, new)
    return [(term["kind"], term["name"], term["change"]) for term in told(repo, "HEAD")["contract"]]


NEW_LABEL = '\n[[label]]\nname = "RIVER"\ndefinition = "x"\nexample = "x"\ncounter_example = "x"\nsince = "1.0"\n'


def test_labels_are_compared_by_name_place_and_meaning(repo: Corpus) -> None:
    topics = (schema_folder() / "labels/topic.toml").read_text()
    assert contract(repo, "labels/topic.toml", topics[-20:], topics[-20:] + NEW_LABEL) == [
        ("label", "topic.RIVER", "added")
    ]
    path = repo.schemas / "labels/topic.toml"
    changes: dict[Callable[[], None], tuple[str, str]] = {
        lambda: edit(path, 'name = "military"\n', 'name = "military"\nreplaced_by = "other"\n'): (
            "military",
            "retired",
        ),
        lambda: edit(path, 'definition = "', 'definition = "Not '): ("trade", "changed"),
        lambda: edit(path, 'name = "technology"', 'name = "technics"'): ("technology", "removed"),
    }
    for change, expected in changes.items():
        path.write_text(topics)
        commit(repo.root)
        change()
        terms = {(term["name"], term["change"]) for term in told(repo, "HEAD")["contract"]}
        assert (f"topic.{expected[0]}", expected[1]) in terms


def test_a_label_that_moves_is_told(repo: Corpus) -> None:
    labels = (schema_folder() / "labels/topic.toml").read_text().split("[[label]]")
    shutil.copytree(schema_folder(), repo.schemas)
    commit(repo.root, "schemas")
    labels[1], labels[2] = labels[2], labels[1]
    (repo.schemas / "labels/topic.toml").write_text("[[label]]".join(labels))
    found = [(t["name"], t["change"], t["old"], t["new"]) for t in told(repo, "HEAD")["contract"]]
    assert found == [("topic.trade", "moved", "0", "1"), ("topic.energy", "moved", "1", "0")]


def test_built_folders_tell_the_labels_of_columns(repo: Corpus, tmp_path: Path) -> None:
    shutil.copytree(schema_folder(), repo.schemas)
    build(repo, tmp_path / "old")
    path = repo.schemas / "labels/topic.toml"
    path.write_text(path.read_text() + NEW_LABEL)
    _read.cache_clear()
    build(repo, tmp_path / "new")
    found = told(repo, str(tmp_path / "old"), str(tmp_path / "new"))["contract"]
    told_names = [(term["name"], term["change"]) for term in found]
    assert told_names == [("claims.topic.RIVER", "added"), ("clusters.topic.RIVER", "added")]


def test_a_column_that_goes_or_comes_is_told(repo: Corpus) -> None:
    note = '\n[[column]]\nname = "note"\ntype = "string"\ndescription = "Remark of the annotator."\n'
    assert contract(repo, "tables/claims.toml", note, "") == [("column", "claims.note", "removed")]
    git(repo.root, "stash", "--quiet")
    edit(repo.schemas / "tables/claims.toml", 'name = "check"\ntype = "int32"', 'name = "check"\ntype = "int64"')
    found = told(repo, "HEAD")["contract"]
    assert [(t["name"], t["change"], t["old"], t["new"]) for t in found] == [
        ("claims.check", "changed", "int32", "int64")
    ]


def test_an_older_tree_that_has_another_column_is_refused_kindly(repo: Corpus) -> None:
    shutil.copytree(schema_folder(), repo.schemas)
    column = '\n[[column]]\nname = "mood"\ntype = "string"\ndescription = "x"\n'
    table = repo.schemas / "tables/claims.toml"
    table.write_text(table.read_text() + column)
    result = sinorus(repo, "diff", str(repo.root), str(TOY))
    assert result.exit_code == 1
    assert "makes no column 'mood'" in result.output


@pytest.mark.parametrize(
    ("side", "words"),
    [
        ("v9.9.9", "expected a built folder, a corpus folder, or a tag"),
        ("--upload-pack=x", "No such option"),
        ("org/name@v0.1.0", "hf download org/name --repo-type dataset --revision v0.1.0"),
        ("annotations", "sinorus check-dist"),
    ],
)
def test_a_side_that_is_none_is_refused(repo: Corpus, monkeypatch: pytest.MonkeyPatch, side: str, words: str) -> None:
    monkeypatch.chdir(repo.root)
    result = sinorus(repo, "diff", side)
    assert result.exit_code != 0
    assert words in " ".join(result.output.split())


def test_a_revision_with_errors_is_refused(repo: Corpus) -> None:
    edit(repo.gold(BRIDGE), '"label":"LOC"', '"label":"LOK"')
    commit(repo.root)
    result = sinorus(repo, "diff", "HEAD~1", "HEAD")
    assert result.exit_code == 1
    assert (
        "HEAD cannot be built: 1 errors stand, the first at annotations/gold/border-bridge.jsonl:12: unknown-label"
        in (result.output)
    )


def test_a_revision_that_holds_a_link_is_refused(repo: Corpus, tmp_path: Path) -> None:
    (repo.raw / "more.txt").symlink_to(tmp_path / "elsewhere")
    commit(repo.root)
    result = sinorus(repo, "diff", "HEAD~1", "HEAD")
    assert result.exit_code == 1
    assert "cannot be taken out of git: it holds something other than files and folders" in result.output


def test_hostile_values_stay_inert(repo: Corpus) -> None:
    evil = "[bold]x[/] <img src=x> | `a` ::error::"
    edit(repo.gold("reader-copy"), "Timber goes from one country to the other.", evil)
    text, markdown = (sinorus(repo, "diff", "HEAD", "--format", form).output for form in ("text", "markdown"))
    assert "[bold]x[/]" in text.replace("\n", "")
    assert "<img" not in markdown
    rows = [line for line in markdown.splitlines() if line.startswith("| claims | reader")]
    assert [row.count("|") for row in rows] == [7]
