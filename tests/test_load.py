"""What users do with the dataset, with the clients that they use: datasets, streaming, polars, duckdb."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import datasets
import duckdb
import polars as pl
import pytest

import sinorus_corpus
from sinorus_corpus.build import Built, build
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import read_schema
from tests.conftest import TOY_COPIES

WITH_TEXT = ["documents", "ner", "claims", "regions", "sentences", "attribution", "linking"]
CONFIGS = [*WITH_TEXT, "clusters", "registry", "withheld"]  # pairs need two documents of one split: test_task_tables


def opened(built: Built, cache: Path, config: str, **options: Any) -> Any:
    return datasets.load_dataset(str(built.path), config, cache_dir=str(cache), **options)


def check_spans(row: dict[str, Any]) -> int:
    """Every span of a `documents` row gives its own words; returns how many there were."""
    text, count = row["text"], 0
    for entity in row["entities"]:
        assert text[entity["start"] : entity["end"]] == entity["text"]
        count += 1
    for claim in row["claims"]:
        assert " ".join(text[s["start"] : s["end"]] for s in claim["segments"]) == claim["text"]
        for link in claim["attribution"]:
            for end in ("source", "cue"):
                found = text[link[f"{end}_start"] : link[f"{end}_end"]] if link[f"{end}_start"] >= 0 else ""
                assert found == link[end]
        count += 1
    lines = [text[r["start"] : r["end"]] for r in row["regions"] if r["keep"]]
    assert "\n".join(lines) == text
    return count


@pytest.mark.parametrize("config", CONFIGS)
def test_every_config_opens_and_streams_alike(toy_built: Built, tmp_path: Path, config: str) -> None:
    whole = opened(toy_built, tmp_path, config)
    assert {split: len(rows) for split, rows in whole.items()} == toy_built.rows[config]
    for split, rows in whole.items():
        streamed = list(opened(toy_built, tmp_path, config, split=split, streaming=True))
        assert streamed == rows.to_list()
        assert "origin" in rows.features or config == "registry"


def test_documents_is_the_default_and_its_spans_fit(toy_built: Built, tmp_path: Path) -> None:
    found = datasets.load_dataset(str(toy_built.path), cache_dir=str(tmp_path))
    assert "text" in found["train"].features
    assert (
        sum(check_spans(row) for split in found.values() for row in split) == toy_built.entities + toy_built.claims - 8
    )


def test_label_names_come_with_the_data(toy_built: Built, tmp_path: Path) -> None:
    schema = read_schema()
    claims = opened(toy_built, tmp_path, "claims", split="train")
    assert claims.features["ctype"].names == schema.labels["claim_type"].names
    tags = opened(toy_built, tmp_path, "ner", split="train").features["ner_tags"].feature.names
    assert tags[:3] == ["O", "B-PERSON", "I-PERSON"]
    assert len(tags) == 1 + 2 * 18


def test_bio_tags_spell_the_entities(toy_built: Built, tmp_path: Path) -> None:
    rows = opened(toy_built, tmp_path, "ner", split="train")
    names = rows.features["ner_tags"].feature.names
    found = []
    for row in rows:
        for token, tag in zip(row["tokens"], row["ner_tags"], strict=True):
            if names[tag].startswith("B-"):
                found.append([names[tag][2:], token])
            elif names[tag] != "O":
                found[-1][1] += " " + token
    assert [tuple(pair) for pair in found[2:]] == [
        ("GPE", "Heihe"),
        ("GPE", "黑 河"),
        ("GPE", "China"),
        ("GPE", "Blagoveshchensk"),
        ("GPE", "Благовещенск"),
        ("GPE", "Russia"),
        ("LOC", "Amur"),
        ("DATE", "10 June 2022"),
    ]


def test_a_claim_names_its_chain_its_innermost_source_and_its_context(toy_built: Built, tmp_path: Path) -> None:
    rows = opened(toy_built, tmp_path, "claims", split="test")
    row = next(r for r in rows if r["depth"] == 2)
    assert (row["source"], row["cue"]) == ("the timetable", "counts")
    assert [link["source"] for link in row["attribution"]] == ["The board", "the timetable"]
    assert row["text"] in row["context"]
    assert row["quantities"][0]["value"] == 3.0
    two = next(r for r in opened(toy_built, tmp_path, "claims", split="train") if len(r["segments"]) == 2)
    assert two["text"] == "The bridge has two lanes and a toll"


def test_polars_and_duckdb_read_the_files(toy_built: Built) -> None:
    path = str(toy_built.path / "data/claims/train-00000-of-00001.parquet")
    assert pl.read_parquet(path).height == toy_built.rows["claims"]["train"]
    count = duckdb.execute(f"select count(*) from '{path}' where origin = 'written'").fetchall()
    assert count == [(toy_built.rows["claims"]["train"],)]


def test_a_rebuild_under_one_path_is_not_read_from_the_cache(toy: Corpus, tmp_path: Path) -> None:
    first = build(toy)
    assert opened(first, tmp_path, "documents", split="train")[0]["claims"][3]["check"] == 1
    path = toy.gold("border-bridge")
    path.write_text(
        path.read_text().replace(
            '"quotes":["a ferry\u00a0still runs"],"ctype":"state","cert":"certain","pol":"pos","check":1',
            '"quotes":["a ferry\u00a0still runs"],"ctype":"state","cert":"certain","pol":"pos","check":0',
        )
    )
    second = build(toy)
    assert opened(second, tmp_path, "documents", split="train")[0]["claims"][3]["check"] == 0


def test_load_adds_a_readers_copies_as_transfer(toy_built: Built, tmp_path: Path) -> None:
    for config in WITH_TEXT:
        found = sinorus_corpus.load(toy_built.path, config, articles=TOY_COPIES, cache_dir=str(tmp_path))
        assert list(found) == ["train", "test", "transfer"]
        assert found["transfer"].features == found["train"].features
    row = sinorus_corpus.load(toy_built.path, articles=TOY_COPIES, split="transfer", cache_dir=str(tmp_path))[0]
    assert check_spans(row) == 8
    assert [e["name"] for e in row["entities"]] == ["Russia", "", "China", "China", "", "Russia"]
    assert row["license"] == "unknown"


def test_load_gives_what_a_private_build_gives(toy: Corpus, toy_built: Built, tmp_path: Path) -> None:
    toy.hydrated.mkdir(parents=True)
    toy.hydrated_text("reader-copy").write_bytes((TOY_COPIES / "some name.txt").read_bytes())
    private = build(toy, tmp_path / "private", private=True)
    for config in WITH_TEXT:
        own = sinorus_corpus.load(toy_built.path, config, "transfer", TOY_COPIES, cache_dir=str(tmp_path))
        assert own.to_list() == opened(private, tmp_path, config, split="transfer").to_list()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"config": "claim"}, "Did you mean claims"),
        ({"split": "tran"}, "Did you mean train"),
        ({"articles": "/nowhere/at/all"}, "is no folder"),
    ],
)
def test_what_is_not_there_is_refused_with_the_nearest(
    toy_built: Built, tmp_path: Path, options: dict[str, str], message: str
) -> None:
    with pytest.raises(SinorusError, match=message):
        sinorus_corpus.load(toy_built.path, cache_dir=str(tmp_path), **options)


def test_a_folder_without_copies_is_refused(toy_built: Built, tmp_path: Path) -> None:
    with pytest.raises(SinorusError, match="holds no copy"):
        sinorus_corpus.load(toy_built.path, articles=tmp_path, cache_dir=str(tmp_path / "cache"))
