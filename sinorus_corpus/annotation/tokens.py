"""Tokens of a text and IOB2 tags for spans on them. No table and no format may live here."""

from __future__ import annotations

import re
from itertools import pairwise

from sinorus_corpus.characters import UNSPACED_RANGES
from sinorus_corpus.records import Span

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


def bio_tags(tokens: list[Span], spans: list[tuple[Span, str]]) -> list[str]:
    """IOB2 tags: a token belongs to a span if they share a character.

    Args:
        tokens: in order, not overlapping.
        spans: with their labels, in order, not overlapping.
    """
    tags, index = ["O"] * len(tokens), 0
    for span, label in spans:
        while index < len(tokens) and tokens[index].end <= span.start:
            index += 1
        prefix = "B"
        while index < len(tokens) and tokens[index].start < span.end:
            tags[index], prefix = f"{prefix}-{label}", "I"
            index += 1
    return tags
