"""Proposes the regions of many texts at once: line model, types, repeats, rules of the site. No reviewed file is read.

A text gives the same proposal alone and in a batch. Only `repeats`, what recurs on a site's pages, is a second input.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from sinorus_corpus.cleaning.features import DENSE, Floats, Lines, line_features
from sinorus_corpus.cleaning.scoring import read_model
from sinorus_corpus.cleaning.sites import SiteRule, apply_rules
from sinorus_corpus.cleaning.types import choose_types, read_types
from sinorus_corpus.records import Region, SinorusError
from sinorus_corpus.schema import Schema

MAX_LINES = 100_000
MAX_CHARS = 20_000_000
# Texts are taken together up to this many characters: enough for columns to pay, little enough to stay flat.
BATCH_CHARS = 2_000_000
# From this length on the same words are a copy, whatever type was guessed.
_LONG = 40
_REPEATED = DENSE.index("repeated")

# Of boilerplate lines 85 to 96 % recur on a site's pages, of body lines 2 to 7 % (measured on sites of five pages or more).
_RECURRING = np.log(0.9 / 0.045)
_LEAST_PAGES = 5
_LEAST_SHARE = 0.2

Repeats = dict[str, tuple[int, Counter[int]]]


class Proposal(NamedTuple):
    """A region with what the models say of it.

    Attributes:
        keep: whether the line is in the text: its type is text and it repeats none before it.
        score: probability that the line is text of the body, 0 to 1.
        type_score: probability of the type among those that `score` allows, 0 to 1.
        reason: the site's rule that decided, else empty.
    """

    region: Region
    keep: bool
    score: float
    type_score: float
    reason: str


def propose(
    texts: Sequence[str],
    schema: Schema,
    sites: Sequence[str] | None = None,
    rules: Sequence[SiteRule] = (),
    repeats: Repeats | None = None,
) -> list[list[Proposal]]:
    """The proposals for each text, in order.

    Args:
        sites: the site of each text; an empty string where it is not known.
        rules: rules of sites.
        repeats: what recurs on a site's pages, from `count_repeats`.

    Raises:
        SinorusError: a text is longer than the models are meant for.
    """
    for text in texts:
        require_size(text)
    lines = line_features(texts)
    named = list(sites) if sites is not None else [""] * len(texts)
    model, types = read_model(), read_types()
    score = _with_repeats(lines, model.score(lines), named, repeats)
    keep = score >= model.threshold
    kinds = schema.text_types()
    chosen, type_score = choose_types(lines, types.probabilities(lines, score), types.labels, keep, kinds)
    bounds = np.searchsorted(lines.page, np.arange(len(texts) + 1))
    return [
        _page(text, lines, slice(a, b), [types.labels[i] for i in chosen[a:b]], score, type_score, kinds, site, rules)
        for text, site, a, b in zip(texts, named, bounds[:-1], bounds[1:], strict=True)
    ]


def require_size(text: str) -> None:
    """Refuses a text that is longer than any article."""
    count = text.count("\n") + 1
    if count > MAX_LINES or len(text) > MAX_CHARS:
        found = f"{len(text):,} characters in {count:,} lines"
        raise SinorusError(
            f"too long to clean: {found}; expected at most {MAX_CHARS:,} in {MAX_LINES:,}. Split the text"
        )


def _page(
    text: str,
    lines: Lines,
    part: slice,
    labels: list[str],
    score: Floats,
    type_score: Floats,
    kinds: frozenset[str],
    site: str,
    rules: Sequence[SiteRule],
) -> list[Proposal]:
    starts, ends = lines.start[part].tolist(), lines.end[part].tolist()
    decided: dict[int, SiteRule] = {}
    if rules:
        decided = apply_rules(rules, site, [text[a:b] for a, b in zip(starts, ends, strict=True)])
        labels = [decided[i].label if i in decided else label for i, label in enumerate(labels)]
    scores, type_scores = score[part].tolist(), type_score[part].tolist()
    copies = _copies(text, starts, ends, labels, lines, part)
    made = []
    for i, label in enumerate(labels):
        first = copies.get(i)
        dup_of = None
        if first is not None:
            label, dup_of = labels[first], f"r{first + 1}"
        reason = decided[i].reason if i in decided else ""
        region = Region(f"r{i + 1}", starts[i], ends[i], label, dup_of)
        made.append(Proposal(region, dup_of is None and label in kinds, scores[i], type_scores[i], reason))
    return made


def _copies(
    text: str, starts: list[int], ends: list[int], labels: list[str], lines: Lines, part: slice
) -> dict[int, int]:
    """Which line repeats which earlier one: the same words, whatever case.

    A short line repeats another only if both have one type: a menu's "China" is no copy of a heading's.
    """
    first: dict[int, int] = {}
    copies = {}
    hashes = lines.line_hash[part]
    for i in np.flatnonzero(lines.dense[part, _REPEATED]).tolist():
        earlier = first.setdefault(int(hashes[i]), i)
        alike = labels[earlier] == labels[i] or ends[i] - starts[i] >= _LONG
        if (
            earlier != i
            and alike
            and text[starts[i] : ends[i]].casefold() == text[starts[earlier] : ends[earlier]].casefold()
        ):
            copies[i] = earlier
    return copies


def propose_regions(raw: str, schema: Schema, site: str = "", rules: Sequence[SiteRule] = ()) -> tuple[Region, ...]:
    """The regions proposed for one text."""
    return tuple(proposal.region for proposal in propose([raw], schema, [site], rules)[0])


def count_repeats(pages: Iterable[tuple[str, str]]) -> Repeats:
    """Counts on how many pages of its site each line stands, case and digits aside.

    Args:
        pages: pairs of site and text; pages of an unknown site are not counted.
    """
    numbers: Counter[str] = Counter()
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for site, text in pages:
        if site:
            numbers[site] += 1
            counts[site].update(set(line_features([text]).line_hash.tolist()))
    return {site: (number, counts[site]) for site, number in numbers.items()}


def _with_repeats(lines: Lines, score: Floats, sites: list[str], repeats: Repeats | None) -> Floats:
    """Lowers the score of lines that recur on a site's pages, by the odds at which boilerplate does."""
    if not repeats:
        return score
    recurring = np.zeros(len(score), dtype=bool)
    for i, (page, key) in enumerate(zip(lines.page.tolist(), lines.line_hash.tolist(), strict=True)):
        number, counts = repeats.get(sites[page], (0, Counter()))
        recurring[i] = number >= _LEAST_PAGES and counts[key] >= max(2, _LEAST_SHARE * number)
    odds = score / np.maximum(1 - score, 1e-9) * np.where(recurring, np.exp(-_RECURRING), 1.0)
    lowered: Floats = np.round(odds / (1 + odds), 6)
    return lowered
