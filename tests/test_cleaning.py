"""Raw text to regions, text and alignment: what must hold for any text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinorus_corpus.characters import HIDDEN
from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.cleaning.alignment import Alignment
from sinorus_corpus.cleaning.lines import line_spans
from sinorus_corpus.records import Article, Document, Region, Span
from tests.texts import HOSTILE

ARTICLE = Article("a", "t", "p", None, "CC0-1.0", True, "news", "written", "en", "train", "0" * 64)
TEXT = frozenset({"body"})


def cleaned(raw: str, labels: list[bool]) -> Document:
    """A document in which the lines are kept as `labels` say, over and over."""
    spans = line_spans(raw)
    kinds = ["body" if labels[i % len(labels)] else "nav" for i in range(len(spans))]
    regions = tuple(Region(f"r{i}", s.start, s.end, k) for i, (s, k) in enumerate(zip(spans, kinds, strict=True), 1))
    return clean_document(ARTICLE, raw, regions, TEXT)


KEEPS = st.lists(st.booleans(), min_size=1, max_size=3)


@given(HOSTILE)
def test_regions_cover_every_visible_character_once(raw: str) -> None:
    covered = [0] * len(raw)
    for start, end in line_spans(raw):
        assert "\n" not in raw[start:end]
        for i in range(start, end):
            covered[i] += 1
    assert all(count == 1 for count, char in zip(covered, raw, strict=True) if not char.isspace())
    assert max(covered, default=0) <= 1


@given(HOSTILE, KEEPS)
def test_the_text_is_normal_and_visible(raw: str, keeps: list[bool]) -> None:
    text = cleaned(raw, keeps).text
    assert all(unicodedata.is_normalized("NFC", line) for line in text.split("\n"))
    assert not HIDDEN.search(text)
    assert all(char in " \n" for char in text if char.isspace())


@given(HOSTILE, KEEPS)
def test_raw_to_text_to_raw_is_the_identity_where_nothing_was_replaced(raw: str, keeps: list[bool]) -> None:
    document = cleaned(raw, keeps)
    alignment = Alignment(document.alignment)
    for piece in document.alignment:
        if piece.replaced:
            continue
        assert raw[piece.raw_start : piece.raw_end] == document.text[piece.start : piece.end]
        singles = [Span(i, i + 1) for i in range(piece.raw_start, piece.raw_end)]
        mapped = [span for span in alignment.to_text(singles) if span is not None]
        assert len(mapped) == len(singles)
        assert [raw[i.start] for i in singles] == [document.text[s.start : s.end] for s in mapped]
        assert alignment.to_raw(mapped) == singles


@given(HOSTILE, KEEPS)
def test_the_pieces_spell_the_text_and_every_kept_region(raw: str, keeps: list[bool]) -> None:
    document = cleaned(raw, keeps)
    pieces = document.alignment
    joined = "".join(document.text[p.start : p.end] for p in pieces)
    assert joined == document.text.replace("\n", "")
    kept = sum(r.end - r.start for r in document.regions if r.id in document.kept)
    assert sum(p.raw_end - p.raw_start for p in pieces) == kept


@given(HOSTILE, KEEPS, st.data())
def test_a_text_span_survives_the_way_to_raw_and_back(raw: str, keeps: list[bool], data: st.DataObject) -> None:
    document = cleaned(raw, keeps)
    size = len(document.text)
    start = data.draw(st.integers(0, size))
    span = Span(start, data.draw(st.integers(start, size)))
    alignment = Alignment(document.alignment)
    there = alignment.to_raw([span])[0]
    if there is not None:
        assert alignment.to_text([there]) == [span]


def test_a_span_may_not_cut_a_replacement() -> None:
    document = cleaned("xe\u0301y", [True])
    alignment = Alignment(document.alignment)
    assert document.text == "x\u00e9y"
    assert alignment.to_text([Span(0, 2), Span(0, 3), Span(2, 4), Span(1, 3)]) == [None, Span(0, 2), None, Span(1, 2)]
    assert alignment.to_raw([Span(1, 2)]) == [Span(1, 3)]


def test_a_span_may_not_begin_in_a_dropped_line() -> None:
    document = cleaned("menu\nbody\n", [False, True])
    assert Alignment(document.alignment).to_text([Span(0, 4), Span(5, 9), Span(4, 9)]) == [None, Span(0, 4), None]


def test_removed_characters_are_counted_and_white_space_is_not_collapsed() -> None:
    document = cleaned("a\u200b \u00a0 b\u00ad", [True])
    assert (document.text, document.removed) == ("a   b", 2)


def test_a_line_of_invisible_characters_has_a_region_and_no_text() -> None:
    document = cleaned("\u200b\u2060\nbody", [True])
    assert [r.id for r in document.regions] == ["r1", "r2"]
    assert (document.text, document.kept) == ("body", frozenset({"r2"}))


def test_compatibility_characters_become_canonical_ones_once() -> None:
    assert cleaned("\ufa10ﬁ", [True]).text == unicodedata.normalize("NFC", "\ufa10ﬁ") != "塚fi"


@pytest.mark.parametrize("raw", ["", "\n\n", " \t\u00a0\n", "\r", "x", "\u05d0\u05d1", "a\rb"])
def test_odd_texts_have_regions(raw: str) -> None:
    assert "".join(raw[s.start : s.end] for s in line_spans(raw)) == "".join(raw.split("\n")).strip()
