"""The parts of the training that can be shown on a few lines: weak labels, moved furniture, trees and network."""

from __future__ import annotations

import importlib
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sinorus_corpus.cleaning import network
from sinorus_corpus.cleaning.features import Features, Ints
from sinorus_corpus.cleaning.network import ENTRY_STEP, HEAVIEST, MOST, UNIT, WEIGHT_STEP, Network
from sinorus_corpus.cleaning.scoring import MODEL, read_model
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
    assert {name.split("-")[0] for name in parts} == {"keep", "trees", "context", "network", "type"}
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


def random_network(rng: np.random.Generator, inputs: int = 5, channels: int = 4, depth: int = 3) -> Network:
    """Weights in steps, as the training rounds them."""

    def steps(step: float, size: float, *shape: int) -> Features:
        return (np.rint(rng.normal(size=shape) * size / step) * step).astype(np.float32)

    return Network(
        steps(ENTRY_STEP, 300, 2 * channels, inputs),
        steps(1, 50, 2 * channels),
        steps(WEIGHT_STEP, 0.5, channels, 2 * channels),
        steps(1, 50, channels),
        steps(WEIGHT_STEP, 0.3, depth, 3 * channels, channels),
        steps(1, 20, depth, channels),
        steps(WEIGHT_STEP, 1, channels),
        np.array([0.25]),
    )


def one_by_one(network: Network, inputs: Features, page: Ints) -> list[float]:
    """What the network's docstring says, line by line."""
    wide = np.clip(np.rint(network.entry @ inputs + network.entry_bias[:, None]), 0, MOST)
    hidden = np.clip(np.rint(network.narrow @ wide + network.narrow_bias[:, None]), 0, MOST)
    for depth, (weights, bias) in enumerate(zip(network.layers, network.biases, strict=True)):
        old, channels = hidden.copy(), len(bias)
        for line in range(len(page)):
            made = bias.copy()
            for part, other in enumerate((line - 2**depth, line, line + 2**depth)):
                if 0 <= other < len(page) and page[other] == page[line]:
                    made += weights[part * channels : (part + 1) * channels] @ old[:, other]
            hidden[:, line] = np.minimum(old[:, line] + np.clip(np.rint(made), 0, MOST), MOST)
    return [float(logit) for logit in network.exit @ hidden * UNIT + network.exit_bias[0]]


def test_a_network_sees_the_lines_around_and_no_other_page(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    net, page = random_network(rng), np.repeat([0, 1, 3, 4], [30, 1, 9, 20])
    inputs = (np.rint(rng.normal(size=(5, len(page))) * 200) / 1024).astype(np.float32)
    scores = net.score(inputs, page).tolist()
    assert scores == one_by_one(net, inputs, page)
    assert len(set(scores)) > 50
    for block in (1, 7):
        monkeypatch.setattr(network, "_BLOCK", block)
        assert net.score(inputs, page).tolist() == scores
    alone = [net.score(np.ascontiguousarray(inputs[:, page == p]), page[page == p]).tolist() for p in np.unique(page)]
    assert [score for scores in alone for score in scores] == scores


def test_the_network_that_ships_says_what_the_trained_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    jax = pytest.importorskip("jax", reason="jax comes with the extra `train`: nothing was tested of the training")
    trained = importlib.import_module("training.network")
    monkeypatch.setattr(trained, "NOISE", 0.0)
    monkeypatch.setattr(trained, "DROPPED", 0.0)
    rng, page = np.random.default_rng(0), np.repeat([0, 1, 3], [200, 1, 99])
    weights = trained._first_weights(rng, 7)
    inputs = (np.rint(rng.normal(size=(7, len(page))) * 100) / 1024).astype(np.float32)
    wanted = trained._logits(weights, inputs.T * trained._INPUTS, page, jax.random.PRNGKey(0))
    found = trained.to_network(weights).score(inputs, page)
    assert np.std(wanted) > 0.2
    assert np.abs(found - np.asarray(wanted)).max() < 0.1  # rounded weights and values


def test_the_sums_of_the_network_that_ships_are_exact() -> None:
    net = read_model().network
    assert np.abs(net.entry).sum(axis=1).max() * 0.4 < 2**24 * 2**-10 * ENTRY_STEP
    assert np.abs(net.narrow).sum(axis=1).max() + np.abs(net.narrow_bias).max() / MOST < HEAVIEST
    depth, rows, channels = net.layers.shape
    taps = net.layers.reshape(depth, 3, rows // 3, channels)
    assert (np.abs(taps).sum(axis=(1, 3)) + np.abs(net.biases) / MOST).max() < HEAVIEST
    assert np.array_equal(np.rint(net.layers / WEIGHT_STEP), net.layers / WEIGHT_STEP)
    assert np.abs(net.exit).sum() < HEAVIEST


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
