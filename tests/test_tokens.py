"""Tags of tokens and outermost spans, as columns, against what their definitions say word for word."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sinorus_corpus.annotation.tokens import bio_codes, bio_tags, outermost_mask, ranges, token_spans
from sinorus_corpus.records import Span

SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda p: Span(p[0], p[0] + p[1])), max_size=14)
TEXTS = st.text("ab ,黑é\n", max_size=60)


def greedy(spans: list[Span]) -> list[bool]:
    taken, end = [False] * len(spans), -1
    for number in sorted(range(len(spans)), key=lambda n: (spans[n].start, -spans[n].end)):
        if spans[number].start >= end:
            taken[number], end = True, spans[number].end
    return taken


@given(SPANS)
def test_outermost_spans_are_those_of_the_definition(spans: list[Span]) -> None:
    assert outermost_mask([s.start for s in spans], [s.end for s in spans]).tolist() == greedy(spans)


@given(st.lists(SPANS, max_size=4))
def test_many_texts_at_once_are_as_one_by_one(texts: list[list[Span]]) -> None:
    starts = [(n << 32) + s.start for n, spans in enumerate(texts) for s in spans]
    ends = [(n << 32) + s.end for n, spans in enumerate(texts) for s in spans]
    assert outermost_mask(starts, ends).tolist() == [taken for spans in texts for taken in greedy(spans)]


def by_hand(tokens: list[Span], spans: list[tuple[Span, str]]) -> list[str]:
    tags, taken = ["O"] * len(tokens), 0
    for span, label in spans:
        mine = [n for n, t in enumerate(tokens) if n >= taken and t.start < span.end and span.start < t.end]
        for n in mine:
            tags[n], taken = f"{'B' if n == mine[0] else 'I'}-{label}", n + 1
    return tags


@given(TEXTS, SPANS)
def test_tags_are_those_of_the_definition(text: str, spans: list[Span]) -> None:
    mask = outermost_mask([s.start for s in spans], [s.end for s in spans])
    chosen = sorted(s for s, taken in zip(spans, mask, strict=True) if taken)
    labelled = [(span, "XYZ"[n % 3]) for n, span in enumerate(chosen)]
    tokens = token_spans(text)
    assert bio_tags(tokens, labelled) == by_hand(tokens, labelled)


def test_two_spans_in_one_token_and_one_in_none() -> None:
    tagged = bio_codes([0, 5], [4, 9], [0, 2, 4, 5], [2, 4, 5, 9], [0, 1, 2, 3])
    assert tagged.tags.tolist() == [1, 7]
    assert (tagged.last - tagged.first).tolist() == [1, 0, 0, 1]


def test_nothing_gives_nothing() -> None:
    assert bio_codes([], [], [], [], []).tags.tolist() == []
    assert bio_codes([], [], [1], [2], [0]).first.tolist() == [0]
    assert ranges(np.array([3, 5, 5]), np.array([5, 5, 7])).tolist() == [3, 4, 5, 6]
