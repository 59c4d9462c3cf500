"""Proposes the regions of many texts at once: line model, types, repeats, rules of the site. No reviewed file is read.

A text gives the same proposal alone and in a batch. Only `repeats`, what recurs on a site's pages, is a second input.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sinorus_corpus.cleaning.features import Floats, Ints, Lines, line_features
from sinorus_corpus.cleaning.recurrence import Keys, recur
from sinorus_corpus.cleaning.repeats import find_copies, lower_recurring
from sinorus_corpus.cleaning.scoring import read_model
from sinorus_corpus.cleaning.sites import SiteRule, apply_rules
from sinorus_corpus.cleaning.types import choose_types, read_types
from sinorus_corpus.records import Region, SinorusError
from sinorus_corpus.schema import Schema

MAX_LINES = 100_000
MAX_CHARS = 20_000_000
# Texts are taken together up to so much: enough for columns to pay, little enough to stay in the cache and flat.
BATCH_CHARS = 500_000
BATCH_LINES = 10_000


class Regions(NamedTuple):
    """The regions of some texts as columns, one entry a line that is not blank, in order.

    Attributes:
        offsets: where the regions of each text begin; one more than there are texts.
        start, end: code points of the text, half-open.
        label: an index into `labels`.
        keep: whether the line is in the text: its type is text and it repeats none before it.
        score: probability that the line is text of the body, 0 to 1.
        type_score: probability of the type among all types, 0 to 1.
        dup_of: the number, from 0, of the earlier region of the text that it repeats, or -1.
        rule: an index into the rules of sites: the one that decided, or -1.
    """

    offsets: Ints
    start: Ints
    end: Ints
    label: Ints
    keep: npt.NDArray[np.bool_]
    score: Floats
    type_score: Floats
    dup_of: Ints
    rule: Ints
    labels: tuple[str, ...]


class Proposal(NamedTuple):
    """A region with what the models say of it; `reason` is that of the site's rule that decided, else empty."""

    region: Region
    keep: bool
    score: float
    type_score: float
    reason: str


def propose_columns(
    texts: Sequence[str],
    schema: Schema,
    sites: Sequence[str] | None = None,
    rules: Sequence[SiteRule] = (),
    repeats: Keys | None = None,
) -> Regions:
    """The regions proposed for each text, as columns.

    Args:
        sites: the site of each text; an empty string where it is not known.
        rules: rules of sites.
        repeats: what recurs on a site's pages, from `count_repeats`.

    Raises:
        SinorusError: a text is longer than the models are meant for.
    """
    named = list(sites) if sites is not None else [""] * len(texts)
    found = [_regions(texts[a:b], schema, named[a:b], rules, repeats) for a, b in _batches(texts)]
    if len(found) == 1:
        return found[0]
    shift = np.cumsum([0] + [len(part.start) for part in found])
    offsets = np.concatenate([[0], *(part.offsets[1:] + n for part, n in zip(found, shift, strict=False))])
    columns = [np.concatenate(column) for column in list(zip(*found, strict=True))[1:-1]]
    return Regions._make([offsets, *columns, found[0].labels])


def propose(
    texts: Sequence[str],
    schema: Schema,
    sites: Sequence[str] | None = None,
    rules: Sequence[SiteRule] = (),
    repeats: Keys | None = None,
) -> list[list[Proposal]]:
    """What `propose_columns` finds, as a list of proposals for each text."""
    found = propose_columns(texts, schema, sites, rules, repeats)
    made = []
    for first, end in zip(found.offsets[:-1].tolist(), found.offsets[1:].tolist(), strict=True):
        page = []
        columns = zip(*(column[first:end].tolist() for column in found[1:-1]), strict=True)
        for number, (start, stop, label, keep, score, type_score, dup_of, rule) in enumerate(columns, 1):
            region = Region(f"r{number}", start, stop, found.labels[label], f"r{dup_of + 1}" if dup_of >= 0 else None)
            page.append(Proposal(region, keep, score, type_score, rules[rule].reason if rule >= 0 else ""))
        made.append(page)
    return made


def propose_regions(raw: str, schema: Schema, site: str = "", rules: Sequence[SiteRule] = ()) -> tuple[Region, ...]:
    """The regions proposed for one text."""
    return tuple(proposal.region for proposal in propose([raw], schema, [site], rules)[0])


def require_size(text: str) -> None:
    """Refuses a text that is longer than any article."""
    count = text.count("\n") + 1
    if count > MAX_LINES or len(text) > MAX_CHARS:
        found = f"{len(text):,} characters in {count:,} lines"
        raise SinorusError(
            f"too long to clean: {found}; expected at most {MAX_CHARS:,} in {MAX_LINES:,}. Split the text"
        )


def _batches(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """First and end of each run of texts that are taken together; one that is empty where there are no texts."""
    first = chars = count = 0
    for i, text in enumerate(texts):
        require_size(text)
        chars, count = chars + len(text), count + text.count("\n")
        if i > first and (chars > BATCH_CHARS or count > BATCH_LINES):
            yield first, i
            first, chars, count = i, len(text), text.count("\n")
    yield first, len(texts)


def _regions(
    texts: Sequence[str], schema: Schema, sites: Sequence[str], rules: Sequence[SiteRule], repeats: Keys | None
) -> Regions:
    lines = line_features(texts)
    model, types = read_model(), read_types()
    score = model.score(lines)
    if repeats is not None and len(repeats):
        score = lower_recurring(score, recur(texts, sites, repeats))
    labels = tuple(dict.fromkeys((*types.labels, *(rule.label for rule in rules))))
    text = np.array([name in schema.text_types() for name in labels])
    offsets = np.searchsorted(lines.page, np.arange(len(texts) + 1))
    rule = _rules(texts, lines, offsets, sites, rules)
    ruled = np.array([labels.index(r.label) for r in rules] + [-1])[rule]
    keep = np.where(rule >= 0, text[ruled], score >= model.threshold)
    label, type_score = choose_types(
        lines, types.probabilities(lines, score), types.labels, keep, schema.text_types(), rule < 0
    )
    label = np.where(rule >= 0, ruled, label)
    copies = find_copies(texts, lines, label)
    is_copy = copies >= 0
    label = np.where(is_copy, label[copies], label)
    dup_of = np.where(is_copy, copies - offsets[lines.page], -1)
    return Regions(
        offsets, lines.start, lines.end, label, text[label] & ~is_copy, score, type_score, dup_of, rule, labels
    )


def _rules(texts: Sequence[str], lines: Lines, offsets: Ints, sites: Sequence[str], rules: Sequence[SiteRule]) -> Ints:
    """Which rule decides each line, or -1."""
    decided = np.full(len(lines.page), -1)
    ruled = {rule.site for rule in rules}
    for page in (i for i, site in enumerate(sites) if site in ruled):
        part = slice(offsets[page], offsets[page + 1])
        spans = zip(lines.start[part].tolist(), lines.end[part].tolist(), strict=True)
        for i, rule in apply_rules(rules, sites[page], [texts[page][a:b] for a, b in spans]).items():
            decided[part.start + i] = rule
    return decided
