"""Boosted oblivious trees as plain arrays, evaluated a whole batch of lines at a time. What they are asked is not known here.

All nodes of one depth of an oblivious tree ask the same question (Prokhorenkova et al. 2018, CatBoost), so that the answers,
read as a binary number, are the leaf: a comparison of columns for each question, and no branch.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sinorus_corpus.cleaning.context import Features, Floats, Ints

_PARTS = ("feature", "border", "leaves", "bias")


@dataclass(frozen=True)
class Trees:
    """Trees of one depth.

    Attributes:
        feature, border: one row a tree, one column a question: is this feature greater than that?
        leaves: one row a tree; the answers are the bits of a leaf's number, the first answer the highest.
        bias: what is added to the sum of the leaves.
    """

    feature: Ints
    border: Features
    leaves: Floats
    bias: Floats

    def score(self, features: Features) -> Floats:
        """The sum of the leaves that each line falls into; `features` has one row a feature, one column a line."""
        rows, size = list(features), features.shape[1]
        total = np.full(size, self.bias[0])
        leaf, answer, value = np.empty(size, dtype=np.uint8), np.empty(size, dtype=bool), np.empty(size)
        for columns, borders, leaves in zip(self.feature.tolist(), self.border, self.leaves, strict=True):
            np.greater(rows[columns[0]], borders[0], out=leaf.view(bool))
            for column, border in zip(columns[1:], borders[1:], strict=True):
                np.add(leaf, leaf, out=leaf)
                np.greater(rows[column], border, out=answer)
                np.add(leaf, answer.view(np.uint8), out=leaf)
            total += leaves.take(leaf, out=value, mode="clip")
        return total


def save_trees(trees: Trees, folder: Path, name: str) -> None:
    """Writes trees as `.npy` arrays."""
    for part in _PARTS:
        kind = np.float32 if part == "leaves" else None
        np.save(folder / f"{name}-{part}.npy", np.asarray(getattr(trees, part), dtype=kind))


def read_trees(folder: Path, name: str) -> Trees:
    """Reads trees; nothing in the files can run."""
    feature, border, leaves, bias = (np.load(folder / f"{name}-{part}.npy", allow_pickle=False) for part in _PARTS)
    return Trees(feature, border, leaves.astype(np.float64), bias)
