"""The audit as its people use it: drawn, asked by files, taken in, counted. The page of it stands in `test_audit_page.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from sinorus_corpus.annotation.scheme import aspects
from sinorus_corpus.auditing.figures import audit_figures, wilson
from sinorus_corpus.auditing.sampling import Sample, Sizes, draw
from sinorus_corpus.build import build
from sinorus_corpus.cli import main
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.hydrate import hydrate
from sinorus_corpus.records import Claim, Entity
from sinorus_corpus.schema import Schema, read_schema
from sinorus_corpus.validate import validate
from tests.conftest import TOY, TOY_COPIES

Json = dict[str, Any]
SIZES = Sizes(10, 5, 1)
ASKED = ["--sample", "10", "--claims", "5", "--paragraphs", "1"]


@pytest.fixture
def full(toy: Corpus) -> Corpus:
    """The toy corpus with a copy of its withheld article."""
    hydrate(toy, TOY_COPIES, read_content(toy, read_schema()), read_schema())
    return toy


def read(corpus: Corpus) -> tuple[Content, Schema]:
    schema = read_schema(corpus.schemas)
    return read_content(corpus, schema, "hydrated"), schema


def sinorus(corpus: Corpus, *words: str) -> Result:
    return CliRunner().invoke(main, ["--corpus", str(corpus.root), "audit", *words])


def everything_right(sample: Sample, schema: Schema) -> list[Json]:
    """An answer to each question that finds nothing wrong, and nothing in any paragraph."""
    layers = {"E": "entity", "C": "claim"}
    judged: list[Json] = [
        {"id": item.id, **dict.fromkeys(aspects(layers[item.id[0]], schema), "right")} for item in sample.items
    ]
    return judged + [{"id": paragraph.id, "done": True} for paragraph in sample.paragraphs]


def task(corpus: Corpus, folder: Path, answers: Callable[[list[Json]], list[Json]] = lambda lines: lines) -> Sample:
    """Draws a task and answers it."""
    content, schema = read(corpus)
    sample = draw(content, schema, SIZES)
    assert sinorus(corpus, *ASKED, "--out", str(folder)).exit_code == 0
    lines = answers(everything_right(sample, schema))
    (folder / "answers" / "mine.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return sample


def received(corpus: Corpus, folder: Path, kind: str = "model") -> Result:
    return sinorus(corpus, "--receive", str(folder), "--annotator", "aud", "--kind", kind)


def test_a_draw_hangs_on_seed_and_gold_alone(full: Corpus) -> None:
    content, schema = read(full)
    sample = draw(content, schema, SIZES)
    assert draw(content, schema, SIZES) == sample
    assert draw(content, schema, SIZES, seed=7) != sample
    genuine = [i for i in sample.items if not i.control]
    assert (len(genuine), len(sample.items) - len(genuine), len(sample.paragraphs)) == (15, 2, 1)
    assert {i.record.id for i in genuine if i.record == i.shown} == {i.record.id for i in genuine}
    smaller = draw(content, schema, Sizes(4, 2, 1))
    drawn = {(i.doc_id, i.record.id) for i in genuine}
    assert {(i.doc_id, i.record.id) for i in smaller.items if not i.control} <= drawn


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_a_control_is_altered_where_its_rule_says_and_nowhere_else(seed: int) -> None:
    content, schema = read(Corpus(TOY))
    for item in draw(content, schema, Sizes(6, 3, 0), seed).items:
        rule = schema.labels["control"][item.control] if item.control else None
        assert changed(item.record, item.shown) == ({rule.group} if rule else set())


def changed(record: Entity | Claim, shown: Entity | Claim) -> set[str]:
    """The aspects in which two records differ."""
    names = {"start": "span", "end": "span", "segments": "span", "label": "type", "entity": "link"}
    fields = type(record).__dataclass_fields__
    return {names.get(name, name) for name in fields if getattr(record, name) != getattr(shown, name)}


def test_the_task_shows_labels_and_never_which_are_controls(full: Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "task"
    sample = task(full, folder)
    told = "".join(p.read_text() for p in folder.rglob("*") if p.is_file() and "answers" not in p.parts)
    assert not re.search("|".join(read(full)[1].labels["control"].names), told)
    assert "lm-toy" not in told
    shown = (folder / "entities.md").read_text()
    for item in sample.items:
        if isinstance(item.shown, Entity):
            words = read(full)[0].texts[item.doc_id][item.shown.start : item.shown.end]
            block = shown.partition(f"## {item.id}\n")[2].partition("\n## ")[0]
            assert f"⟦{words}⟧" in block
            assert f"type: {item.shown.label}" in block
    assert "⟦" not in (folder / "paragraphs.md").read_text()


def test_answers_come_in_and_are_counted(full: Corpus, tmp_path: Path) -> None:
    def answers(lines: list[Json]) -> list[Json]:
        entities = [line for line in lines if line["id"].startswith("E")]
        genuine = [e for e, i in zip(entities, items("E"), strict=True) if not i.control]
        genuine[0]["type"], genuine[1]["link"], genuine[2]["span"] = "wrong", "wrong", "unsure"
        for line, item in zip(entities, items("E"), strict=True):
            if item.control:
                line[schema.labels["control"][item.control].group] = "wrong"
        labels: list[Json] = [
            {"paragraph": "P1", "layer": "entity", "quote": "Heihe", "label": "GPE", "entity": "Heihe"},
            {"paragraph": "P1", "layer": "entity", "quote": "Amur", "label": "FAC"},
            {"paragraph": "P1", "layer": "claim", "quote": "The road bridge between them opened on 10 June 2022",
             "gloss": "x", "ctype": "event", "cert": "certain", "pol": "pos", "check": 1, "topic": "trade"},
            {"paragraph": "P1", "layer": "claim", "quote": "a ferry still runs.",
             "gloss": "x", "ctype": "state", "cert": "certain", "pol": "pos", "check": 1, "topic": "trade"},
        ]  # fmt: skip
        labels[-1]["quote"] = "a ferry\u00a0still runs"
        return [*lines, *labels]

    def items(letter: str) -> list[Any]:
        return [i for i in draw(content, schema, SIZES).items if i.id.startswith(letter)]

    content, schema = read(full)
    task(full, tmp_path / "task", answers)
    result = received(full, tmp_path / "task")
    assert result.exit_code == 0, result.output
    assert [i.code for i in validate(full, [full.audits]).issues] == []
    content, schema = read(full)
    (found,) = audit_figures(content, schema)
    assert found.changed is None

    def total(of: tuple[str, str]) -> tuple[int, int, int]:
        rates = found.errors[of].values()
        return sum(r.hits for r in rates), sum(r.of for r in rates), sum(r.unsure for r in rates)

    assert total(("entity", "type")) == (1, 10, 0)
    assert total(("entity", "span")) == (0, 9, 1)
    assert total(("entity", "span or type")) == (1, 9, 1)
    assert total(("entity", "any")) == (2, 9, 1)
    assert total(("claim", "any")) == (0, 5, 0)
    assert [(r.hits, r.of) for r in found.caught["entity"].values() if r.of] == [(1, 1)]
    assert [(r.hits, r.of) for r in found.caught["claim"].values() if r.of] == [(0, 1)]
    recall = {name: by["written"].support for name, by in found.recall.items()}
    assert recall["entities, exact and typed, recall"] == {"labelled from empty": 2, "gold": 8, "both": 1}
    assert recall["claims, exact, recall"] == {"labelled from empty": 2, "gold": 3, "both": 2}
    report = sinorus(full, "--report").output
    assert "aud (model)" in report
    assert "no human has checked this" in report


def test_findings_name_the_line_and_nothing_is_taken_in(full: Corpus, tmp_path: Path) -> None:
    def answers(lines: list[Json]) -> list[Json]:
        lines[0]["type"] = "rihgt"
        del lines[1]["span"]
        lines[2]["id"] = "E99"
        lines[3]["tpye"] = "right"
        lines[5] = lines[4]
        return [*lines[:-1], {"paragraph": "P1", "layer": "entity", "quote": "Heihe", "label": "GPS"}]

    sample = task(full, tmp_path / "task", answers)
    result = received(full, tmp_path / "task")
    assert result.exit_code == 1
    found = re.findall(r"(mine\.jsonl|answers)(?::(\d+))?: ([a-z-]+): (.*)", result.output)
    codes = {(line, code) for _, line, code, _ in found}
    last = str(len(sample.items) + 1)
    assert {("1", "unknown-label"), ("2", "missing-answer"), ("3", "unknown-reference"), ("4", "unknown-key")} <= codes
    assert {("6", "duplicate-id"), (last, "unknown-label"), ("0", "missing-answer")} <= codes
    told = " ".join(text for *_, text in found)
    assert all(words in told for words in ("expected right", "expected type", "P1 is not done", "E3 has no answer"))
    assert not full.audits.exists()


def test_an_audit_is_kept_as_made(full: Corpus, tmp_path: Path) -> None:
    task(full, tmp_path / "task")
    assert received(full, tmp_path / "task").exit_code == 0
    before = full.audit("aud").read_bytes()
    again = received(full, tmp_path / "task")
    assert again.exit_code == 1
    assert "kept as made" in again.output
    assert full.audit("aud").read_bytes() == before
    assert sinorus(full, *ASKED, "--out", str(tmp_path / "task")).exit_code == 1


def test_gold_that_changes_meanwhile(full: Corpus, tmp_path: Path) -> None:
    """Answers speak of the gold that was drawn from; they are taken in where the draw was noted, and refused elsewhere."""
    sample = task(full, tmp_path / "task")
    judged = next(i for i in sample.items if isinstance(i.record, Entity) and i.record.label == "GPE" and not i.control)
    content, _ = read(full)
    path = full.gold(judged.doc_id)
    line = next(n for n in path.read_text().splitlines() if f'"id":"{judged.record.id}"' in n)
    path.write_text(path.read_text().replace(line, line.replace('"GPE"', '"LOC"')))
    key = full.audit_key(sample.name)
    noted = key.read_bytes()
    key.unlink()
    refused = received(full, tmp_path / "task")
    assert refused.exit_code == 1
    assert "gold has changed since" in refused.output
    key.write_bytes(noted)
    assert received(full, tmp_path / "task").exit_code == 0
    content, schema = read(full)
    (found,) = audit_figures(content, schema)
    assert found.changed == 1
    assert "gold has changed since: 1 of the judged labels" in " ".join(sinorus(full, "--report").output.split())


def test_withheld_words_are_never_stored(full: Corpus, tmp_path: Path) -> None:
    content, schema = read(full)
    text = content.texts["reader-copy"]
    words = text.split()
    sample = draw(content, schema, SIZES)
    item = next(i for i in sample.items if i.doc_id == "reader-copy")

    def noting(note: str) -> Callable[[list[Json]], list[Json]]:
        return lambda lines: [line | ({"note": note} if line["id"] == item.id else {}) for line in lines]

    task(full, tmp_path / "task", noting(f"it says {' '.join(words[5:11])}"))
    refused = received(full, tmp_path / "task")
    assert refused.exit_code == 1
    assert "withheld-words" in refused.output
    task(full, tmp_path / "other", noting("one word too many at the end"))
    assert received(full, tmp_path / "other").exit_code == 0
    stored = "".join(p.read_text() for p in full.audits.rglob("*.jsonl"))
    for claim in content.gold["reader-copy"].claims:
        assert text[claim.segments[0].start : claim.segments[0].end] not in stored


def test_a_task_with_withheld_text_stays_out_of_git(full: Corpus, toy: Corpus) -> None:
    refused = sinorus(full, *ASKED, "--out", str(full.root / "task"))
    assert refused.exit_code == 1
    assert "may not be passed on" in refused.output
    made = sinorus(full, *ASKED, "--out", str(full.root / "build" / "task"))
    assert made.exit_code == 0
    assert "keep it to yourself" in made.output


def test_what_is_not_at_hand_is_not_drawn_from(toy: Corpus, tmp_path: Path) -> None:
    made = sinorus(toy, *ASKED, "--out", str(tmp_path / "task"))
    assert "not drawn from, since its text is not here: reader-copy" in made.output
    assert not (tmp_path / "task" / "articles" / "reader-copy.md").exists()


@given(of=st.integers(1, 500), data=st.data())
def test_the_interval_of_a_rate_is_wilsons(of: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, of))
    theirs = binomtest(hits, of).proportion_ci(0.95, method="wilson")
    assert wilson(hits, of) == pytest.approx((theirs.low, theirs.high), abs=1e-9)


def test_the_card_says_who_has_checked(full: Corpus, tmp_path: Path) -> None:
    def card(name: str) -> str:
        return (build(full, tmp_path / name).path / "README.md").read_text()

    assert "No human has checked this" in card("none")
    task(full, tmp_path / "task")
    assert received(full, tmp_path / "task").exit_code == 0
    told = card("model")
    assert "No human has checked this" in told
    assert "A third reading by a language model, not by a human" in told
    path = full.audit("aud")
    path.write_text(path.read_text().replace('"kind":"model"', '"kind":"human"'))
    told = card("human")
    assert "No human has checked this" not in told
    assert "### By a human" in told
    assert "| entities, error rate, span or type |" in told


def test_a_draft_counts_for_nothing(full: Corpus, tmp_path: Path) -> None:
    task(full, tmp_path / "task")
    received(full, tmp_path / "task")
    path = full.audit("aud")
    path.write_text(path.read_text().replace('"status":"pass"', '"status":"draft"', 1))
    content, schema = read(full)
    assert replace(content.audits["aud"].header, status="draft") == content.audits["aud"].header
    assert audit_figures(content, schema) == []
