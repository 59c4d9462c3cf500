"""How far written articles differ from published ones: the measures on toy texts, the figures file, what the card tells of it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.written_or_published import (
    WORDS,
    Text,
    control,
    format_likeness,
    mask,
    measure,
    plain_measures,
    read_texts,
    shared_ngrams,
    told_apart,
    words,
)
from sinorus_corpus.build import Built, build
from sinorus_corpus.content import read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.likeness import Likeness, input_digests, likeness_section, read_likeness
from sinorus_corpus.records import Entity, SinorusError
from sinorus_corpus.schema import read_schema

COMMON = [f"common{n}" for n in range(40)]
OLD = {"texts": "0" * 64, "gold": "1" * 64}


def paragraphs(seed: int, own: list[str], *, documents: int = 6) -> list[list[str]]:
    """Documents of eight paragraphs, each with words that no other document has."""
    drawn = random.Random(seed)
    made = []
    for n in range(documents):
        private = [f"private{seed}x{n}x{i}" for i in range(5)]
        made.append([" ".join(drawn.choices(COMMON, k=20) + drawn.choices(own + private, k=10)) for _ in range(8)])
    return made


def text(line: str, *, published: bool, depths: tuple[int, ...] = (0, 2)) -> Text:
    found = tuple(words(line))
    return Text(published, (line,), (line,), found, 2, depths, 3, len(found))


def test_two_makings_are_told_apart() -> None:
    found = told_apart(paragraphs(1, ["here"] * 40), paragraphs(2, ["there"] * 40), WORDS)
    assert found.value > 0.95
    assert found.low <= found.value <= found.high


def test_one_making_is_not_told_apart_by_words_of_single_documents() -> None:
    """Were paragraphs of a document on both sides of the split, its private words would give it away."""
    found = told_apart(paragraphs(1, [], documents=5), paragraphs(2, [], documents=15), WORDS)
    assert 0.3 < found.value < 0.7
    mean, least, most = control(paragraphs(3, [], documents=12), 4, WORDS)
    assert 0.3 < least <= mean <= most < 0.7


def test_shared_ngrams_are_counted_by_origin() -> None:
    texts = [
        text("a b c d", published=False),
        text("a b x y", published=False),
        text("c d p q", published=True),
        text("c d r s", published=True),
    ]
    found = shared_ngrams(texts, 4)
    assert found["1"] == pytest.approx((2 / 4, 2 / 4, 2 / 8))
    assert found["2"] == pytest.approx((1 / 3, 1 / 3, 1 / 6))
    assert found["3"] == (0, 0, 0)
    assert list(found) == ["1", "2", "3", "4", "5"]


def test_plain_measures_are_ratios_of_sums() -> None:
    texts = [text("a b a b", published=False), text("a b c d", published=True, depths=(1, 1, 1, 1))]
    found = {name: (ours.value, theirs.value) for name, (ours, theirs) in plain_measures(texts, 4).items()}
    assert list(found.values()) == [(2, 2), (50, 100), (1, 1), (0.5, 0), (75, 75), (0.5, 1)]


def test_masked_text_has_types_for_mentions_and_no_figures() -> None:
    line = "In 2031 Orlo Bank sold 9 ships."
    found = [
        Entity("e1", 3, 7, "DATE", "2031"),
        Entity("e2", 8, 17, "ORG", "Orlo Bank"),
        Entity("e3", 8, 12, "GPE", "Orlo"),
    ]
    assert mask(line, found) == "In DATE ORG sold 0 ships."


def toy_figures() -> Likeness:
    long = " ".join(COMMON)
    texts = [text(f"{long} {origin}{n}", published=origin == "p") for origin in "wwwp" for n in range(3)]
    return measure(texts, OLD, "2031-05-06")


def test_figures_go_through_the_file_into_the_card(toy: Corpus, tmp_path: Path) -> None:
    toy.likeness.parent.mkdir()
    toy.likeness.write_bytes(format_likeness(toy_figures()))
    build(toy, tmp_path / "made")
    card = (tmp_path / "made" / "README.md").read_text(encoding="utf-8")
    assert "Measured on 2031-05-06" in card
    assert "9 written and 3 published articles" in card
    assert "Texts or labels have changed since" in card


def test_a_corpus_without_figures_tells_none(toy_built: Built, toy: Corpus) -> None:
    assert read_likeness(toy) is None
    assert "How far written" not in (toy_built.path / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "data", ["", "[]", "{}", '{"auc": 1}', "[" * 100_000, '{"documents": {"written": null}}', "\udcff"]
)
def test_a_spoilt_file_is_named(data: str, toy: Corpus) -> None:
    toy.likeness.parent.mkdir()
    toy.likeness.write_bytes(data.encode("utf-8", "surrogateescape"))
    with pytest.raises(SinorusError, match="written_or_published"):
        read_likeness(toy)


def test_the_committed_figures_are_well_formed_and_of_these_texts(corpus: Corpus) -> None:
    found = read_likeness(corpus)
    assert found is not None
    content = read_content(corpus, read_schema(corpus.schemas))
    inputs = input_digests(corpus, content)
    assert found.inputs["texts"] == inputs["texts"]
    assert sum(found.documents.values()) == len(content.articles)
    assert all(0 <= f.low <= f.value <= f.high <= 1 for f in found.auc.values())
    assert all(1 >= s >= 0 for shares in found.ngrams.values() for s in shares)
    assert all(side.low <= side.value <= side.high for sides in found.measures.values() for side in sides)
    assert "have changed since" not in likeness_section(found, found.inputs)


def test_a_missing_copy_is_named(corpus: Corpus, tmp_path: Path) -> None:
    schema = read_schema(corpus.schemas)
    with pytest.raises(SinorusError, match="has no copy of"):
        list(read_texts(read_content(corpus, schema), schema, tmp_path))


def test_the_committed_figures_can_be_made_again(corpus: Corpus, articles_folder: Path) -> None:
    """All but the classifier's, which take minutes; labels may have changed since, and then their figures may have too."""
    found, schema = read_likeness(corpus), read_schema(corpus.schemas)
    assert found is not None
    content = read_content(corpus, schema)
    texts = list(read_texts(content, schema, articles_folder))
    length = min(len(t.words) for t in texts)
    paragraphs_found = {
        o: sum(len(t.paragraphs) for t in texts if t.published == (o == "published")) for o in found.documents
    }
    assert (length, paragraphs_found) == (found.words, found.paragraphs)
    again = replace(found, ngrams=shared_ngrams(texts, length))
    if input_digests(corpus, content) == found.inputs:
        again = replace(again, measures=plain_measures(texts, length))
    assert format_likeness(again) == corpus.likeness.read_bytes()
