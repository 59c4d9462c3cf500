"""Which mentions, claims and chains count as the same, and how differences are named."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sinorus_corpus.agreement.bootstrap import figure
from sinorus_corpus.agreement.chains import chain_counts, overlapping_source, same_chain, same_source
from sinorus_corpus.agreement.clusters import cluster_relation_kappa, joined_counts, relation_pairs
from sinorus_corpus.agreement.disagreements import disagreements
from sinorus_corpus.agreement.readings import DoubleReading, claim_pairs, mention_pairs
from sinorus_corpus.agreement.tallies import (
    ATTRIBUTION,
    BARS,
    ENTITY_ATTRIBUTES,
    QUANTITIES,
    claim_attributes,
    claim_tallies,
    entity_tallies,
)
from sinorus_corpus.records import AnnotationSet, Claim, Cluster, Entity, Header, Link, Member, Quantity, Span
from sinorus_corpus.schema import read_schema

SCHEMA = read_schema()
EVERY = {"entity": [*ENTITY_ATTRIBUTES], "claim": [*claim_attributes(SCHEMA), ATTRIBUTION, QUANTITIES]}


def mention(number: int, start: int, end: int, label: str = "GPE", **more: Any) -> Entity:
    return Entity(f"e{number}", start, end, label, **more)


def claim(number: int, *segments: tuple[int, int], **more: Any) -> Claim:
    facts: dict[str, Any] = {"ctype": "state", "cert": "certain", "pol": "pos", "check": 1, "topic": "trade"} | more
    return Claim(f"c{number}", tuple(Span(*s) for s in segments), **facts)


def double(a: list[Entity | Claim], b: list[Entity | Claim], group: str = "written") -> DoubleReading:
    sides = [
        AnnotationSet(
            "",
            Header("d", "", "", "", "", "pass"),
            (),
            tuple(r for r in side if isinstance(r, Entity)),
            tuple(r for r in side if isinstance(r, Claim)),
        )
        for side in (a, b)
    ]
    return DoubleReading("d", group, sides[0], sides[1], (Span(0, 100),))


def kinds(a: list[Entity | Claim], b: list[Entity | Claim]) -> list[tuple[str, str, str]]:
    return [(d.kind, *d.values) for d in disagreements(double(a, b), EVERY)]


def ids(pairs: list[Any]) -> set[tuple[str, str]]:
    return {(a.id, b.id) for a, b in pairs}


# Pairs


def test_mentions_with_the_same_span_belong_together_before_those_that_overlap() -> None:
    bank, river = mention(1, 0, 14, "ORG"), mention(2, 8, 14, "LOC")
    reading = double([bank, river], [mention(1, 8, 14, "GPE"), mention(2, 0, 14, "ORG")])
    assert ids(mention_pairs(reading)) == {("e1", "e2"), ("e2", "e1")}


def test_the_same_span_weighs_more_than_the_same_label() -> None:
    reading = double([mention(1, 0, 14, "ORG")], [mention(1, 0, 14, "LOC"), mention(2, 0, 9, "ORG")])
    assert ids(mention_pairs(reading)) == {("e1", "e1")}


def test_overlapping_mentions_of_one_label_belong_together_before_others() -> None:
    reading = double([mention(1, 0, 20, "ORG")], [mention(1, 1, 20, "LOC"), mention(2, 5, 12, "ORG")])
    assert ids(mention_pairs(reading)) == {("e1", "e2")}


def test_claims_are_the_same_from_one_half_on() -> None:
    reading = double([claim(1, (0, 20)), claim(2, (30, 40))], [claim(1, (0, 10)), claim(2, (34, 60))])
    assert ids(claim_pairs(reading)) == {("c1", "c1")}


# Names of differences


def test_equal_readings_have_no_difference() -> None:
    both: list[Entity | Claim] = [mention(1, 0, 5), claim(1, (0, 20), attribution=(Link(Span(21, 25)),))]
    assert kinds(both, both) == []


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ([mention(1, 0, 5)], [], ("missing in B", "", "")),
        ([], [mention(1, 0, 5)], ("missing in A", "", "")),
        ([mention(1, 0, 5)], [mention(1, 0, 8)], ("boundary", "GPE", "GPE")),
        ([mention(1, 0, 5)], [mention(1, 0, 5, "LOC")], ("label", "GPE", "LOC")),
        ([mention(1, 0, 5)], [mention(1, 2, 8, "LOC")], ("boundary and label", "GPE", "LOC")),
        ([mention(1, 0, 5)], [mention(1, 0, 5, metonym=True)], ("attribute metonym", "false", "true")),
        ([mention(1, 0, 5, entity="SR0001")], [mention(1, 0, 5)], ("attribute entity", "SR0001", "none")),
        ([claim(1, (0, 20))], [], ("missing in B", "", "")),
        ([claim(1, (0, 20))], [claim(1, (0, 18))], ("boundary", "", "")),
        ([claim(1, (0, 9), (12, 20))], [claim(1, (0, 20))], ("boundary", "", "")),
        ([claim(1, (0, 20))], [claim(1, (0, 20), check=2)], ("attribute check", "1", "2")),
        ([claim(1, (0, 20))], [claim(1, (0, 20), ctype="event")], ("attribute ctype", "state", "event")),
        (
            [claim(1, (0, 20), quantities=(Quantity("trains", 3.0, "train/day"),))],
            [claim(1, (0, 20))],
            ("attribute quantities", "3.0 train/day", "none"),
        ),
        (
            [claim(1, (0, 20), attribution=(Link(Span(30, 35)),))],
            [claim(1, (0, 20))],
            ("chain depth", "1", "0"),
        ),
        (
            [claim(1, (0, 20), attribution=(Link(Span(30, 35)),))],
            [claim(1, (0, 20), attribution=(Link(Span(28, 35)),))],
            ("chain source", "[30, 35)", "[28, 35)"),
        ),
        (
            [claim(1, (0, 20), attribution=(Link(None, Span(30, 35)),))],
            [claim(1, (0, 20), attribution=(Link(None, None),))],
            ("chain cue", "[30, 35)", "none"),
        ),
        (
            [claim(1, (0, 20), attribution=(Link(Span(30, 35), who=("SR0001",)),))],
            [claim(1, (0, 20), attribution=(Link(Span(30, 35)),))],
            ("chain who", "SR0001", "none"),
        ),
    ],
)
def test_a_difference_has_one_name(a: list[Any], b: list[Any], expected: tuple[str, str, str]) -> None:
    assert kinds(a, b) == [expected]


def test_differences_come_in_the_order_of_the_text_with_both_records() -> None:
    late, early = mention(1, 50, 55), mention(2, 3, 8)
    found = disagreements(double([late], [early, mention(3, 50, 56)]), EVERY)
    assert [(d.kind, d.start) for d in found] == [("missing in A", 3), ("boundary", 50)]
    assert found[1].spans == ((Span(50, 55),), (Span(50, 56),))
    assert found[0].a is None
    assert found[0].b == early


def test_what_a_system_does_not_give_is_no_difference() -> None:
    found = disagreements(double([claim(1, (0, 20), ctype="")], [claim(1, (0, 20))]), {"claim": []})
    assert found == []


# Chains

OUTER, INNER = Link(Span(30, 35), Span(36, 40)), Link(Span(50, 55), Span(56, 60))


@pytest.mark.parametrize(
    ("a", "b", "source", "near", "whole"),
    [
        ((OUTER, INNER), (OUTER, INNER), True, True, True),
        ((OUTER, INNER), (INNER,), True, True, False),
        ((OUTER,), (Link(Span(32, 35), Span(36, 40)),), False, True, False),
        ((OUTER,), (Link(Span(30, 35)),), True, True, False),
        ((Link(None, Span(36, 40)),), (Link(None, Span(36, 40)),), True, True, True),
        ((Link(None, Span(36, 40)),), (OUTER,), False, False, False),
        ((OUTER,), (), False, False, False),
    ],
)
def test_chains(a: tuple[Link, ...], b: tuple[Link, ...], source: bool, near: bool, whole: bool) -> None:
    pairs = [[(claim(1, (0, 9), attribution=a), claim(1, (0, 9), attribution=b))]]
    for same, expected in ((same_source, source), (overlapping_source, near), (same_chain, whole)):
        assert chain_counts(pairs, same).tolist() == [[bool(a), bool(b), expected]]


def test_the_authors_own_claims_have_no_chain_to_agree_on() -> None:
    assert chain_counts([[(claim(1, (0, 9)), claim(1, (0, 9)))]], same_chain).tolist() == [[0, 0, 0]]


# Clusters


def cluster(number: int, **members: str) -> Cluster:
    named = tuple(Member(f"{name[0]}:{name[1:]}", relation) for name, relation in members.items())
    return Cluster(f"K{number}", "p", "trade", named)


def test_clusters_are_matched_by_the_claims_they_share() -> None:
    a = [cluster(1, xc1="same", yc1="updates", yc2="same"), cluster(2, xc9="same", yc9="broader")]
    b = [cluster(1, xc9="same", yc9="narrower", yc2="same"), cluster(2, xc1="same", yc1="updates")]
    assert relation_pairs(a, b) == [
        ("x:c1", "same", "same"),
        ("y:c1", "updates", "updates"),
        ("x:c9", "same", "same"),
        ("y:c9", "broader", "narrower"),
    ]
    # Three of four agree; by chance 2/4 * 2/4 (same) + 1/4 * 1/4 (updates) = 5/16, so (12 - 5) / (16 - 5).
    assert cluster_relation_kappa(a, b) == pytest.approx(7 / 11)
    assert joined_counts(a, b, ["x", "y"]).tolist() == [[3, 3, 2], [1, 1, 0]]


def test_clusters_that_share_nothing_have_no_kappa() -> None:
    assert math.isnan(cluster_relation_kappa([], [cluster(1, xc1="same")]))
    assert math.isnan(cluster_relation_kappa([cluster(1, xc1="same")], [cluster(1, xc2="same")]))


# What is measured


def test_the_headline_figures_are_measured_under_their_names() -> None:
    both: list[Entity | Claim] = [mention(1, 0, 5), claim(1, (0, 20))]
    readings = [double(both, both)]
    made = entity_tallies(readings, SCHEMA.labels["entity"], EVERY["entity"])
    made += claim_tallies(readings, SCHEMA, EVERY["claim"])
    assert set(BARS) - {tally.name for tally in made} == {"cluster relation kappa"}


def test_a_label_outside_the_scheme_is_counted_too() -> None:
    readings = [double([mention(1, 0, 5, "SHIP")], [mention(1, 0, 5, "SHIP")])]
    made = {(t.section, t.name): t for t in entity_tallies(readings, SCHEMA.labels["entity"], [])}
    assert figure(made["entities by label, exact", "SHIP"], np.ones(1, dtype=bool)).value == 1
    assert figure(made["entities", "all types, exact typed F1"], np.ones(1, dtype=bool)).support["both"] == 1


def test_ten_thousand_mentions_in_one_document() -> None:
    a: list[Entity | Claim] = [mention(n, 10 * n, 10 * n + 5 + n % 2) for n in range(10_000)]
    b: list[Entity | Claim] = [mention(n, 10 * n, 10 * n + 5) for n in range(10_000)]
    made = {t.name: t for t in entity_tallies([double(a, b)], SCHEMA.labels["entity"], []) if t.section == "entities"}
    found = {name: figure(tally, np.ones(1, dtype=bool)).value for name, tally in made.items()}
    assert found["all types, exact typed F1"] == 0.5
    assert found["all types, relaxed typed F1"] == 1
