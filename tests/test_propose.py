"""The cleaner's proposals: the same alone and in a batch, sane on any text, and good enough not to get worse."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import sinorus_corpus.cleaning.propose
from sinorus_corpus.cleaning.columns import CLEANED, clean_batch
from sinorus_corpus.cleaning.lines import line_spans
from sinorus_corpus.cleaning.propose import MAX_LINES, propose, propose_regions
from sinorus_corpus.cleaning.recurrence import count_repeats
from sinorus_corpus.cleaning.scoring import MODEL
from sinorus_corpus.cleaning.sites import SiteRule, read_site_rules
from sinorus_corpus.cleaning.types import HEADLINES
from sinorus_corpus.cli import main
from sinorus_corpus.content import read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import read_schema
from tests.conftest import ROOT
from tests.texts import HOSTILE

SCHEMA = read_schema()
FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text())

PROSE = (
    "Trade between the two countries grew for the third year, and most of it went by rail over the northern crossings.",
    "The customs tables count a cargo when it crosses the border; the companies count it when it is paid for, often later.",
    "None of that changes the direction: the share of the yuan went up, and the share of the dollar went down with it.",
)
PAGE = "\n\n".join(
    ["Home", "News", "Subscribe to our newsletter", "A year of trade in three tables", "Published 3 May 2024, 5 min read",
     *PROSE, "Share this article", "Related stories", "Leave a comment", "All rights reserved", PROSE[1], "Home"]
)  # fmt: skip


@given(HOSTILE)
def test_every_line_has_one_region_in_order(raw: str) -> None:
    assert [r.span for r in propose_regions(raw, SCHEMA)] == line_spans(raw)


@given(st.lists(HOSTILE, min_size=1, max_size=5))
@settings(max_examples=50)
def test_a_batch_gives_what_each_page_gives_alone(texts: list[str]) -> None:
    pages = [*texts, PAGE, *texts]
    assert propose(pages, SCHEMA) == [propose([text], SCHEMA)[0] for text in pages]


def test_many_small_batches_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = pa.array([PAGE, "", "Home\n" + PAGE, "\n", PAGE, PAGE + "\nHome"])
    sites = pa.array(["here", None, "here", "", "there", "here"])
    rules = [SiteRule("here", "line", re.compile("^Published"), "byline_time", "stamp")]
    one = clean_batch(texts, SCHEMA, sites, rules)
    monkeypatch.setattr(sinorus_corpus.cleaning.propose, "BATCH_LINES", 20)
    assert clean_batch(texts, SCHEMA, sites, rules) == one
    assert [sum(r["reason"] == "stamp" for r in row) for row in one["regions"].to_pylist()] == [1, 0, 1, 0, 0, 1]


def test_columns_in_columns_out() -> None:
    texts = pa.array([PAGE, None, "\u200b\n"])
    alone = clean_batch(texts, SCHEMA)
    assert alone.schema == CLEANED
    assert alone == clean_batch(texts, SCHEMA, pa.array(["site", None, None]))
    row = alone.to_pylist()[0]
    found = propose([PAGE], SCHEMA)[0]
    assert [(r["start"], r["end"], r["label"], r["keep"]) for r in row["regions"]] == [
        (p.region.start, p.region.end, p.region.label, p.keep) for p in found
    ]
    assert row["text"].split("\n") == [PAGE[p.region.start : p.region.end] for p in found if p.keep]
    copies = [r for r in row["regions"] if r["dup_of"] >= 0]
    assert [PAGE[r["start"] : r["end"]] for r in copies] == [
        PAGE[row["regions"][r["dup_of"]]["start"] : row["regions"][r["dup_of"]]["end"]] for r in copies
    ]
    assert [r["text"] for r in alone.to_pylist()[1:]] == ["", ""]


def test_prose_survives_furniture_vanishes_and_copies_are_named() -> None:
    (found,) = propose([PAGE], SCHEMA)
    kept = [PAGE[p.region.start : p.region.end] for p in found if p.keep]
    assert [text for text in PROSE if text not in kept] == []
    gone = {
        "Home",
        "News",
        "Subscribe to our newsletter",
        "Share this article",
        "Leave a comment",
        "All rights reserved",
    }
    assert [text for text in gone if text in kept] == []
    assert kept.count(PROSE[1]) == 1
    copies = [p.region for p in found if p.region.dup_of]
    assert len(copies) == 2
    assert all(0 <= p.score <= 1 and 0 <= p.type_score <= 1 for p in found)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        " \t\u00a0\n",
        "\r",
        "a\rb",
        "no newline at all",
        "a\0b\0",
        "\u05d0\u05d1 \u05d2\n" * 30,
        "中文。\n" * 50,
    ],
)
def test_odd_texts_get_an_answer(text: str) -> None:
    assert [r.span for r in propose_regions(text, SCHEMA)] == line_spans(text)


def test_a_line_of_ten_megabytes_gets_an_answer() -> None:
    text = "word " * 2_000_000
    assert [(r.start, r.end) for r in propose_regions(text, SCHEMA)] == [(0, len(text) - 1)]


def test_a_page_of_a_million_lines_is_refused_in_words() -> None:
    with pytest.raises(SinorusError, match=f"at most 20,000,000 in {MAX_LINES:,}"):
        propose(["x\n" * 1_000_000], SCHEMA)


def test_a_rule_of_a_site_decides_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "sites.toml"
    file.write_text(
        '[[rule]]\nsite = "here"\nfrom = "^Related stories$"\nlabel = "teaser"\nreason = "other articles follow"\n'
        '[[rule]]\nsite = "here"\nuntil = "^A year of trade"\nlabel = "nav"\nreason = "menu"\n'
        '[[rule]]\nsite = "here"\nline = "^Published"\nlabel = "byline_time"\nreason = "stamp"\n'
    )
    rules = read_site_rules(file, SCHEMA.labels["region"])
    (here,), (elsewhere,) = (propose([PAGE], SCHEMA, [site], rules) for site in ("here", "there"))
    assert [p.reason for p in here] == ["menu"] * 3 + ["", "stamp"] + [""] * 4 + ["other articles follow"] * 5
    assert [p.region.label for p in here][-5:-2] == ["teaser"] * 3
    assert here[-2].region.dup_of  # a copy keeps the type of the line it repeats
    assert not any(p.reason for p in elsewhere)


def test_a_line_that_a_rule_decides_leaves_the_title_to_another() -> None:
    page = "Trade by rail, road and river\n" + PAGE
    rules = [SiteRule("here", "line", re.compile("^Trade by rail"), "nav", "menu")]
    found = [propose([page], SCHEMA, [site], rules)[0] for site in ("", "here")]
    titles = [[page[p.region.start : p.region.end] for p in each if p.region.label == "title"] for each in found]
    assert titles == [["Trade by rail, road and river"], ["A year of trade in three tables"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[rule]]\nsite = 'a'\n", "expected site, label, reason"),
        ("[[rule]]\nsite='a'\nline='('\nlabel='nav'\nreason='r'\n", "no regular expression"),
        ("[[rule]]\nsite='a'\nline='x'\nlabel='navi'\nreason='r'\n", "Did you mean nav"),
        ("[[rule", "TOML"),
    ],
)
def test_a_bad_rule_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "sites.toml").write_text(text)
    with pytest.raises(SinorusError, match=message):
        read_site_rules(tmp_path / "sites.toml", SCHEMA.labels["region"])


def test_the_rules_of_this_corpus_are_sound() -> None:
    assert read_site_rules(ROOT / "sites.toml", SCHEMA.labels["region"])


def test_what_recurs_on_a_site_counts_less_where_that_is_asked() -> None:
    pages = [("site", f"{PROSE[i % 3]} Number {i}.\n\n{PROSE[0]}\n") for i in range(6)]
    repeats = count_repeats([*pages, ("", PROSE[1])])
    assert len(repeats) == 4  # three sentences with their numbers masked, and the first alone
    (alone,) = propose([PAGE], SCHEMA, ["site"])
    (among,) = propose([PAGE], SCHEMA, ["site"], repeats=repeats)
    changed = [PAGE[a.region.start : a.region.end] for a, b in zip(alone, among, strict=True) if a.score > b.score]
    assert changed == [PROSE[0]]


def test_the_model_is_plain_data_and_small() -> None:
    files = [p for p in MODEL.iterdir() if p.is_file()]
    assert sum(p.stat().st_size for p in files) < 4_000_000
    assert {p.suffix for p in files} == {".npy", ".json", ".md"}
    assert "WCXB" in (MODEL / "CARD.md").read_text()


def f1(pairs: list[tuple[bool, bool, int]]) -> tuple[float, float]:
    """Line and character F1 of the kept class; triples of gold, found, characters."""
    scores = []
    for weights in ([1] * len(pairs), [size for _, _, size in pairs]):
        both = sum(w for (g, f, _), w in zip(pairs, weights, strict=True) if g and f)
        total = sum(w * (g + f) for (g, f, _), w in zip(pairs, weights, strict=True))
        scores.append(2 * both / total)
    return scores[0], scores[1]


def against_regions(texts: dict[str, str], corpus: Corpus) -> tuple[float, float]:
    """How far the proposals, by the models and the rules of the article's site, are from the reviewed regions."""
    content = read_content(corpus, SCHEMA)
    rules = read_site_rules(corpus.sites, SCHEMA.labels["region"])
    pairs = []
    for doc_id, text in texts.items():
        gold, site = content.regions[doc_id].regions, content.articles[doc_id].publisher
        for region, found in zip(gold, propose([text], SCHEMA, [site], rules)[0], strict=True):
            kept = region.label in SCHEMA.text_types() and region.dup_of is None
            pairs.append((kept, found.keep, region.end - region.start))
    return f1(pairs)


def check_floor(name: str, measured: tuple[float, float]) -> None:
    """Fails below the pinned floor; SINORUS_LOWER_FLOORS=1 lowers it, and says so in the diff of floors.json."""
    floor = FLOORS[name]
    print(f"{name}: line F1 {measured[0]:.4f}, character F1 {measured[1]:.4f}; floors {floor}")
    if os.environ.get("SINORUS_LOWER_FLOORS") == "1":
        FLOORS[name] = [round(value - 0.002, 3) for value in measured]
        (Path(__file__).parent / "floors.json").write_text(json.dumps(FLOORS, indent=1) + "\n")
        return
    assert measured[0] >= floor[0], f"{name}: line F1 fell below its floor"
    assert measured[1] >= floor[1], f"{name}: character F1 fell below its floor"


def test_the_written_articles_stay_above_their_floor(corpus: Corpus) -> None:
    """The models were trained on these: this guards against breakage; the model's card has the held-out figures."""
    check_floor("written articles", against_regions(written(corpus, planted=False), corpus))


def test_articles_with_planted_difficulties_stay_above_their_floor(corpus: Corpus) -> None:
    """The line model has not learned from these."""
    check_floor("articles with planted difficulties", against_regions(written(corpus, planted=True), corpus))


SNIPPETS = tomllib.loads((Path(__file__).parent / "snippets.toml").read_text())


@pytest.mark.parametrize("doc_id", SNIPPETS)
def test_snippets_survive_or_vanish(doc_id: str, corpus: Corpus) -> None:
    raw = corpus.text(doc_id).read_bytes().decode()
    kept = [raw[p.region.start : p.region.end] for p in propose([raw], SCHEMA)[0] if p.keep]
    survive, vanish = SNIPPETS[doc_id]["survive"], SNIPPETS[doc_id]["vanish"]
    assert [snippet for snippet in (*survive, *vanish) if snippet not in raw] == []
    assert [snippet for snippet in survive if not any(snippet in line for line in kept)] == []
    assert [snippet for snippet in vanish if any(snippet in line for line in kept)] == []


def written(corpus: Corpus, *, planted: bool) -> dict[str, str]:
    content = read_content(corpus, SCHEMA)
    chosen = [a.doc_id for a in content.articles.values() if a.origin == "written" and a.planted == planted]
    return {doc_id: content.texts[doc_id] for doc_id in chosen}


def test_the_published_articles_stay_above_their_floor(corpus: Corpus, articles_folder: Path) -> None:
    texts = {path.stem: path.read_bytes().decode() for path in sorted(articles_folder.glob("*.txt"))}
    check_floor("published articles", against_regions(texts, corpus))


@pytest.mark.parametrize("name", ["dev_lines", "dev_partial_lines"])
def test_the_dev_pages_stay_above_their_floor(name: str) -> None:
    folder = os.environ.get("SINORUS_PAGES", "")
    if not folder:
        pytest.skip("SINORUS_PAGES is not set: the labelled dev pages are not at hand, nothing was tested on them")
    pairs = []
    for line in (Path(folder) / f"{name}.jsonl").open():
        page: dict[str, Any] = json.loads(line)
        for gold, found in zip(page["lines"], propose([page["text"]], SCHEMA)[0], strict=True):
            kept = found.keep and found.region.label not in HEADLINES
            pairs.append((gold["keep"], kept, gold["end"] - gold["start"]))
    check_floor(name, f1(pairs))


def test_clean_shows_kept_and_dropped_lines(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(PAGE)
    result = CliRunner().invoke(main, ["clean", str(tmp_path / "page.txt")])
    assert result.exit_code == 0
    assert PROSE[0] in result.output
    assert "newsletter" in result.output
    assert len(result.output.splitlines()) == len(line_spans(PAGE))


def clean_jsonl(data: bytes, *args: str) -> tuple[list[dict[str, Any]], str, int]:
    command = [sys.executable, "-m", "sinorus_corpus", "clean", "--jsonl", *args]
    done = subprocess.run(command, input=data, capture_output=True, cwd=ROOT)
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode(), done.returncode


def test_jsonl_answers_in_order_with_code_points() -> None:
    texts = ["\U0001f600 Home\n\n" + PAGE, "", PAGE]
    lines = [json.dumps({"id": str(i), "text": t, "site": None}, ensure_ascii=i == 0) for i, t in enumerate(texts)]
    answers, errors, code = clean_jsonl("\n".join(lines).encode() + b"\n")
    assert (code, errors) == (0, "")
    assert [a["id"] for a in answers] == ["0", "1", "2"]
    for text, answer in zip(texts, answers, strict=True):
        assert [(r["start"], r["end"]) for r in answer["regions"]] == line_spans(text)
        assert all({"start", "end", "label", "keep", "score", "type_score"} <= r.keys() for r in answer["regions"])
        assert [r["keep"] for r in answer["regions"]] == [p.keep for p in propose([text], SCHEMA)[0]]


def test_a_bad_line_costs_that_line() -> None:
    good = json.dumps({"id": 7, "text": PAGE}).encode()
    bad = [
        b"[1]",
        b'{"id":1}',
        b'{"id":1,"text":7}',
        b'{"id":1,"text":"\xff"}',
        b'{"id":1,"id":2,"text":""}',
        b"{",
        b"",
    ]
    bad.append(json.dumps({"id": 1, "text": "x\n" * 200_000}).encode())
    answers, errors, code = clean_jsonl(b"\n".join([*bad, good]) + b"\n")
    assert [a["id"] for a in answers] == [7]
    assert code == 1
    told = errors.splitlines()
    assert [line.split(":")[1] for line in told] == [str(n) for n in range(1, len(bad) + 1)]
    assert "Traceback" not in errors


def test_regions_lists_the_least_certain_lines_first(toy: Corpus) -> None:
    result = CliRunner().invoke(main, ["--corpus", str(toy.root), "regions", "timetable"])
    assert result.exit_code == 0
    shown = result.stderr.splitlines()
    assert shown[0] == "least certain first:"
    assert len(shown) == 1 + len(line_spans(toy.text("timetable").read_text()))
    assert io.StringIO(result.stdout).readline().startswith('{"doc_id":"timetable"')
