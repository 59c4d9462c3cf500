"""Tokens of a text and IOB2 tags for spans on them. No table and no format may live here.

`bio_codes` and `outermost_mask` work on columns: offsets of many texts at once, told apart by adding `text number << 32` to
each. Everything else that tags or picks outermost spans goes through them.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sinorus_corpus.characters import UNSPACED_RANGES
from sinorus_corpus.records import Span

Integers = NDArray[np.int64]
# Scripts written without spaces give one token a character; a label inside such a run can then keep its edges.
_TOKEN = re.compile(rf"[{UNSPACED_RANGES}]|[^\W{UNSPACED_RANGES}]+|[^\w\s]")


def token_spans(text: str) -> list[Span]:
    """Words, single characters of scripts without spaces, and single punctuation marks of `text`."""
    return [Span(*match.span()) for match in _TOKEN.finditer(text)]


def cut_tokens(text: str, spans: list[Span]) -> list[Span]:
    """The same, cut where one of `spans` begins or ends, so that each of them is whole tokens; white space stays out.

    What no token covers (a lone combining mark, say) becomes a token where a span holds it.
    """
    cuts = {edge for span in spans for edge in span}
    tokens = token_spans(text)
    edges = sorted(cuts | {edge for token in tokens for edge in token})
    covered = [*spans, *tokens]
    inside = bytearray(len(text) + 1)
    for start, end in covered:
        inside[start:end] = b"\1" * (end - start)
    pieces = [Span(a, b) for a, b in pairwise(edges)]
    return [piece for piece in pieces if inside[piece.start] and text[piece.start : piece.end].strip()]


class Tagged(NamedTuple):
    """Tags of tokens, and the tokens of each span.

    Attributes:
        tags: for each token 0 outside of spans, `2 * label + 1` where a span begins, `2 * label + 2` inside one.
        first, last: for each span the half-open range of its tokens; empty where no token is left for it.
    """

    tags: Integers
    first: Integers
    last: Integers


def bio_codes(
    token_starts: ArrayLike, token_ends: ArrayLike, starts: ArrayLike, ends: ArrayLike, labels: ArrayLike
) -> Tagged:
    """IOB2 tags as numbers: a token belongs to a span if they share a character; of two spans in one token the first has it.

    Args:
        token_starts, token_ends: half-open offsets of the tokens, neither ever falling; no token is empty.
        starts, ends: of the spans, in order, not overlapping (see `outermost_mask`).
        labels: number of the label of each span.
    """
    begins, stops = np.asarray(token_starts, np.int64), np.asarray(token_ends, np.int64)
    first = np.searchsorted(stops, np.asarray(starts, np.int64), side="right")
    last = np.searchsorted(begins, np.asarray(ends, np.int64), side="left")
    if len(last):
        taken = np.maximum.accumulate(last)
        first[1:] = np.maximum(first[1:], taken[:-1])
    last = np.maximum(first, last)
    codes = np.asarray(labels, np.int64) * 2 + 2
    tags = np.zeros(len(begins), np.int64)
    tags[ranges(first, last)] = np.repeat(codes, last - first)
    found = first < last
    tags[first[found]] = codes[found] - 1
    return Tagged(tags, first, last)


def ranges(first: Integers, last: Integers) -> Integers:
    """The numbers of all half-open ranges, one range after the other."""
    sizes = last - first
    return np.repeat(last - np.cumsum(sizes), sizes) + np.arange(sizes.sum())


def outermost_mask(starts: ArrayLike, ends: ArrayLike) -> NDArray[np.bool_]:
    """Which spans are outermost: read by start, the longer first, each that begins after the last one taken has ended.

    Of equal spans the first is taken. Where spans cross, the earlier is taken.

    Args:
        starts, ends: half-open offsets in any order; no span is empty.
    """
    begins, stops = np.asarray(starts, np.int64), np.asarray(ends, np.int64)
    order = np.lexsort((-stops, begins))
    begins, stops = begins[order], stops[order]
    reach = np.maximum.accumulate(stops)
    chosen = np.ones(len(order), bool)  # What begins where all before has ended is taken for certain.
    chosen[1:] = begins[1:] >= reach[:-1]
    if not chosen.all():
        # From a span that is taken the next one is known; jumps of doubled length visit each group of overlapping spans.
        jump = np.append(np.searchsorted(begins, stops), len(order))
        visited = np.append(chosen, True)
        groups = np.diff(np.append(np.flatnonzero(chosen), len(order)))
        for _ in range(int(groups.max()).bit_length()):
            visited[jump[visited]] = True
            jump = jump[jump]
        chosen = visited[:-1]
    mask = np.zeros(len(order), bool)
    mask[order] = chosen
    return mask


def bio_tags(tokens: list[Span], spans: list[tuple[Span, str]]) -> list[str]:
    """IOB2 tags: a token belongs to a span if they share a character.

    Args:
        tokens: in order, not overlapping.
        spans: with their labels, in order, not overlapping.
    """
    if not spans:
        return ["O"] * len(tokens)
    labels = [label for _, label in spans]
    names = np.array(["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")], object)
    edges, places = np.array(tokens, np.int64).reshape(-1, 2), np.array([span for span, _ in spans], np.int64)
    tagged = bio_codes(edges[:, 0], edges[:, 1], places[:, 0], places[:, 1], np.arange(len(spans)))
    found: list[str] = names[tagged.tags].tolist()
    return found
