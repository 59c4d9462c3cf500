"""Two passes settled: what agrees is accepted, what differs is decided, and the decisions are checked like everything else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sinorus_corpus.adjudicating import adjudicate as settle
from sinorus_corpus.annotation.adjudication import adjudicate, compare
from sinorus_corpus.cli import main
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.labelling import make_gold
from sinorus_corpus.records import AnnotationSet, Claim, Entity, Header, SinorusError, Span
from sinorus_corpus.validate import validate

DOC = "border-bridge"


def reading(annotator: str, *records: Entity | Claim) -> AnnotationSet:
    header = Header("d", "0" * 64, "1.0", "1.0", annotator, "pass")
    entities = tuple(r for r in records if isinstance(r, Entity))
    return AnnotationSet(annotator, header, (), entities, tuple(r for r in records if isinstance(r, Claim)))


def claim(name: str, *segments: tuple[int, int], ctype: str = "state") -> Claim:
    return Claim(name, tuple(Span(*s) for s in segments), ctype, "certain", "pos", 1, "trade")


def test_what_agrees_is_accepted_and_each_difference_is_one_thing_to_decide() -> None:
    a = reading("a", Entity("e1", 0, 5, "GPE"), Entity("e2", 10, 20, "ORG"), Entity("e3", 30, 40, "GPE", metonym=True))
    b = reading("b", Entity("e1", 0, 5, "GPE"), Entity("e4", 12, 20, "ORG"), Entity("e5", 30, 40, "GPE"))
    compared = compare(a, b)
    assert [(x.id, y.id) for x, y in compared.agreed] == [("e1", "e1"), ("e3", "e5")]
    shown = [(d.of, d.field, [r.id for r in d.a], [r.id for r in d.b]) for d in compared.differences]
    assert shown == [("entity", "", ["e2"], ["e4"]), ("entity", "metonym", ["e3"], ["e5"])]
    gold, decisions = adjudicate(a, b, {1: ("b", "shorter"), 2: ("none", "")}, "judge")
    assert [(e.id, e.start, e.metonym) for e in gold.entities] == [
        ("e1", 0, False),
        ("e4", 12, False),
        ("e3", 30, False),
    ]
    assert (gold.header.annotator, gold.header.status, gold.header.passes) == ("judge", "adjudicated", ("a", "b"))
    assert [(d.id, d.choice, d.note) for d in decisions] == [("d1", "b", "shorter"), ("d2", "none", "")]


def test_overlapping_claims_are_settled_together() -> None:
    a = reading("a", claim("c1", (0, 50)), claim("c2", (60, 70), ctype="event"))
    b = reading("b", claim("c1", (0, 20)), claim("c2", (22, 50)), claim("c3", (60, 70)))
    first, second = compare(a, b).differences
    assert (len(first.a), len(first.b), second.field) == (1, 2, "ctype")
    gold, _ = adjudicate(a, b, {1: ("b", ""), 2: ("b", "")}, "judge")
    assert [(c.id, c.segments[0], c.ctype) for c in gold.claims] == [
        ("c3", (0, 20), "state"),
        ("c4", (22, 50), "state"),
        ("c2", (60, 70), "state"),
    ]


@pytest.mark.parametrize(
    ("choices", "told"),
    [({}, "not decided: 1"), ({1: ("both", "")}, "expected a, b or none"), ({1: ("none", "")}, "has no default")],
)
def test_choices_that_do_not_fit(choices: dict[int, tuple[str, str]], told: str) -> None:
    a, b = reading("a", claim("c1", (0, 9))), reading("b", claim("c1", (0, 9), ctype="event"))
    with pytest.raises(SinorusError, match=told):
        adjudicate(a, b, choices, "judge")


spans = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 6), st.sampled_from(["GPE", "ORG"])), max_size=8, unique=True
)


@given(spans, spans)
def test_taking_one_side_throughout_gives_that_side(first: list[Any], second: list[Any]) -> None:
    a, b = (
        reading(who, *(Entity(f"e{n}", s, s + length, label) for n, (s, length, label) in enumerate(found, 1)))
        for who, found in (("a", first), ("b", second))
    )
    for choice, side in (("a", a), ("b", b)):
        choices = dict.fromkeys(range(1, len(compare(a, b).differences) + 1), (choice, ""))
        gold, _ = adjudicate(a, b, choices, "judge")
        assert {(e.start, e.end, e.label) for e in gold.entities} == {(e.start, e.end, e.label) for e in side.entities}
        assert len({e.id for e in gold.entities}) == len(gold.entities)


def second_pass(toy: Corpus, change: Callable[[str], str], status: str = "pass") -> None:
    text = toy.annotator_pass("lm-toy", DOC).read_text(encoding="utf-8")
    path = toy.annotator_pass("second", DOC)
    path.parent.mkdir()
    text = change(text.replace('"annotator":"lm-toy","status":"pass"', f'"annotator":"second","status":"{status}"'))
    path.write_text(text, encoding="utf-8")


def test_gold_and_decisions_are_written_and_sound(toy: Corpus) -> None:
    second_pass(toy, lambda text: text.replace('"label":"LOC"', '"label":"FAC"'))
    path = settle(toy, DOC, "lm-toy", "second", {1: ("a", "a river")}, "judge")
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["status"] == "adjudicated"
    assert '"choice":"a","note":"a river"' in toy.decisions(DOC).read_text(encoding="utf-8")
    assert validate(toy).issues == []
    with pytest.raises(SinorusError, match="one pass does not replace it"):
        make_gold(toy, DOC, "lm-toy")


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("lm-toy", "lm-toi", "Did you mean lm-toy"),
        ("lm-toy", "lm-toy", "expected two annotators"),
        ("lm-toy", "second", "There is no finished pass"),
    ],
)
def test_only_two_finished_passes_are_settled(toy: Corpus, first: str, second: str, told: str) -> None:
    second_pass(toy, lambda text: text, status="draft")
    with pytest.raises(SinorusError, match=told):
        settle(toy, DOC, first, second, {}, "judge")


def test_the_command_lists_differences_and_takes_decisions(toy: Corpus) -> None:
    second_pass(toy, lambda text: text.replace('"label":"LOC"', '"label":"FAC"'))
    arguments = ["--corpus", str(toy.root), "adjudicate", DOC, "lm-toy", "second"]
    listed = CliRunner().invoke(main, arguments)
    (line,) = listed.stdout.splitlines()
    assert json.loads(line)["a"][0]["label"] == "LOC"
    decisions = toy.root / "decided.jsonl"
    decisions.write_text('{"n":1,"choice":"b"}\n')
    done = CliRunner().invoke(main, [*arguments, "--decisions", str(decisions), "--annotator", "judge"])
    assert done.exit_code == 0, done.output
    assert '"label":"FAC"' in toy.gold(DOC).read_text(encoding="utf-8")
    decisions.write_text('{"n":1,"choice":"c"}\n')
    refused = CliRunner().invoke(main, [*arguments, "--decisions", str(decisions), "--annotator", "judge"])
    assert (refused.exit_code, "There is no choice 'c'" in refused.output) == (1, True)
