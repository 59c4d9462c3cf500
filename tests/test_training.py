"""The parts of the training that can be shown on a few lines: weak labels, measures, and that no page is stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from sinorus_corpus.cleaning.scoring import MODEL
from tests.conftest import ROOT
from training.furniture import furniture_type


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
    for path in MODEL.glob("*.txt"):
        body = path.read_text().split("\n\n", 1)[1]
        words = [w for w in body.split("end of trees")[0].replace("=", " ").split() if w.isalpha()]
        assert len(set(words)) < 40


def test_training_and_benchmarks_are_not_in_the_package() -> None:
    for folder in ("training", "benchmarks"):
        assert (ROOT / folder / "README.md").is_file()
        assert not (Path(MODEL).parent.parent / folder).exists()
