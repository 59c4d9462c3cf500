"""Step 2 of a reading of clusters: the task, readings of it, their comparison and settlement; and the list of rival figures."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sinorus_corpus.cli import main
from sinorus_corpus.content import Content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import AnnotationSet, Claim, Cluster, Header, Member, Quantity, Span
from sinorus_corpus.rival_figures import rival_figures
from tests.conftest import ROOT


def sinorus(corpus: Corpus, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["--corpus", str(corpus.root), *arguments])


def given(corpus: Corpus, path: Path) -> list[dict[str, Any]]:
    assert sinorus(corpus, "relations", "task", "--out", str(path)).exit_code == 0
    return [json.loads(line) for line in path.read_text().splitlines()]


def answer(path: Path, task: list[dict[str, Any]], relation: Callable[[str], str]) -> Path:
    lines = [{"id": c["id"], "relations": {m["claim"]: relation(m["claim"]) for m in c["members"]}} for c in task]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    return path


def relations_of(path: Path) -> Mapping[str, str]:
    clusters = [json.loads(line) for line in path.read_text().splitlines()]
    return {m["claim"]: m["relation"] for c in clusters for m in c["members"]}


def test_the_task_holds_what_a_reader_needs_and_no_relation(toy: Corpus, tmp_path: Path) -> None:
    task = given(toy, tmp_path / "task.jsonl")
    assert [c["id"] for c in task] == [json.loads(line)["id"] for line in toy.clusters.read_text().splitlines()]
    for cluster in task:
        assert set(cluster) == {"id", "proposition", "members"}
        assert [m["claim"] for m in cluster["members"]] == sorted(m["claim"] for m in cluster["members"])
        for member in cluster["members"]:
            assert {"claim", "article_date", "gloss", "words", "said_by", "cert", "pol"} <= set(member)
            assert not {"relation", "note", "quotes"} & set(member)


def test_two_readings_are_stored_compared_and_settled(toy: Corpus, tmp_path: Path) -> None:
    task = given(toy, tmp_path / "task.jsonl")
    claims = [m["claim"] for c in task for m in c["members"]]
    odd = claims[-1]
    for name, last in (("lm-x", "narrower"), ("lm-y", "tension")):
        read = dict.fromkeys(claims, "same") | {odd: last}
        file = answer(tmp_path / f"{name}.jsonl", task, read.__getitem__)
        assert sinorus(toy, "relations", "store", str(file), "--annotator", name).exit_code == 0
    assert sinorus(toy, "validate").exit_code == 0
    found = json.loads(sinorus(toy, "agree", "lm-x", "lm-y", "--format", "json").stdout)
    assert any("given the propositions" in note for note in found["notes"])
    assert "cluster relation kappa" in found["headline"]

    listed = [json.loads(line) for line in sinorus(toy, "relations", "differences", "lm-x", "lm-y").stdout.splitlines()]
    assert [(d["claim"], d["a"], d["b"]) for d in listed] == [(odd, "narrower", "tension")]
    choices = tmp_path / "choices.jsonl"
    choices.write_text(
        json.dumps({"id": listed[0]["id"], "claim": odd, "relation": "tension", "note": "no counter"}) + "\n"
    )
    assert sinorus(toy, "relations", "settle", "lm-x", "lm-y", str(choices)).exit_code == 0
    assert relations_of(toy.clusters) == {claim: "tension" if claim == odd else "same" for claim in claims}
    assert '"note":"no counter"' in toy.clusters.read_text()
    assert sinorus(toy, "validate").exit_code == 0


def test_what_was_read_is_kept_and_only_new_clusters_are_asked_for(toy: Corpus, tmp_path: Path) -> None:
    task = given(toy, tmp_path / "task.jsonl")
    file = answer(tmp_path / "answers.jsonl", task, lambda claim: "same")
    assert sinorus(toy, "relations", "store", str(file), "--annotator", "lm-x").exit_code == 0
    before = toy.cluster_pass("lm-x").read_bytes()
    assert sinorus(toy, "relations", "store", str(file), "--annotator", "lm-x").exit_code == 1
    assert toy.cluster_pass("lm-x").read_bytes() == before
    new = toy.clusters.read_text().splitlines()[0].replace('"K1"', '"K99"')
    toy.clusters.write_text(toy.clusters.read_text() + new + "\n")
    rest = tmp_path / "rest.jsonl"
    assert sinorus(toy, "relations", "task", "--annotator", "lm-x", "--out", str(rest)).exit_code == 0
    (left,) = [json.loads(line) for line in rest.read_text().splitlines()]
    assert left["id"] == "K99"
    assert (
        sinorus(toy, "relations", "store", str(answer(file, [left], lambda c: "same")), "--annotator", "lm-x").exit_code
        == 0
    )
    assert toy.cluster_pass("lm-x").read_bytes().startswith(before)


def test_a_member_added_after_two_readings_keeps_its_relation_when_they_are_settled(
    toy: Corpus, tmp_path: Path
) -> None:
    cluster = json.loads(toy.clusters.read_text().splitlines()[0])
    late = cluster["members"].pop() | {"relation": "tension", "note": "added later"}
    toy.clusters.write_text(f"{json.dumps(cluster)}\n")
    task = given(toy, tmp_path / "task.jsonl")
    for name, relation in (("lm-x", "same"), ("lm-y", "restates")):
        read = {m["claim"]: relation for c in task for m in c["members"]}
        file = answer(tmp_path / f"{name}.jsonl", task, read.__getitem__)
        assert sinorus(toy, "relations", "store", str(file), "--annotator", name).exit_code == 0
    toy.clusters.write_text(json.dumps(cluster | {"members": [*cluster["members"], late]}) + "\n")
    listed = [json.loads(line) for line in sinorus(toy, "relations", "differences", "lm-x", "lm-y").stdout.splitlines()]
    assert [d["claim"] for d in listed] == [m["claim"] for m in cluster["members"]]
    choices = tmp_path / "choices.jsonl"
    decided = [{"id": d["id"], "claim": d["claim"], "relation": "restates", "note": "why"} for d in listed]
    choices.write_text("".join(f"{json.dumps(d)}\n" for d in decided))
    assert sinorus(toy, "relations", "settle", "lm-x", "lm-y", str(choices)).exit_code == 0
    assert relations_of(toy.clusters) == {d["claim"]: "restates" for d in listed} | {late["claim"]: "tension"}
    assert '"note":"added later"' in toy.clusters.read_text()


@pytest.mark.parametrize(
    ("mend", "told"),
    [
        (lambda line: line.replace('"same"', '"sam"', 1), "same"),
        (lambda line: line.replace('"K1"', '"K7"'), "K1"),
        (lambda line: "", "expected"),
        (lambda line: line + "\n" + line, "twice"),
        (lambda line: line.replace(":c", ":d", 1), "lacks or adds"),
        (lambda line: "[]", "expected"),
        (lambda line: line.replace('"id"', '"di"'), "keys"),
    ],
)
def test_a_bad_answer_is_refused_whole(toy: Corpus, tmp_path: Path, mend: Callable[[str], str], told: str) -> None:
    file = answer(tmp_path / "answers.jsonl", given(toy, tmp_path / "task.jsonl"), lambda claim: "same")
    first, *others = file.read_text().splitlines()
    file.write_text("".join(f"{line}\n" for line in [mend(first), *others] if line))
    result = sinorus(toy, "relations", "store", str(file), "--annotator", "lm-x")
    assert result.exit_code == 1
    assert told in result.output
    assert not isinstance(result.exception, (KeyError, TypeError, ValueError))
    assert not toy.cluster_pass("lm-x").exists()


def test_another_reading_of_clusters_is_never_touched(toy: Corpus, tmp_path: Path) -> None:
    file = answer(tmp_path / "answers.jsonl", given(toy, tmp_path / "task.jsonl"), lambda claim: "same")
    other = toy.clusters.read_text().replace('"proposition":"', '"proposition":"Own words: ')
    toy.cluster_pass("lm-x").parent.mkdir(parents=True, exist_ok=True)
    toy.cluster_pass("lm-x").write_text(other)
    result = sinorus(toy, "relations", "store", str(file), "--annotator", "lm-x")
    assert (result.exit_code, toy.cluster_pass("lm-x").read_text()) == (1, other)


def claim(number: int, *quantities: Quantity) -> Claim:
    return Claim(f"c{number}", (Span(0, 1),), "quant", "certain", "pos", 2, "trade", quantities=quantities)


def content(*clusters: Cluster, **documents: Claim) -> Content:
    header = Header("d", "0" * 64, "1.0", "1.2", "a", "single")
    gold = {name: AnnotationSet("", replace(header, doc_id=name), claims=(c,)) for name, c in documents.items()}
    return Content(gold=gold, clusters=list(enumerate(clusters, 1)))


GRAIN = Quantity("grain through the port", 3e6, "tonne", period="2031")


@pytest.mark.parametrize(
    ("other", "count"),
    [
        (Quantity("grain through ports", 4e6, "tonne", period="2031"), 1),
        (Quantity("grain through ports", 4e6, "tonne"), 1),
        (Quantity("grain through ports", 4e6, "tonne", period="2031Q1"), 1),
        (Quantity("grain through ports", 4e6, "tonne", period="2030/2032-05"), 1),
        (Quantity("grain through ports", 4e6, "tonne", period="2030"), 0),
        (Quantity("grain through ports", 4e6, "tonne", period="2032/"), 0),
        (Quantity("grain through ports", 3e6, "tonne", period="2031"), 0),
        (Quantity("grain through ports", 4e6, "item", period="2031"), 0),
        (Quantity("grain through ports", 4e9, "tonne", period="2031"), 0),
        (Quantity("passengers", 4e6, "tonne", period="2031"), 0),
        (Quantity("grain through the port", None, "", direction="up"), 0),
    ],
)
def test_rivals_share_unit_period_and_variable_but_not_the_value(other: Quantity, count: int) -> None:
    assert len(rival_figures(content(a=claim(1, GRAIN), b=claim(1, other)))) == count


def test_rivals_of_one_currency_one_cluster_and_one_document() -> None:
    other = replace(GRAIN, value=4e6)
    together = Cluster("K1", "p", "trade", (Member("a:c1", "same"), Member("b:c1", "tension")))
    assert rival_figures(content(together, a=claim(1, GRAIN), b=claim(1, other))) == []
    yuan, dollars = replace(GRAIN, basis="CNY"), replace(other, basis="USD")
    assert rival_figures(content(a=claim(1, yuan), b=claim(1, dollars))) == []
    both = content(a=claim(1, GRAIN))
    both.gold["a"] = replace(both.gold["a"], claims=(claim(1, GRAIN), claim(2, other)))
    assert (len(rival_figures(both)), len(rival_figures(both, within=True))) == (0, 1)
    assert rival_figures(Content()) == []


def test_the_list_of_the_corpus_is_printed() -> None:
    result = sinorus(Corpus(ROOT), "relations", "candidates", "--least", "0.9")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    likely = [float(line) for line in lines if line[:1].isdigit()]
    assert likely == sorted(likely, reverse=True)
    assert likely[-1] >= 0.9
    named = [line for line in lines if re.match(r"  [\w-]+:c\d+: .+ = ", line)]
    assert len(named) == 2 * len(likely)
    assert f"{len(likely):,} pairs of figures" in result.stderr
