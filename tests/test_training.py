"""The parts of the training that can be shown on a few lines: weak labels, moved furniture, trees, that no page is stored."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sinorus_corpus.cleaning.scoring import MODEL
from sinorus_corpus.cleaning.trees import Trees
from tests.conftest import ROOT
from training.furniture import furniture_type
from training.moved import with_moved_furniture


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("Subscribe to our newsletter", "newsletter"),
        ("Share this article", "share"),
        ("We use cookies to improve this site", "cookie_legal"),
        ("© All rights reserved", "licence"),
        ('<div class="hero">', "html_leak"),
        ("Leave a comment", "comment_form"),
        ("The line carries grain to the border and back.", ""),
    ],
)
def test_a_line_that_gives_itself_away_is_named(line: str, label: str) -> None:
    assert furniture_type(line) == label


def test_a_long_line_gives_nothing_away() -> None:
    assert furniture_type("word " * 70 + "newsletter") == ""


def test_the_model_holds_numbers_and_no_text_of_pages() -> None:
    parts = {path.stem: np.load(path, allow_pickle=False) for path in MODEL.glob("*.npy")}
    assert {name.split("-")[0] for name in parts} == {"keep", "first", "second", "type"}
    assert {array.dtype.kind for array in parts.values()} == {"f", "i"}


def page(keeps: list[bool]) -> dict[str, Any]:
    """A labelled page with one numbered line for each of `keeps`."""
    texts = [f"{'prose' if keep else 'menu'} {i}" for i, keep in enumerate(keeps)]
    lines, at = [], 0
    for text, keep in zip(texts, keeps, strict=True):
        lines.append({"start": at, "end": at + len(text), "keep": keep})
        at += len(text) + 1
    return {"id": "a", "site": "a", "kind": "full", "text": "\n".join(texts), "lines": lines}


def test_moved_furniture_stands_between_paragraphs_that_all_stay() -> None:
    whole = page([False] * 5 + [True] * 6 + [False] * 5)
    for seed in range(30):
        moved = with_moved_furniture(whole, random.Random(seed))
        assert moved is not None
        assert moved["kind"] == "moved"
        texts = [moved["text"][line["start"] : line["end"]] for line in moved["lines"]]
        assert moved["text"] == "\n".join(texts)
        assert [line["keep"] for line in moved["lines"]] == [text.startswith("prose") for text in texts]
        assert [text for text in texts if text.startswith("prose")] == [f"prose {i}" for i in range(5, 11)]
        inside = texts[texts.index("prose 5") : texts.index("prose 10")]
        assert any(text.startswith("menu") for text in inside)
        assert set(texts) == {f"{'prose' if 5 <= i < 11 else 'menu'} {i}" for i in range(16)}


def test_a_page_with_little_text_or_furniture_is_not_moved() -> None:
    assert with_moved_furniture(page([False] * 5 + [True] * 3), random.Random(0)) is None
    assert with_moved_furniture(page([True] * 9 + [False]), random.Random(0)) is None
    assert with_moved_furniture(page([True] * 3 + [False] * 5 + [True] * 3), random.Random(0)) is None


def test_oblivious_trees_answer_as_their_questions_say() -> None:
    trees = Trees(
        np.array([[0, 1], [1, 0]]),
        np.array([[0.5, 2.0], [1.0, 3.0]], dtype=np.float32),
        np.array([[1.0, 2.0, 4.0, 8.0], [16.0, 32.0, 64.0, 128.0]]),
        np.array([0.25]),
    )
    features = np.array([[0.0, 1.0, 4.0, 0.5], [0.0, 3.0, 0.0, 2.5]], dtype=np.float32)
    assert trees.score(features).tolist() == [17.25, 72.25, 36.25, 66.25]


def test_training_and_benchmarks_are_not_in_the_package() -> None:
    for folder in ("training", "benchmarks"):
        assert (ROOT / folder / "README.md").is_file()
        assert not (Path(MODEL).parent.parent / folder).exists()
