"""CoNLL-2003: a token a line with its entity tag, written only. Nothing about other formats may live here.

Four columns, of which part of speech and chunk are not known here (`_`); tags are IOB2, of the outermost entities; a blank
line after each line of the text, `-DOCSTART-` before each document. No offset survives, so there is no way back. Format: Tjong
Kim Sang and De Meulder (2003), "Introduction to the CoNLL-2003 Shared Task".
"""

from __future__ import annotations

from collections.abc import Sequence

from sinorus_corpus.annotation.formats.markup import Files, Format, Markup
from sinorus_corpus.annotation.tokens import bio_tags, cut_tokens
from sinorus_corpus.schema import Schema


def format_conll(markups: Sequence[Markup], schema: Schema) -> Files:
    """`entities.conll`, all documents one after the other."""
    lines = [line for markup in markups for line in _document(markup)]
    return {"entities.conll": "".join(f"{line}\n" for line in lines).encode("utf-8")}


def _document(markup: Markup) -> list[str]:
    text, lines, before = markup.text or "", ["-DOCSTART- -X- -X- O", ""], 0
    spans = [(mark.spans[0], mark.label) for mark in markup.marks]
    tokens = cut_tokens(text, [span for span, _ in spans])
    for token, tag in zip(tokens, bio_tags(tokens, spans), strict=True):
        if before and "\n" in text[before : token.start]:
            lines.append("")
        lines.append(f"{text[token.start : token.end]} _ _ {tag}")
        before = token.end
    return [*lines, ""]


FORMAT = Format(format_conll, ids=False, relations=False, attributes=frozenset(), nested=False, claims=False)
