"""The line model: how likely each line is text, from words, shape and place. Training and cleaning use these functions.

First a linear score over hashed words and shape; then boosted trees and a small network over that score, the shape, the runs
of prose and the lines around, of which the mean counts: they err on different lines. All three ship as plain data in
`cleaning/model/`. Arrays of features have one row a feature and one column a line.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from sinorus_corpus.cleaning.context import DISTANCES, neighbours, runs
from sinorus_corpus.cleaning.features import DENSE, Features, Floats, Lines
from sinorus_corpus.cleaning.network import Network, read_network
from sinorus_corpus.cleaning.trees import Trees, read_trees

MODEL = Path(__file__).parent / "model"
WORD_BITS = 16
# Scores are rounded before anything is decided, so that the order of a sum cannot decide it.
DIGITS = 6
# Scaled features and their weights are rounded to these steps, to so few binary digits that products and sums are exact:
# a sum is the same in any order, in a batch of any size.
_FEATURE_STEP = 2.0**-10
_WEIGHT_STEP = 2.0**-12
# A linear score beyond this says no more.
_SUREST = 10.0

# What the trees see of a line's neighbours beside their linear score.
_SHOWN = ["log_chars", "log_words", "last_stop", "share_upper", "share_digit", "upper_words", "stops", "commas"]
_COLUMNS = [DENSE.index(name) for name in _SHOWN]


@dataclass(frozen=True)
class Linear:
    """A linear model over shape and hashed words; `shape` has one row a class, `words` one column a class.

    Attributes:
        mean, deviation: of each dense feature, for scaling.
    """

    mean: Features
    deviation: Features
    shape: Floats
    words: Features
    bias: Floats

    def shape_score(self, lines: Lines, extra: Features | None = None) -> Floats:
        """What all but the words say: one row a class."""
        parts = [lines.dense] if extra is None else [lines.dense, extra]
        ends = np.cumsum([len(part) for part in parts])
        scaled = np.empty((ends[-1], lines.dense.shape[1]))
        for part, end in zip(parts, ends, strict=True):
            rows = slice(end - len(part), end)
            scaled[rows] = scale(part, self.mean[rows], self.deviation[rows])
        made: Floats = self.shape @ scaled + self.bias[:, None]
        return made

    def word_score(self, lines: Lines) -> Floats:
        """What the words alone say: one row a class."""
        count = np.diff(lines.offsets)
        found = bucket(lines.words, int(np.log2(len(self.words))))
        ones = np.ones(len(found), dtype=np.float32)
        bags = csr_matrix((ones, found, lines.offsets), shape=(len(count), len(self.words)))
        made: Floats = (bags @ self.words).T / np.sqrt(np.maximum(count, 1))
        return made


def scale(dense: Features, mean: Features, deviation: Features) -> Features:
    """Dense features around 0, cut off at 4 deviations, and small beside the words; in steps."""
    scaled = dense - mean[:, None]
    scaled *= (0.1 / deviation / _FEATURE_STEP).astype(np.float32)[:, None]
    np.clip(np.rint(scaled, out=scaled), -0.4 / _FEATURE_STEP, 0.4 / _FEATURE_STEP, out=scaled)
    scaled *= np.float32(_FEATURE_STEP)
    return scaled


def bucket(words: npt.NDArray[np.uint64], bits: int) -> npt.NDArray[np.int32]:
    """The place of each hashed word in a table of `2**bits`."""
    return (words >> np.uint64(64 - bits)).astype(np.int32)


def context_features(lines: Lines, prior: Floats, words: Floats) -> tuple[Features, Features]:
    """What the trees see and what the network sees, given the linear score of each line and the words' part in it.

    Both see the line itself, these scores and the runs of prose by them; the trees are also shown the neighbours.
    """
    likely = probability(prior)
    own = np.stack([likely, words]).astype(np.float32)
    around = neighbours(np.concatenate([own[:1], lines.dense[_COLUMNS]]), lines.page)
    found = runs(likely, lines.end - lines.start, lines.page)
    for_trees = np.concatenate([lines.dense, own, around, found])
    far = found[DISTANCES]
    found[DISTANCES] = np.sign(far) * np.log1p(np.abs(far))
    bounded = np.clip(np.stack([prior, words]), -_SUREST, _SUREST).astype(np.float32)
    return for_trees, np.concatenate([lines.dense, bounded, found])


def probability(score: Floats) -> Floats:
    """The logistic function, rounded."""
    rounded: Floats = np.round(1 / (1 + np.exp(-np.clip(score, -40, 40))), DIGITS)
    return rounded


@dataclass(frozen=True)
class LineModel:
    """Linear score, trees, a network, and the threshold from which a line is text.

    Attributes:
        mean, deviation: of each feature that the network sees, for scaling.
    """

    linear: Linear
    trees: Trees
    mean: Features
    deviation: Features
    network: Network
    threshold: float

    def score(self, lines: Lines) -> Floats:
        """The probability that each line is text of the article's body, 0 to 1."""
        words = self.linear.word_score(lines)[0]
        for_trees, seen = context_features(lines, self.linear.shape_score(lines)[0] + words, words)
        logit = self.network.score(scale(seen, self.mean, self.deviation), lines.page)
        return mean_probability(self.trees.score(for_trees), logit)


def mean_probability(trees: Floats, network: Floats) -> Floats:
    """What the trees and the network say together, given the logits of both."""
    return probability((trees + network) / 2)


def to_linear(mean: Features, deviation: Features, weights: Floats, bias: Floats) -> Linear:
    """A linear model with its weights in the steps and the precision in which they are kept."""
    shape, words = np.split(weights, [len(mean)], axis=1)
    hashed = np.ascontiguousarray(words.T.astype(np.float16).astype(np.float32))
    return Linear(mean, deviation, np.round(shape / _WEIGHT_STEP) * _WEIGHT_STEP, hashed, bias.astype(np.float32))


def save_linear(linear: Linear, folder: Path, name: str) -> None:
    """Writes a linear model as `.npy` arrays, the words in half precision."""
    for part in _PARTS:
        kind = np.float16 if part == "words" else np.float32
        np.save(folder / f"{name}-{part}.npy", getattr(linear, part).astype(kind))


_PARTS = ("mean", "deviation", "shape", "words", "bias")


def read_linear(folder: Path, name: str) -> Linear:
    """Reads a linear model; nothing in the files can run."""
    mean, deviation, shape, words, bias = (np.load(folder / f"{name}-{p}.npy", allow_pickle=False) for p in _PARTS)
    return Linear(mean, deviation, shape.astype(np.float64), words.astype(np.float32), bias.astype(np.float64))


@cache
def read_model(folder: Path = MODEL) -> LineModel:
    """The model that ships with the package."""
    settings = json.loads((folder / "settings.json").read_text())
    mean, deviation = (np.load(folder / f"context-{part}.npy", allow_pickle=False) for part in ("mean", "deviation"))
    linear, trees, network = read_linear(folder, "keep"), read_trees(folder, "trees"), read_network(folder, "network")
    return LineModel(linear, trees, mean, deviation, network, settings["threshold"])
