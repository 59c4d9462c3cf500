"""The card and its pictures: said first what it is, drawn and counted from the data, the same bytes each time."""

from __future__ import annotations

import json
import re
from pathlib import Path

import matplotlib as mpl
import pytest
import yaml

from sinorus_corpus import __version__
from sinorus_corpus.build import Built, build
from sinorus_corpus.card import plots
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import SinorusError
from tests.conftest import ROOT

FIGURE = {"value": 0.51999, "low": 0.4, "high": 0.6}
SCORES = {
    "command": "make baseline",
    "version": __version__,
    "systems": [
        {
            "name": "toy_rules",
            "about": "Rules for a toy.",
            "documents": {"written": 1},
            "scores": {
                "claims, exact F1": {"written": FIGURE},
                "chain": {"written": {"value": None, "low": None, "high": None}},
            },
        }
    ],
}


def card_of(corpus: Corpus) -> str:
    return (build(corpus).path / "README.md").read_text(encoding="utf-8")


def test_the_card_says_first_what_the_data_is(toy_built: Built) -> None:
    front, text = (toy_built.path / "README.md").read_text(encoding="utf-8").split("---\n", 2)[1:]
    told = yaml.safe_load(front)
    assert (told["annotations_creators"], told["language_creators"]) == (["machine-generated"], ["machine-generated"])
    assert told["source_datasets"] == ["original"]
    assert {"synthetic", "machine-generated"} <= set(told["tags"])
    first = text[: text.index("\n## ")]
    for words in ("all labels were made by language", "not agreement between people", "No human has checked this"):
        assert words in first.replace("\n", " ")
    order = [
        "Counts",
        "Use",
        "Columns",
        "How it was made",
        "Audit",
        "Known weak labels",
        "Licences",
        "What must not be",
    ]
    places = [text.index(f"\n## {title}") for title in order]
    assert places == sorted(places)


def test_lists_keep_their_label_names_with_clients_before_version_4(toy_built: Built) -> None:
    """Those read `list` of a single value as a bare list, which has no `feature` to ask; `make compat` looks at it live."""
    front = yaml.safe_load((toy_built.path / "README.md").read_text(encoding="utf-8").split("---\n", 2)[1])
    (info,) = (info for info in front["dataset_info"] if info["config_name"] == "ner")
    (tags,) = (column for column in info["features"] if column["name"] == "ner_tags")
    assert tags["sequence"]["class_label"]["names"]["0"] == "O"

    def lists(told: object) -> list[object]:
        if isinstance(told, dict):
            return [one for key, one in told.items() if key == "list"] + [
                one for inner in told.values() for one in lists(inner)
            ]
        return [one for inner in told for one in lists(inner)] if isinstance(told, list) else []

    assert all(isinstance(one, list) for one in lists(front["dataset_info"]))


def test_every_picture_is_shown_and_listed(toy_built: Built) -> None:
    text = (toy_built.path / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"!\[[^\]]+\]\((images/[^)]+)\)", text))
    there = {p.relative_to(toy_built.path).as_posix() for p in (toy_built.path / "images").iterdir()}
    listed = json.loads((toy_built.path / "provenance.json").read_bytes())["files"]
    assert shown == there == {path for path in listed if path.startswith("images/")}
    assert {"images/entities.png", "images/depth.png", "images/relations.png"} <= there
    assert all((toy_built.path / path).read_bytes().startswith(b"\x89PNG") for path in there)


def test_pictures_are_the_same_bytes_whatever_the_user_likes(toy_built: Built) -> None:
    rows = (("trade", (3, 40)), ("energy", (0, 7)))
    first = plots._picture("claims by topic", ("published", "written"), rows)
    plots._picture.cache_clear()
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "black"}):
        assert plots._picture("claims by topic", ("published", "written"), rows) == first
    assert plots._picture("claims by topic", ("published", "written"), rows[:1]) != first
    assert b"Software" not in first
    assert b"tIME" not in first


def test_the_first_look_ships_where_there_is_one(toy: Corpus) -> None:
    toy.first_look.parent.mkdir(parents=True)
    picture = (ROOT / "docs/images/trade-2024.png").read_bytes()
    toy.first_look.write_bytes(picture)
    built = build(toy)
    assert (built.path / "images/trade-2024.png").read_bytes() == picture
    assert "](images/trade-2024.png)" in (built.path / "README.md").read_text()


def test_a_row_is_drawn_with_its_labels(toy: Corpus) -> None:
    record = toy.record("timetable")
    record.write_text(record.read_text().replace('split = "test"', 'split = "train"'))
    text = card_of(toy)
    section = text[text.index("## One row") : text.index("## Counts")]
    sentence, *marks = section.split("```text\n")[1].split("\n```")[0].split("\n")
    assert sentence == "The board says that the timetable counts 3 trains a day."
    drawn = {}
    for mark in marks:
        found = re.fullmatch(r" *(─+) (.+)", mark)
        assert found
        drawn[found[2]] = sentence[found.start(1) : found.end(1)]
    assert drawn == {
        "source 1": "The board",
        "cue 1": "says",
        "source 2": "the timetable",
        "cue 2": "counts",
        "claim: quant, certain, infrastructure": "3 trains a day",
        "QUANTITY": "3",
    }
    assert "| quantity | trains: 3 item/day |" in section
    assert "timetable:c1" in section
    assert "the author → The board (says) → the timetable (counts)" in section


def test_no_row_is_drawn_where_none_is_whole(toy_built: Built) -> None:
    assert "## One row" not in (toy_built.path / "README.md").read_text()


def test_baselines_come_from_the_committed_file_alone(toy: Corpus) -> None:
    assert "## Baselines" not in card_of(toy)
    toy.baselines.parent.mkdir()
    toy.baselines.write_text(json.dumps(SCORES))
    text = card_of(toy)
    assert "| claims, exact F1 | 0.519 [0.400, 0.600] |" in text, "cut, not rounded up"
    assert "| chain | – |" in text
    assert "`make baseline`" in text
    assert "not over this one" not in text
    toy.baselines.write_text(json.dumps(SCORES | {"version": "0.0.1"}))
    assert "made over version 0.0.1, not over this one" in card_of(toy)


@pytest.mark.parametrize("broken", ["{", "[]", '{"command": "x", "version": "1", "systems": [{"name": "a"}]}'])
def test_scores_that_cannot_be_read_stop_the_build_kindly(toy: Corpus, broken: str) -> None:
    toy.baselines.parent.mkdir()
    toy.baselines.write_text(broken)
    with pytest.raises(SinorusError, match=r"baseline.json: cannot be told in the card"):
        build(toy)


def test_how_to_cite_comes_from_the_citation_file(toy: Corpus) -> None:
    assert "## How to cite" not in card_of(toy)
    toy.citation.write_bytes((ROOT / "CITATION.cff").read_bytes())
    text = card_of(toy)
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert f"title        = {{{{{cited['title']}}}}}" in text
    assert cited["authors"][0]["name"] in text
    assert f"version      = {{{__version__}}}" in text
    toy.citation.write_text("title: x\n")
    with pytest.raises(SinorusError, match=r"CITATION.cff: cannot be told"):
        build(toy)


def test_what_the_make_file_writes_is_what_the_card_reads(tmp_path: Path) -> None:
    from examples.record_scores import system
    from sinorus_corpus.card.findings import parse_baselines

    groups = {"written": {**FIGURE, "statistic": "F1", "support": {"a": 1}}}
    names = ["claims, exact F1", "claim type kappa", "an inner figure"]
    measures = [{"section": "claims", "name": name, "groups": groups} for name in names]
    told = {"documents": {"a": "written", "b": "written"}, "headline": names[:2], "measures": measures}
    rules, given = system("claim_rules", told), system("gold_spans", told)
    found = parse_baselines({"command": "make baseline", "version": "1", "systems": [rules, given]})
    assert [score.name for score in found.systems[0].scores] == names[:2]
    assert [score.name for score in found.systems[1].scores] == names[1:2], "spans that are given are no score"
    assert found.systems[0].documents == {"written": 2}
    assert found.systems[0].scores[0].groups["written"] == pytest.approx((0.51999, 0.4, 0.6))
