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
from sinorus_corpus.cleaning.features import DENSE, Features, Floats, Ints, Lines
from sinorus_corpus.cleaning.scoring import DIGITS, MODEL, Linear, read_linear

# The line model answers for the body alone; a title or subtitle is text that it drops.
HEADLINES = ("title", "subtitle")

_WORDS = DENSE.index("log_words")
_LEAST_WORDS = np.log1p(np.float32(3))
# A page has no title rather than one that is this unlikely: markup and menus, on pages whose title was not scraped.
_LEAST_TITLE = 0.1
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TypeModel:
    """Scores for each type, in the order of `labels`."""

    linear: Linear
    labels: tuple[str, ...]

    def probabilities(self, lines: Lines, score: Floats) -> Floats:
        """One row a type, one column a line, columns sum to 1."""
        raw = self.linear.shape_score(lines, type_context(lines, score)) + self.linear.word_score(lines)
        made = np.exp(raw - raw.max(axis=0))
        shares: Floats = made / made.sum(axis=0)
        return shares


def type_context(lines: Lines, score: Floats) -> Features:
    """The line model's scores on and around a line, and where its page's best run of prose is."""
    own = score.astype(np.float32)[None]
    return np.concatenate([own, neighbours(own, lines.page, 2), runs(score, lines.end - lines.start, lines.page)])


@cache
def read_types(folder: Path = MODEL) -> TypeModel:
    """The type model that ships with the package."""
    labels = json.loads((folder / "settings.json").read_text())["types"]
    return TypeModel(read_linear(folder, "type"), tuple(labels))


def choose_types(
    lines: Lines, probabilities: Floats, labels: tuple[str, ...], keep: Mask, text: frozenset[str], free: Mask
) -> tuple[Ints, Floats]:
    """The most likely allowed type of each line, as an index into `labels`, and its probability among all types.

    Args:
        keep: whether the line is text, by the line model or by a rule.
        text: the types whose lines are text.
        free: lines that no rule has decided: only they can be the title.
    """
    body = np.array([label in text and label not in HEADLINES for label in labels])
    chosen = np.where(keep, _best(probabilities, body), _best(probabilities, ~body))
    headlines = [labels.index(label) for label in HEADLINES if label in labels]
    rest = ~body
    for headline in headlines:
        rest[headline] = False
        _one_a_page(lines, chosen, probabilities, headline, rest, free)
    if headlines:
        _a_title_for_all(lines, chosen, probabilities[headlines[0]], headlines[0], keep, free)
    return chosen, np.round(probabilities[chosen, np.arange(len(chosen))], DIGITS)


def _best(probabilities: Floats, allowed: Mask) -> Ints:
    names = np.flatnonzero(allowed)
    best: Ints = names[probabilities[names].argmax(axis=0)]
    return best


def _one_a_page(lines: Lines, chosen: Ints, probabilities: Floats, headline: int, rest: Mask, free: Mask) -> None:
    """Leaves a headline type to the page's likeliest line and its copies, the first above all; others get one of `rest`."""
    claim = np.flatnonzero(chosen == headline)
    claims = claim[free[claim]]
    order = claims[np.lexsort((claims, -probabilities[headline, claims], lines.page[claims]))]
    first = np.concatenate(([True], lines.page[order][1:] != lines.page[order][:-1]))[: len(order)]
    chosen[claim] = _best(probabilities[:, claim], rest)
    for best in order[first].tolist():
        same = claim[(lines.page[claim] == lines.page[best]) & (lines.line_hash[claim] == lines.line_hash[best])]
        chosen[[_first_copy(lines, best), *same]] = headline


def _first_copy(lines: Lines, line: int) -> int:
    """The first line of the page with the same words, as an index into `lines`."""
    start = int(np.searchsorted(lines.page, lines.page[line]))
    return start + int(np.argmax(lines.line_hash[start : line + 1] == lines.line_hash[line]))


def _a_title_for_all(lines: Lines, chosen: Ints, likely: Floats, title: int, keep: Mask, free: Mask) -> None:
    """Gives a page without a title the likeliest line down to the first of its text: nearly every article has one."""
    titled = set(lines.page[chosen == title].tolist())
    able = free & (lines.dense[_WORDS] >= _LEAST_WORDS) & (likely >= _LEAST_TITLE)
    for page in np.unique(lines.page[keep]).tolist():
        if page in titled:
            continue
        first, end = np.searchsorted(lines.page, [page, page + 1])
        top = np.arange(first, first + int(np.argmax(keep[first:end])) + 1)
        top = top[able[top]]
        if top.size:
            chosen[_first_copy(lines, top[int(np.argmax(likely[top]))])] = title
