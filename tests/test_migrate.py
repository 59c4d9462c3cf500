"""Retired labels are renamed everywhere, once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sinorus_corpus.cli import main
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.schema import schema_folder
from sinorus_corpus.validate import validate
from tests.test_workflow import commit, git


def migrate(corpus: Corpus, *args: str) -> Result:
    result = CliRunner().invoke(main, ["--corpus", str(corpus.root), "migrate", *args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def retire(corpus: Corpus, label_set: str, old: str, new: str) -> None:
    """Gives the corpus its own schemas, where `new` stands at the end of a set and replaces `old`."""
    if not corpus.schemas.is_dir():
        shutil.copytree(schema_folder(), corpus.schemas)
    file = corpus.schemas / "labels" / f"{label_set}.toml"
    text = re.sub(rf'(name = "{old}"\n)', rf'\1replaced_by = "{new}"\n', file.read_text(), count=1)
    assert "replaced_by" in text
    if f'name = "{new}"' not in text:
        kind = "text = true\n" if label_set == "region" else ""
        text += f'\n[[label]]\nname = "{new}"\ndefinition = "d"\nexample = "e"\ncounter_example = "c"\nsince = "1.0"\n{kind}'
    file.write_text(text)


def tree(corpus: Corpus) -> dict[str, bytes]:
    folders = (corpus.raw, corpus.annotations)
    return {p.relative_to(corpus.root).as_posix(): p.read_bytes() for f in folders for p in f.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    ("label_set", "old", "new", "where"),
    [
        ("entity", "GPE", "POLITY", {"gold/border-bridge", "passes/lm-toy/border-bridge", "entities.tsv"}),
        ("region", "body", "prose", {"regions/border-bridge", "regions/timetable"}),
        ("topic", "other", "misc", {"gold/border-bridge"}),
        ("cluster_relation", "same", "equal", {"clusters.jsonl"}),
        ("status", "pass", "reading", {"passes/lm-toy/border-bridge"}),
        ("genre", "news", "report", {"raw/border-bridge.toml"}),
    ],
)
def test_a_retired_label_is_renamed_everywhere_once(
    toy: Corpus, label_set: str, old: str, new: str, where: set[str]
) -> None:
    retire(toy, label_set, old, new)
    assert {i.code for i in validate(toy).issues} == {"retired-label"}
    before = tree(toy)
    told = migrate(toy, "--dry-run").output
    assert "nothing was written" in told
    assert tree(toy) == before
    done = migrate(toy)
    for part in where:
        assert part in told
        assert part in done.output
    assert validate(toy).issues == []
    assert {name for name, data in tree(toy).items() if data != before[name]} == {
        line.partition(" in ")[2].partition(":")[0] for line in done.output.splitlines() if " in " in line
    }
    after = tree(toy)
    assert migrate(toy).output == "0 files\n"
    assert tree(toy) == after


def test_renames_follow_one_another_to_the_end(toy: Corpus) -> None:
    retire(toy, "entity", "GPE", "POLITY")
    retire(toy, "entity", "POLITY", "STATE")
    assert "GPE -> STATE" in migrate(toy).output
    assert validate(toy).issues == []


def test_nothing_is_retired_nothing_changes(toy: Corpus) -> None:
    before = tree(toy)
    assert migrate(toy).output == "0 files\n"
    assert tree(toy) == before


def break_json(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"{\n")


def spread(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"layer":"entity",', b'"layer": "entity",'))


@pytest.mark.parametrize(("change", "code"), [(break_json, "bad-json"), (spread, "not-canonical")])
def test_a_file_that_cannot_be_read_stops_it_before_anything_is_written(
    toy: Corpus, change: Callable[[Path], None], code: str
) -> None:
    retire(toy, "entity", "GPE", "POLITY")
    change(toy.gold("border-bridge"))
    before = tree(toy)
    result = migrate(toy)
    assert result.exit_code == 1
    assert f"annotations/gold/border-bridge.jsonl: {code}" in result.output
    assert tree(toy) == before


def test_a_migrated_pass_counts_as_kept_and_an_edit_beside_it_does_not(toy: Corpus) -> None:
    git(toy.root, "init", "--quiet", "--initial-branch", "main")
    commit(toy.root)
    retire(toy, "entity", "GPE", "POLITY")
    migrate(toy)
    assert validate(toy, changed_from="HEAD").issues == []
    path = toy.annotator_pass("lm-toy", "border-bridge")
    path.write_text(path.read_text().replace('"label":"POLITY"', '"label":"LOC"', 1))
    assert {i.code for i in validate(toy, changed_from="HEAD").issues} == {"pass-changed"}
