"""Tokens of a text and IOB2 tags for spans on them. No table and no format may live here."""

from __future__ import annotations

import re

from sinorus_corpus.characters import UNSPACED_RANGES
from sinorus_corpus.records import Span

# Scripts written without spaces give one token a character; a label inside such a run can then keep its edges.
_TOKEN = re.compile(rf"[{UNSPACED_RANGES}]|[^\W{UNSPACED_RANGES}]+|[^\w\s]")


def token_spans(text: str) -> list[Span]:
    """Words, single characters of scripts without spaces, and single punctuation marks of `text`."""
    return [Span(*match.span()) for match in _TOKEN.finditer(text)]


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
