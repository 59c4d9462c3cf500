"""Finds domain terms by their heads, as sections 3.1 and 3.4 of the guidelines define them. The words stand in `lexicon.toml`.

A term is a head with the words before it that change the kind of thing meant. Where a head stands before another noun it is a
modifier and no term; that is told by the word behind it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import regex

from sinorus_corpus.records import Span
from sinorus_corpus.suggestions.spans import Found

# What may follow a noun that is the head of its phrase: an end, or a word that is no noun.
_HEAD_ENDS = (
    r"(?=[^\w\s-]|\s*$|\s[^\w\s]|\s(?:and|or|nor|but|to|from|in|of|for|by|at|on|off|with|without|that|which|who|whose|as|through|via|into|over|under|"
    r"against|along|across|near|around|between|among|during|after|before|since|until|while|when|where|because|if|than|then|also|alone|"
    r"is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|may|might|must|should|not|out|up|down|"
    r"the|a|an|it|its|they|their|this|these|those|\p{Ll}+(?:ed|ing)|came|went|fell|rose|took|made|began|met|flew|left|grew|cost|go|goes|come|make)\b)"
)


@cache
def lexicon() -> dict[str, dict[str, Any]]:
    """The words by label, and under `roles` the labels that the rules for names and figures give."""
    return tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text(encoding="utf-8"))


@cache
def _patterns() -> Mapping[str, tuple[Any, ...]]:
    made = {}
    for label, words in lexicon().items():
        if label == "roles":
            continue
        kinds = f"(?:(?:{'|'.join(words['kinds'])})[ ]){{0,4}}" if "kinds" in words else ""
        term = regex.compile(rf"(?<![\w-])(?i:{kinds}(?:{'|'.join(words['heads'])})\b){_HEAD_ENDS}")
        names = [regex.compile(rf"(?<![\w/-])(?:{'|'.join(words['names'])})(?!\w)")] if "names" in words else []
        made[label] = (term, *names)
    return made


def find_terms(text: str, areas: Sequence[Span]) -> Iterator[Found]:
    """Domain terms and lower-case names of offices in these areas; they may overlap names.

    Args:
        text: normalised by `names.same_length`.
    """
    for label, patterns in _patterns().items():
        for pattern in patterns:
            for area in areas:
                yield from (Found(Span(*match.span()), label) for match in pattern.finditer(text, *area))
