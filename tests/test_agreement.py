"""The measures against published worked examples, brute force and their degenerate cases."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinorus_corpus.agreement.attributes import KAPPA, kappa, value_counts
from sinorus_corpus.agreement.bootstrap import Tally, figure
from sinorus_corpus.agreement.characters import alpha, character_counts
from sinorus_corpus.agreement.matching import one_to_one, overlaps
from sinorus_corpus.agreement.spans import F1, Mark, exact_counts, f1, relaxed_counts, unlabelled
from sinorus_corpus.records import SinorusError, Span

Reading = Sequence[Mark]


def mark(start: int, end: int, label: str = "x") -> Mark:
    return Mark((Span(start, end),), label)


def painted(values: str) -> list[Mark]:
    """One mark a character, labelled by the letter; `.` is left unmarked."""
    return [mark(at, at + 1, value) for at, value in enumerate(values) if value != "."]


def alpha_of(a: Reading, b: Reading, length: int) -> float:
    return float(alpha(character_counts([(a, b)], [[Span(0, length)]]))[0])


def exact(a: Reading, b: Reading) -> float:
    labels = sorted({m.label for m in (*a, *b)})
    return float(f1(exact_counts([(a, b)], labels).sum(axis=(0, 1))))


def relaxed(a: Reading, b: Reading, least: float = 0.0) -> float:
    labels = sorted({m.label for m in (*a, *b)})
    return float(f1(relaxed_counts([(a, b)], labels, least).sum(axis=(0, 1))))


# Published worked examples


def test_alpha_of_two_observers_and_two_values_is_krippendorffs() -> None:
    # Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, A: ten units, alpha = .095.
    assert alpha_of(painted(".y......y."), painted("yyy..y...."), 10) == pytest.approx(0.095, abs=5e-4)


def test_alpha_of_two_observers_and_five_values_is_krippendorffs() -> None:
    # The same, B: twelve units, alpha = .692.
    assert alpha_of(painted("aabbdcccedda"), painted("babbbccceddd"), 12) == pytest.approx(0.692, abs=5e-4)


def test_kappa_is_cohens() -> None:
    # Cohen 1968, doi:10.1037/h0026256, table 1: 200 diagnoses of three kinds; unweighted kappa .492.
    table = [[88, 14, 18], [10, 40, 10], [2, 6, 12]]
    pairs = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    assert float(kappa(value_counts([pairs]))[0]) == pytest.approx(0.492, abs=5e-4)


def test_kappa_is_that_of_fleiss_textbook() -> None:
    # Fleiss, Levin and Paik 2003, Statistical Methods for Rates and Proportions, table 18.1: kappa .68.
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    pairs = [(i, j) for i, row in enumerate(table) for j, n in enumerate(row) for _ in range(n)]
    assert float(kappa(value_counts([pairs]))[0]) == pytest.approx(0.676, abs=5e-4)


SEMEVAL = (
    # SemEval-2013 task 9.1 (Segura-Bedmar et al. 2013, aclanthology.org/S13-2056) as the documentation of nervaluate works it
    # out: one drug missed, one found where none is, one with a wrong boundary, one with a wrong type, two right, one wrong in
    # both. Strict .33, boundaries alone .50, type with some overlap .50.
    [(0, 7, "BRAND"), (30, 38, "DRUG"), (40, 51, "DRUG"), (60, 69, "DRUG"), (75, 79, "DRUG"), (85, 99, "GROUP")],
    [(10, 17, "BRAND"), (27, 38, "DRUG"), (40, 51, "BRAND"), (60, 69, "DRUG"), (75, 79, "DRUG"), (80, 99, "DRUG")],
)


def test_f1_is_that_of_the_semeval_example() -> None:
    gold, found = ([mark(*item) for item in side] for side in SEMEVAL)
    assert exact(gold, found) == pytest.approx(2 / 6)
    assert relaxed(gold, found) == pytest.approx(3 / 6)
    ((a, b),) = unlabelled([(gold, found)])
    assert exact(a, b) == pytest.approx(3 / 6)


def test_f1_is_that_of_the_pharmaconer_example() -> None:
    # temu.bsc.es/pharmaconer, Examples: six of nine found and nothing else, precision 1, recall .6667, F1 .8.
    gold = [mark(10 * i, 10 * i + 5) for i in range(9)]
    assert exact(gold[:6], gold) == pytest.approx(0.8)


# Degenerate cases


def test_two_empty_readings_have_no_value() -> None:
    assert math.isnan(exact([], []))
    assert math.isnan(alpha_of([], [], 10))
    assert math.isnan(float(kappa(value_counts([[]]))[0]))


def test_one_empty_reading_has_f1_of_zero_and_alpha_about_zero() -> None:
    marks = [mark(0, 5)]
    assert exact(marks, []) == exact([], marks) == 0
    assert -0.6 < alpha_of(marks, [], 10) <= 0


def test_nothing_but_one_value_has_no_kappa_and_no_alpha() -> None:
    assert math.isnan(float(kappa(value_counts([[("a", "a")] * 5]))[0]))
    assert math.isnan(alpha_of([mark(0, 10)], [mark(0, 10)], 10))


def test_a_document_whose_text_is_not_known_counts_no_character() -> None:
    counts = character_counts([([mark(0, 5)], [mark(0, 5)]), ([mark(0, 5)], [mark(0, 5)])], [[], [Span(0, 10)]])
    assert counts[:, 0].tolist() == [0, 10]


def test_no_documents_have_no_counts() -> None:
    assert exact_counts([], ["x"]).shape == relaxed_counts([], ["x"]).shape == (0, 1, 3)


# Matching


def test_as_many_pairs_as_possible_are_made() -> None:
    # The best single overlap would leave two marks alone; one to one there are two pairs.
    a, b = [mark(0, 10), mark(9, 20)], [mark(5, 12), mark(0, 4)]
    assert relaxed(a, b) == 1


def test_nothing_is_matched_twice() -> None:
    assert relaxed([mark(0, 30)], [mark(0, 10), mark(10, 20), mark(20, 30)]) == pytest.approx(2 / 4)


def test_half_of_the_code_points_in_either_is_enough_for_a_claim() -> None:
    whole = [mark(0, 20)]
    assert relaxed(whole, [mark(0, 10)], 0.5) == 1
    assert relaxed(whole, [mark(0, 9)], 0.5) == 0


def test_segments_count_together() -> None:
    a = [Mark((Span(0, 10), Span(20, 30)), "x")]
    found = overlaps([a[0].segments], [(Span(5, 25),)])
    assert found.iou.tolist() == [10 / 30]


def test_a_reading_in_which_everything_overlaps_everything_is_refused() -> None:
    piled = [(Span(0, 10),)] * 5000
    with pytest.raises(SinorusError, match="expected at most"):
        overlaps(piled, piled)


spans = st.tuples(st.integers(0, 20), st.integers(1, 8)).map(lambda p: Span(p[0], p[0] + p[1]))
items = st.lists(st.tuples(spans), max_size=5)
marks = st.lists(st.builds(lambda s, label: Mark((s,), label), spans, st.sampled_from("xyz")), max_size=8)


@given(items, items)
def test_overlaps_are_those_of_sets_of_offsets(a: list[tuple[Span]], b: list[tuple[Span]]) -> None:
    first, second = ([{n for s in item for n in range(*s)} for item in side] for side in (a, b))
    expected = {(i, j): len(x & y) / len(x | y) for i, x in enumerate(first) for j, y in enumerate(second) if x & y}
    found = overlaps(a, b)
    assert dict(zip(zip(found.a.tolist(), found.b.tolist(), strict=True), found.iou.tolist(), strict=True)) == expected


@given(items, items)
def test_matching_is_the_best_of_all(a: list[tuple[Span]], b: list[tuple[Span]]) -> None:
    found = overlaps(a, b)
    weight = np.zeros((5, 5))
    weight[found.a, found.b] = found.iou
    best = max(
        (int(sum(weight[i, j] > 0 for i, j in enumerate(order))), sum(weight[i, j] for i, j in enumerate(order)))
        for order in permutations(range(5))
    )
    chosen = one_to_one(found)
    assert len(set(chosen.a.tolist())) == len(set(chosen.b.tolist())) == len(chosen.a) == best[0]
    assert chosen.iou.sum() == pytest.approx(best[1])


@given(marks, marks)
def test_alpha_is_that_of_the_characters_one_by_one(a: list[Mark], b: list[Mark]) -> None:
    length = 40
    values = [
        [frozenset(m.label for m in side if m.segments[0].start <= n < m.segments[0].end) for n in range(length)]
        for side in (a, b)
    ]
    pairs = [(x, y) for first, second in zip(*values, strict=True) for x, y in ((first, second), (second, first))]
    observed = sum(x != y for x, y in pairs) / len(pairs)
    pool = [x for x, _ in pairs]
    by_chance = sum(pool.count(x) * (len(pool) - pool.count(x)) for x in set(pool)) / (len(pool) * (len(pool) - 1))
    found = alpha_of(a, b, length)
    assert math.isnan(found) if not by_chance else found == pytest.approx(1 - observed / by_chance)


@given(marks, marks)
def test_no_measure_asks_who_came_first(a: list[Mark], b: list[Mark]) -> None:
    for measure in (exact, relaxed, lambda x, y: alpha_of(x, y, 40)):
        there, back = measure(a, b), measure(b, a)
        assert there == pytest.approx(back, nan_ok=True)
    assert math.isnan(exact(a, b)) or exact(a, b) <= relaxed(a, b)


@given(st.lists(marks, min_size=1, max_size=4))
def test_a_reading_agrees_with_itself_exactly(documents: list[list[Mark]]) -> None:
    pairs = [(m, m) for m in documents]
    for counts in (exact_counts(pairs, "xyz"), relaxed_counts(pairs, "xyz")):
        assert set(f1(counts.sum(axis=0))[~np.isnan(f1(counts.sum(axis=0)))].tolist()) <= {1.0}
    found = float(alpha(character_counts(pairs, [[Span(0, 40)]] * len(pairs)).sum(axis=0)))
    assert math.isnan(found) or found == 1.0


# Intervals


def tally(*counts: tuple[int, int, int]) -> Tally:
    return Tally("", "", np.array(counts, dtype=np.float64), F1)


def test_an_interval_is_that_of_the_resampled_documents() -> None:
    # Two documents of one size, F1 0 and 1: resamples have 0, 1/2 or 1, a quarter of them 0 and a quarter 1.
    found = figure(tally((5, 5, 0), (5, 5, 5)), np.ones(2, dtype=bool))
    assert (found.value, found.low, found.high) == (0.5, 0, 1)
    assert found.support == {"a": 10, "b": 10, "both": 5}


def test_an_interval_narrows_with_documents_and_is_always_the_same() -> None:
    counts = [(10, 10, 8 + i % 3) for i in range(40)]
    few, many = (figure(tally(*counts[:n]), np.ones(n, dtype=bool)) for n in (4, 40))
    widths = [float(f.high or 0) - float(f.low or 0) for f in (few, many)]
    assert 0 < widths[1] < widths[0]
    assert float(many.low or 0) <= float(many.value or 0) <= float(many.high or 0)
    assert many == figure(tally(*counts), np.ones(40, dtype=bool))


def test_one_document_has_no_interval() -> None:
    found = figure(tally((5, 5, 0), (5, 5, 5)), np.array([False, True]))
    assert (found.value, found.low, found.high) == (1, None, None)


def test_a_figure_without_value_has_no_interval() -> None:
    found = figure(Tally("", "", value_counts([[("a", "a")], [("a", "a")]]), KAPPA), np.ones(2, dtype=bool))
    assert (found.value, found.low, found.high) == (None, None, None)


def test_resamples_in_which_a_measure_has_no_value_are_left_out() -> None:
    found = figure(tally((0, 0, 0), (4, 4, 4)), np.ones(2, dtype=bool))
    assert (found.value, found.low, found.high) == (1, 1, 1)
