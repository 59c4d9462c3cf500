r"""Cuts raw text into lines. Lines end at `\n` only; a region is a line less its outer white space."""

from __future__ import annotations

from sinorus_corpus.records import Span


def line_spans(raw: str) -> list[Span]:
    """The span of each line of `raw` that is not blank, less its outer white space, in order."""
    spans, start = [], 0
    for line in raw.split("\n"):
        inner = line.strip()
        if inner:
            begin = start + len(line) - len(line.lstrip())
            spans.append(Span(begin, begin + len(inner)))
        start += len(line) + 1
    return spans
