"""The line model: how likely each line is text, from words, shape and place. Training and cleaning use these functions.

First a linear score over hashed words and shape; then boosted trees over that score, the shape, the neighbours and the
runs of prose; then trees of the same kind that also see the first trees' scores of the lines around. All three ship as
plain data in `cleaning/model/`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from sinorus_corpus.cleaning.context import neighbours, runs
from sinorus_corpus.cleaning.features import DENSE, Floats, Ints, Lines

if TYPE_CHECKING:
    import lightgbm

MODEL = Path(__file__).parent / "model"
WORD_BITS = 16
# Scores are rounded before anything is decided, so that the order of a sum cannot decide it.
DIGITS = 6

_SHOWN = ["log_chars", "log_words", "last_stop", "share_upper", "share_digit", "upper_words", "stops", "commas"]
_COLUMNS = [DENSE.index(name) for name in _SHOWN]


@dataclass(frozen=True)
class Linear:
    """A linear model over shape and hashed words; `shape` and `words` have one row a class.

    Attributes:
        mean, deviation: of each dense feature, for scaling.
    """

    mean: Floats
    deviation: Floats
    shape: Floats
    words: Floats
    bias: Floats

    def score(self, lines: Lines, extra: Floats | None = None) -> Floats:
        """The linear score of each line for each class."""
        return self.shape_score(lines, extra) + self.word_score(lines)

    def shape_score(self, lines: Lines, extra: Floats | None = None) -> Floats:
        """What all but the words say, for each class."""
        dense = lines.dense if extra is None else np.hstack([lines.dense, extra])
        # einsum sums each row by itself: a matrix product would round differently in batches of different size.
        made: Floats = np.einsum("ij,kj->ik", scale(dense, self.mean, self.deviation), self.shape) + self.bias
        return made

    def word_score(self, lines: Lines) -> Floats:
        """What the words alone say, for each class."""
        count = np.diff(lines.offsets)
        found = bucket(lines.words, int(np.log2(self.words.shape[1])))
        bags = csr_matrix((np.ones(len(found)), found, lines.offsets), shape=(len(count), self.words.shape[1]))
        made: Floats = (bags @ self.words.T) / np.sqrt(np.maximum(count, 1))[:, None]
        return made


def scale(dense: Floats, mean: Floats, deviation: Floats) -> Floats:
    """Dense features around 0, cut off at 4 deviations, and small beside the words."""
    scaled: Floats = np.clip((dense - mean) / deviation, -4, 4) * 0.1
    return scaled


def bucket(words: npt.NDArray[np.uint64], bits: int) -> Ints:
    """The place of each hashed word in a table of `2**bits`."""
    return (words >> np.uint64(64 - bits)).astype(np.int64)


def first_features(lines: Lines, prior: Floats, words: Floats) -> npt.NDArray[np.float32]:
    """What the first trees see: the line, its linear score, its neighbours, the runs of prose by that score."""
    around = neighbours([prior, *(lines.dense[:, i] for i in _COLUMNS)], lines.page)
    made = [prior, words, *around, *runs(prior, lines.end - lines.start, lines.page)]
    return np.hstack([lines.dense, np.column_stack(made)]).astype(np.float32)


def second_features(lines: Lines, score: Floats, first: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """What the second trees see beside that: the first trees' scores around the line, and the runs by them."""
    made = [*neighbours([score], lines.page, 6), *runs(score, lines.end - lines.start, lines.page), score]
    return np.hstack([np.column_stack(made).astype(np.float32), first])


def probability(score: Floats) -> Floats:
    """The logistic function, rounded."""
    rounded: Floats = np.round(1 / (1 + np.exp(-score)), DIGITS)
    return rounded


@dataclass(frozen=True)
class LineModel:
    """Linear score, two sets of trees, and the threshold from which a line is text."""

    linear: Linear
    first: lightgbm.Booster
    second: lightgbm.Booster
    threshold: float

    def score(self, lines: Lines) -> Floats:
        """The probability that each line is text of the article's body, 0 to 1."""
        if not len(lines.page):
            return np.zeros(0)
        words = self.linear.word_score(lines)
        prior = probability((self.linear.shape_score(lines) + words)[:, 0])
        first = first_features(lines, prior, words[:, 0])
        score = _predict(self.first, first)
        return _predict(self.second, second_features(lines, score, first))


def _predict(trees: lightgbm.Booster, features: npt.NDArray[np.float32]) -> Floats:
    """The trees' probabilities; a line that is already certain is not taken through all of them, which halves the time."""
    found = trees.predict(
        features, num_threads=1, pred_early_stop=True, pred_early_stop_freq=10, pred_early_stop_margin=8.0
    )
    return np.asarray(np.round(found, DIGITS), dtype=np.float64)


def save_linear(linear: Linear, folder: Path, name: str) -> None:
    """Writes a linear model as `.npy` arrays, half precision."""
    for part in ("mean", "deviation", "shape", "words", "bias"):
        np.save(
            folder / f"{name}-{part}.npy", getattr(linear, part).astype(np.float16 if part == "words" else np.float32)
        )


def read_linear(folder: Path, name: str) -> Linear:
    """Reads a linear model; nothing in the files can run."""
    parts = ("mean", "deviation", "shape", "words", "bias")
    return Linear(*(np.load(folder / f"{name}-{part}.npy", allow_pickle=False).astype(np.float64) for part in parts))


@cache
def read_model(folder: Path = MODEL) -> LineModel:
    """The model that ships with the package."""
    import lightgbm

    settings = json.loads((folder / "settings.json").read_text())
    first, second = (lightgbm.Booster(model_file=str(folder / f"{name}.trees.txt")) for name in ("first", "second"))
    return LineModel(read_linear(folder, "keep"), first, second, settings["threshold"])
