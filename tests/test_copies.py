"""Labels of a withheld article in copies that differ: nearly all found on words that stayed, and none in a wrong place."""

from __future__ import annotations

import random
import re
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sinorus_corpus
from sinorus_corpus.build import Built
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.copies.fingerprints import fingerprints, labelled_spans
from sinorus_corpus.copies.mapping import map_spans
from sinorus_corpus.copies.normal_form import fold, normal_form
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import AnnotationSet, Span
from sinorus_corpus.schema import read_schema
from tests.conftest import ROOT, TOY_COPIES
from tests.test_agreement_cli import sinorus
from tests.test_load import check_spans

# A copy as its code points, each with its place in the original, or `None` where the original has no such.
Copy = list[tuple[str, int | None]]
MARKS = {"“": '"', "”": '"', "’": "'", "–": "-", "\u00a0": " "}
CHANGES = ["marks", "captions gone", "lines split", "lines wrapped", "lines joined", "words edited"]


def changed(raw: str, change: str, rng: random.Random) -> Copy:
    if change == "marks":
        return [("\u00a0" if c == " " and rng.random() < 0.2 else MARKS.get(c, c), i) for i, c in enumerate(raw)]
    copy: Copy = []
    start = 0
    for line in raw.split("\n"):
        own: Copy = [(c, start + i) for i, c in enumerate(line)]
        start += len(line) + 1
        if change == "captions gone" and len(line) < 80 and rng.random() < 0.5:
            continue
        if change == "lines split":
            breaks = {i + 1 for i, c in enumerate(line) if c in ".,;" and rng.random() < 0.3}
            own = [("\n", p) if c == " " and i in breaks else (c, p) for i, (c, p) in enumerate(own)]
        if change == "lines wrapped":
            own = [("\n", p) if c == " " and rng.random() < 0.1 else (c, p) for c, p in own]
        if change == "words edited":
            own = edited(line, own, rng)
        copy += [*own, (" " if change == "lines joined" and rng.random() < 0.4 else "\n", None)]
    return copy


def edited(line: str, own: Copy, rng: random.Random) -> Copy:
    """One word in 25 replaced, left out, or with a word before it, now and then one that labels are about."""
    words = list(re.finditer(r"\S+", line))
    count = max(1, len(words) // 25) if len(words) > 8 else 0
    chosen = {rng.randrange(len(words)) for _ in range(count)}
    made: Copy = []
    for n, word in enumerate(words):
        kept = own[word.start() : word.end()]
        if n in chosen:
            new: Copy = [(c, None) for c in rng.choice(["qqamended", "", "China ", "qqvery "])]
            kept = [*new, *(kept if new and new[-1][0] == " " else [])]
        made += [*kept, (" ", None)]
    return made[:-1]


def truth(span: Span, raw: str, copy: Copy, where: dict[int, int]) -> Span | None:
    """Where a span's words stand in the copy; `None` if any was changed or something stands between them."""
    own = [i for i in range(*span) if not raw[i].isspace()]
    if not all(i in where for i in own):
        return None
    places = [where[i] for i in own]
    between = [k for k in range(places[0], places[-1] + 1) if not copy[k][0].isspace()]
    return Span(places[0], places[-1] + 1) if between == places else None


def recovered(raw: str, gold: AnnotationSet, change: str) -> tuple[int, int]:
    """How many of the labelled spans on unchanged words there are, and were found; none may be found elsewhere."""
    copy = changed(raw, change, random.Random(gold.path + change))
    where = {i: k for k, (_, i) in enumerate(copy) if i is not None}
    found = map_spans(fingerprints(raw, gold), "".join(c for c, _ in copy))
    expected = {span: truth(span, raw, copy, where) for span in set(labelled_spans(gold))}
    wrong = [s for s, place in found.items() if s in expected and place != expected[s]]
    assert wrong == [], [raw[s.start : s.end] for s in wrong]
    unchanged = [span for span, place in expected.items() if place]
    return len(unchanged), sum(span in found for span in unchanged)


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content(Corpus(ROOT), read_schema())


@pytest.mark.parametrize("change", CHANGES)
def test_nearly_all_spans_on_unchanged_words_are_found_and_none_elsewhere(content: Content, change: str) -> None:
    counts = [recovered(content.texts[d], content.gold[d], change) for d in sorted(content.texts)[::3]]
    unchanged, found = (sum(column) for column in zip(*counts, strict=True))
    assert unchanged > 1000
    assert found >= 0.98 * unchanged


@pytest.mark.parametrize("change", CHANGES)
def test_so_they_are_in_the_published_articles(content: Content, articles_folder: Path, change: str) -> None:
    counts = [
        recovered((articles_folder / f"{d}.txt").read_bytes().decode(), gold, change)
        for d, gold in content.gold.items()
        if not content.articles[d].redistribute
    ]
    unchanged, found = (sum(column) for column in zip(*counts, strict=True))
    assert unchanged > 500
    assert found >= 0.98 * unchanged


@given(st.text(alphabet=st.sampled_from("aB é\u0301“”'’\u00a0\n.–ﬁ…🇷🇺黑👩‍🚀"), max_size=40))
def test_the_normal_form_keeps_places(text: str) -> None:
    normal = normal_form(text)
    assert len(normal.text) == len(normal.start) == len(normal.end)
    assert not any(c.isspace() for c in normal.text)
    for at in range(len(normal.text)):
        span = normal.original(at, at + 1)
        assert normal.text[at] in fold(text[span.start : span.end])


@given(
    st.lists(st.sampled_from(["China", "Russia", "said", "that", "trade,", "“grew”", "\n"]), min_size=8, max_size=60)
)
def test_a_copy_to_the_letter_maps_to_itself(words: list[str]) -> None:
    raw = " ".join(words)
    prints = fingerprints(raw, None)
    found = map_spans(prints, raw)
    assert all(place == span for span, place in found.items())
    long = {p.span for p in prints if p.norm_end - p.norm_start >= 20}
    assert long <= set(found)


def test_a_text_that_shares_nothing_has_nothing(content: Content) -> None:
    prints = fingerprints(content.texts["trade-record-2024"], content.gold["trade-record-2024"])
    assert map_spans(prints, "Ferries and fares on the lower river in winter. " * 50) == {}
    assert map_spans(prints, "") == {}


RAW = (TOY_COPIES / "some name.txt").read_text()
OTHER = (
    RAW.replace(", and China", ",\nand\u00a0China").replace("sells timber", "sells much timber")
    + "\nBuy a ferry pass\n"
)


def test_hydrate_says_what_a_differing_copy_is_good_for(toy: Corpus, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "mine.txt").write_text(OTHER)
    out = sinorus(toy, "hydrate", str(tmp_path / "copies")).output
    assert "moved    reader-copy" in out
    assert "line 2/3, entity 6/6, claim 1/2" in out
    assert not toy.hydrated.exists()


def test_load_gives_a_differing_copy_with_the_labels_that_moved(toy_built: Built, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "mine.txt").write_text(OTHER)
    with pytest.warns(UserWarning, match="entity 6/6, claim 1/2"):
        rows = sinorus_corpus.load(
            toy_built.path, articles=tmp_path / "copies", split="transfer", cache_dir=str(tmp_path / "cache")
        )
    (row,) = rows
    assert check_spans(row) == 7
    assert [e["text"] for e in row["entities"]] == ["Russia", "timber", "China", "China", "machines", "Russia"]
    assert [c["text"] for c in row["claims"]] == ["China sells machines to Russia"]
    assert not row["reviewed"]


def test_a_copy_to_the_byte_is_preferred_and_warns_of_nothing(toy_built: Built, tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    (tmp_path / "copies" / "a.txt").write_text(OTHER)
    (tmp_path / "copies" / "b.txt").write_text(RAW)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        rows = sinorus_corpus.load(
            toy_built.path, articles=tmp_path / "copies", split="transfer", cache_dir=str(tmp_path / "cache")
        )
    assert check_spans(rows[0]) == 8


def test_fingerprint_writes_what_is_committed(toy: Corpus) -> None:
    before = toy.fingerprints("reader-copy").read_bytes()
    assert "sinorus hydrate" in sinorus(toy, "fingerprint", "reader-copy").output
    sinorus(toy, "hydrate", str(TOY_COPIES))
    toy.fingerprints("reader-copy").unlink()
    assert sinorus(toy, "fingerprint").exit_code == 0
    assert toy.fingerprints("reader-copy").read_bytes() == before
    assert "Did you mean reader-copy" in sinorus(toy, "fingerprint", "reader-cpy").output
