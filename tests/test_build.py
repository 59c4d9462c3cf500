"""The build: same input, same bytes; nothing publishable while an error stands; committed files alone."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import Features

from sinorus_corpus import __version__
from sinorus_corpus import build as build_room
from sinorus_corpus.build import Built, InvalidCorpusError, build
from sinorus_corpus.content import read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.hydrate import hydrate
from sinorus_corpus.provenance import table_digest
from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import read_schema
from sinorus_corpus.schema.features import features, parquet_schema
from sinorus_corpus.tables.documents import document_row
from tests.conftest import TOY_COPIES
from tests.test_workflow import commit, git


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_two_builds_are_identical_to_the_byte(toy: Corpus, toy_built: Built) -> None:
    assert tree(build(toy).path) == tree(toy_built.path)


def test_hydrated_text_changes_no_byte_of_the_public_build(toy: Corpus, toy_built: Built) -> None:
    hydrate(toy, TOY_COPIES, read_content(toy, read_schema()), read_schema())
    assert toy.hydrated_text("reader-copy").is_file()
    assert tree(build(toy).path) == tree(toy_built.path)


def test_a_private_build_holds_the_hydrated_text_and_says_so(toy: Corpus, tmp_path: Path) -> None:
    hydrate(toy, TOY_COPIES, read_content(toy, read_schema()), read_schema())
    built = build(toy, tmp_path / "mine", private=True)
    table = pq.read_table(built.path / "data/documents/transfer-00000-of-00001.parquet")
    assert table["text"].to_pylist() == [
        "Not ours to pass on\nRussia sells timber to China, and China sells machines to Russia."
    ]
    assert "must not be" in (built.path / "README.md").read_text()
    assert (built.path / ".gitignore").read_text() == "*\n"


def test_a_private_build_may_not_go_where_the_public_one_goes(toy: Corpus) -> None:
    for place in (None, toy.dist, toy.dist.parent / "x"):
        with pytest.raises(SinorusError, match="expected a folder outside"):
            build(toy, place, private=True)


def test_no_word_of_a_withheld_article_is_published(toy_built: Built) -> None:
    text = (TOY_COPIES / "some name.txt").read_bytes()
    for name, data in tree(toy_built.path).items():
        content = str(pq.read_table(toy_built.path / name).to_pylist()).encode() if name.endswith(".parquet") else data
        assert b"Russia sells timber" in text
        assert b"Russia sells timber" not in content


def test_nothing_is_written_while_an_error_stands(toy: Corpus) -> None:
    before = tree(build(toy).path)
    path = toy.gold("border-bridge")
    path.write_text(path.read_text().replace('"LOC"', '"LOK"'))
    with pytest.raises(InvalidCorpusError) as refused:
        build(toy)
    assert [issue.code for issue in refused.value.report.errors] == ["unknown-label"]
    assert tree(toy.dist) == before
    shutil.rmtree(toy.dist)
    with pytest.raises(InvalidCorpusError):
        build(toy)
    assert not toy.dist.exists()
    assert list(toy.root.joinpath("dist").iterdir()) == []


def test_a_folder_with_something_else_is_never_replaced(toy: Corpus, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    with pytest.raises(SinorusError, match="something other than a built dataset"):
        build(toy, tmp_path / "home")
    assert (tmp_path / "home" / "letter.txt").read_text() == "dear"


def test_a_broken_disk_leaves_the_last_build(toy: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tree(build(toy).path)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SinorusError, match="No space left"):
        build(toy)
    assert tree(toy.dist) == before
    assert [p.name for p in toy.dist.parent.iterdir()] == [toy.dist.name]


def test_a_table_that_breaks_its_schema_is_not_published(toy: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    makers: dict[str, Callable[[Any], list[dict[str, Any]]]] = {
        **build_room.ROW_MAKERS,
        "documents": lambda labelled: [document_row(labelled) | {"removed_characters": -1}],
    }
    monkeypatch.setattr(build_room, "ROW_MAKERS", makers)
    with pytest.raises(InvalidCorpusError) as refused:
        build(toy)
    assert {issue.code for issue in refused.value.report.errors} == {"table-check"}
    assert "removed_characters = -1" in refused.value.report.errors[0].found


def test_parquet_has_the_schema_of_its_table(toy_built: Built) -> None:
    schema = read_schema()
    for path in (toy_built.path / "data").rglob("*.parquet"):
        found, table = pq.read_schema(path), schema.tables[path.parent.name]
        assert found.metadata == parquet_schema(schema, table).metadata
        assert Features.from_arrow_schema(found) == features(schema, table)


def test_a_document_without_labels_has_regions_by_rule_and_no_ner_rows(toy: Corpus) -> None:
    for path in (
        toy.gold("timetable"),
        toy.annotator_pass("lm-toy", "timetable"),
        toy.regions("timetable"),
        toy.clusters,
    ):
        path.unlink()
    built = build(toy)
    row = pq.read_table(built.path / "data/documents/test-00000-of-00001.parquet").to_pylist()[0]
    assert (row["status"], row["reviewed"], row["entities"], row["claims"]) == ("", False, [], [])
    assert "test" not in built.rows["ner"]
    assert built.rows["regions"]["test"] > 0


def test_a_build_says_where_it_came_from(toy: Corpus, toy_built: Built) -> None:
    found = json.loads((toy_built.path / "provenance.json").read_bytes())
    assert (found["version"], found["commit"], found["guidelines"]) == (__version__, "", ["1.0"])
    files = tree(toy_built.path)
    del files["provenance.json"]
    assert found["files"] == {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    table = pq.read_table(toy_built.path / "data/documents/train-00000-of-00001.parquet")
    assert found["tables"]["documents"]["train"] == {"rows": table.num_rows, "digest": table_digest(table)}


def test_a_digest_of_a_table_knows_no_order_and_no_chunks(toy_built: Built) -> None:
    table = pq.read_table(toy_built.path / "data/claims/train-00000-of-00001.parquet")
    turned = pa.concat_tables([table.slice(1), table.slice(0, 1)])
    assert table.num_rows > 1
    assert table_digest(turned) == table_digest(table)
    assert table_digest(table.slice(1)) != table_digest(table)


def test_a_build_names_its_commit_unless_something_differs_from_it(toy: Corpus) -> None:
    def told() -> str:
        return str(json.loads((build(toy).path / "provenance.json").read_bytes())["commit"])

    git(toy.root, "init", "--quiet")
    (toy.root / ".gitignore").write_text("/dist/\n*.tmp\n")
    assert told() == "uncommitted"
    head = commit(toy.root)
    assert told() == head
    (toy.root / "notes.txt").write_text("a new file that no build reads")
    assert told() == head
    (toy.annotations / "README.md").write_text("new where a build reads")
    assert told() == "uncommitted"
    (toy.annotations / "README.md").unlink()
    text = toy.registry.read_text()
    toy.registry.write_text(text + "SR0300\tX\tLOC\t\t\n")
    assert told() == "uncommitted"
