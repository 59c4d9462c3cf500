"""Names the type of each line, given how likely it is text. A smaller step after the line model.

A linear model over the same words and shape, with the line model's scores around the line, chooses among the types that
the line model's decision allows; then the page is looked at once more for its one title and for repeats.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sinorus_corpus.cleaning.context import neighbours, runs
from sinorus_corpus.cleaning.features import DENSE, Floats, Ints, Lines
from sinorus_corpus.cleaning.scoring import DIGITS, MODEL, Linear, read_linear

# The line model answers for the body alone; a title or subtitle is text that it drops.
HEADLINES = ("title", "subtitle")

_WORDS = DENSE.index("log_words")
_LEAST_WORDS = np.log1p(3)


@dataclass(frozen=True)
class TypeModel:
    """Scores for each type, in the order of `labels`."""

    linear: Linear
    labels: tuple[str, ...]

    def probabilities(self, lines: Lines, score: Floats) -> Floats:
        """One row a line, one column a type, rows sum to 1."""
        raw = self.linear.score(lines, type_context(lines, score))
        made = np.exp(raw - raw.max(axis=1, keepdims=True))
        shares: Floats = np.round(made / made.sum(axis=1, keepdims=True), DIGITS)
        return shares


def type_context(lines: Lines, score: Floats) -> Floats:
    """The line model's scores on and around a line, and where its page's best run of prose is."""
    around = [score, *neighbours([score], lines.page, 2), *runs(score, lines.end - lines.start, lines.page)]
    return np.column_stack(around)


@cache
def read_types(folder: Path = MODEL) -> TypeModel:
    """The type model that ships with the package."""
    labels = json.loads((folder / "settings.json").read_text())["types"]
    return TypeModel(read_linear(folder, "type"), tuple(labels))


def choose_types(
    lines: Lines, probabilities: Floats, labels: tuple[str, ...], keep: npt.NDArray[np.bool_], text: frozenset[str]
) -> tuple[Ints, Floats]:
    """The most likely allowed type of each line, as an index into `labels`, and its probability.

    Args:
        keep: the line model's decision.
        text: the types whose lines are text.
    """
    body = np.array([label in text and label not in HEADLINES for label in labels])
    allowed = np.where(keep[:, None], body, ~body)
    masked = np.where(allowed, probabilities, -1.0)
    for label in HEADLINES:
        if label in labels:
            masked = _one_a_page(lines, masked, labels.index(label))
    if "title" in labels:
        masked = _a_title_for_all(lines, masked, probabilities[:, labels.index("title")], labels.index("title"), keep)
    return masked.argmax(axis=1), masked.max(axis=1, initial=0.0)


def _one_a_page(lines: Lines, masked: Floats, column: int) -> Floats:
    """Leaves a headline type to the page's likeliest line alone, and to the copies of that line."""
    claim = np.flatnonzero(masked.argmax(axis=1) == column)
    if not claim.size:
        return masked
    order = claim[np.lexsort((claim, -masked[claim, column], lines.page[claim]))]
    first = np.concatenate(([True], lines.page[order][1:] != lines.page[order][:-1]))
    winner = dict(zip(lines.page[order[first]].tolist(), order[first].tolist(), strict=True))
    losers = [i for i in claim.tolist() if lines.line_hash[i] != lines.line_hash[winner[int(lines.page[i])]]]
    changed = masked.copy()
    changed[losers, column] = -1.0
    for best in winner.values():  # the first copy is the headline, the others repeat it
        start = np.searchsorted(lines.page, lines.page[best])
        copy = start + int(np.argmax(lines.line_hash[start : best + 1] == lines.line_hash[best]))
        changed[copy, column] = max(changed[best, column], changed[copy].max())
    return changed


def _a_title_for_all(lines: Lines, masked: Floats, title: Floats, column: int, keep: npt.NDArray[np.bool_]) -> Floats:
    """Gives a page without a title the likeliest line above its text: nearly every article has one."""
    titled = set(lines.page[masked.argmax(axis=1) == column].tolist())
    changed = masked.copy()
    for page in np.unique(lines.page[keep]).tolist():
        if page in titled:
            continue
        first, end = np.searchsorted(lines.page, [page, page + 1])
        body = first + int(np.argmax(keep[first:end]))
        above = np.arange(first, body)
        above = above[lines.dense[above, _WORDS] >= _LEAST_WORDS]
        if above.size:
            best = above[int(np.argmax(title[above]))]
            changed[best, column] = max(1.0, float(changed[best].max()))
    return changed
