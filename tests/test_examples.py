"""The examples run, on a small dataset, and print or write what they say."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from examples import claim_rules, contradictory_figures, gold_spans, load_and_look, train_tagger
from sinorus_corpus.build import build
from sinorus_corpus.comparing.predictions import parse_predictions
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.schema import read_schema
from tests.conftest import TOY, TOY_COPIES

LENGTH = '"quantities":[{{"variable":"length of the bridge","value":{},"unit":"metre","period":"2022"}}]'


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The toy corpus with two certainties and polarities in train: a classifier needs two classes."""
    root = tmp_path_factory.mktemp("examples") / "toy"
    shutil.copytree(TOY, root)
    corpus = Corpus(root)
    edit(
        corpus.gold("border-bridge"),
        '"quotes":["a ferry\u00a0still runs"],"ctype":"state","cert":"certain","pol":"pos"',
        '"quotes":["a ferry\u00a0still runs"],"ctype":"state","cert":"possible","pol":"neg"',
    )
    return str(build(corpus).path)


@pytest.fixture(scope="module")
def rival(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The toy corpus with both articles in train and two lengths of one bridge."""
    root = tmp_path_factory.mktemp("rival") / "toy"
    shutil.copytree(TOY, root)
    edit(root / "raw/timetable.toml", 'split = "test"', 'split = "train"')
    corpus = Corpus(root)
    for doc_id, length in (("border-bridge", 1080), ("timetable", 1283)):
        path = corpus.gold(doc_id)
        claim = next(line for line in path.read_text().splitlines() if line.startswith('{"id":"c3"'))
        edit(path, claim, f"{claim[:-1]},{LENGTH.format(length)}}}")
    return str(build(corpus).path)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("datasets.config.HF_DATASETS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("SINORUS_ARTICLES", raising=False)


def read(path: Path) -> list[dict[str, Any]]:
    """The predictions, which `sinorus score` can read."""
    parse_predictions(path.read_text(), str(path), read_schema())
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_load_and_look(dataset: str, capsys: pytest.CaptureFixture[str]) -> None:
    load_and_look.main(dataset)
    printed = capsys.readouterr().out
    assert "Heihe" in printed
    assert "The board < the timetable : 3 trains a day" in printed


def test_train_tagger(dataset: str, tmp_path: Path) -> None:
    train_tagger.main(dataset, tmp_path / "out.jsonl", 1)
    assert [row["doc_id"] for row in read(tmp_path / "out.jsonl")] == ["timetable"]


def test_claim_rules(dataset: str, tmp_path: Path) -> None:
    claim_rules.main(dataset, tmp_path / "out.jsonl")
    (row,) = read(tmp_path / "out.jsonl")
    assert len(row["claims"]) > 1


def test_gold_spans(dataset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gold_spans.main(dataset, tmp_path / "out.jsonl")
    (row,) = read(tmp_path / "out.jsonl")
    assert [sorted(claim) for claim in row["claims"]] == [["attribution", "cert", "ctype", "pol", "segments"]] * 4
    monkeypatch.setenv("SINORUS_ARTICLES", str(TOY_COPIES))
    gold_spans.main(dataset, tmp_path / "own.jsonl")
    assert [one["doc_id"] for one in read(tmp_path / "own.jsonl")] == ["timetable", "reader-copy"]


def test_the_innermost_source_is_learnt_from_its_words() -> None:
    """Sources before and after a claim that the model has seen, in other sentences."""
    rows = [
        made(f"{who} said trade {verb}.", who, "said")
        for who in ("TASS", "Reuters", "Xinhua")
        for verb in ("grew", "fell", "rose")
    ]
    rows += [made(f"Trade {verb} in May.", "", "") for verb in ("grew", "fell", "rose")]
    found = gold_spans.Attribution(rows)
    assert found.chain(made("Interfax said trade slowed.", "", "", claim="trade slowed")) == [
        {"source": [0, 8], "cue": [9, 13]}
    ]


def made(context: str, source: str, cue: str, claim: str = "") -> dict[str, Any]:
    """A row of `claims` about words that end before the full stop."""
    claim = claim or context.rstrip(".").partition("said ")[2] or context.rstrip(".")
    at, of, by = context.index(claim), context.find(source), context.find(cue)
    link = {"source_start": of, "source_end": of + len(source), "cue_start": by, "cue_end": by + len(cue)}
    segments = [{"start": at, "end": at + len(claim)}]
    return {"context": context, "context_start": 0, "segments": segments, "attribution": [link] if source else []}


def test_contradictory_figures(rival: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    contradictory_figures.main(rival)
    printed = capsys.readouterr().out
    assert "The road bridge at Heihe opened on 10 June 2022." in printed
    assert "1,080 metre (2022)" in printed
    assert "1,283 metre (2022)" in printed
    contradictory_figures.main(rival, "no such words")
    assert capsys.readouterr().out == ""
