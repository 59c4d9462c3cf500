"""Digests of lines, sentences and labelled spans in normal form: what ships of a withheld text instead of its words.

The digest of a short span can be guessed by trying words, as that of a quote can; a line's cannot, unless one has the line.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

import numpy as np

from sinorus_corpus.annotation.offsets import anchored_spans
from sinorus_corpus.cleaning.lines import line_spans
from sinorus_corpus.copies.normal_form import Normal, normal_form
from sinorus_corpus.records import AnnotationSet, Fingerprint, Span

_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*\s+")


def fingerprints(raw: str, gold: AnnotationSet | None) -> tuple[Fingerprint, ...]:
    """The fingerprints of a text: its lines, their sentences and every span that `gold` labels, by place.

    A stretch that stands elsewhere too has a fingerprint at each of its places, labelled or not, so that one can tell
    how often to expect it.

    Args:
        raw: the text; offsets are its code points, half-open.
    """
    normal = normal_form(raw)
    spans = {*line_spans(raw), *sentence_spans(raw), *labelled_spans(gold)}
    starts = normal.starts_word()
    spans |= {twin for words in {_words(normal, span) for span in spans} for twin in normal.whole_words(words, starts)}
    ordered = sorted(spans, key=lambda s: (s.start, -s.end))
    places = normal.places(np.array(ordered, dtype=np.int64).reshape(-1, 2)).tolist()
    return tuple(
        Fingerprint(span.start, span.end, first, end, digest(normal.text[first:end]))
        for span, (first, end) in zip(ordered, places, strict=True)
        if first < end
    )


def _words(normal: Normal, span: Span) -> str:
    first, end = normal.places(np.array([span], dtype=np.int64))[0]
    return normal.text[first:end]


def labelled_spans(gold: AnnotationSet | None) -> Iterator[Span]:
    """Every span that a file labels."""
    for _, record in gold.numbered_labels() if gold else ():
        yield from (item.span for item in anchored_spans(record))


def sentence_spans(raw: str) -> Iterator[Span]:
    """The sentences of each line, and the clauses after a colon or semicolon, less outer white space."""
    for line in line_spans(raw):
        start = line.start
        for match in _SENTENCE_END.finditer(raw, line.start, line.end):
            yield _stripped(raw, Span(start, match.end()))
            start = match.end()
        if start < line.end:
            yield Span(start, line.end)


def _stripped(raw: str, span: Span) -> Span:
    return Span(span.start, span.start + len(raw[span.start : span.end].rstrip()))


def digest(text: str) -> str:
    """First 16 hex digits of the SHA-256 of a normal form in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def own_digests(copy: str, normal: Normal) -> set[str]:
    """The digests of a copy's lines and sentences, to see at little cost whether it could be a copy at all."""
    spans: Iterable[Span] = {*line_spans(copy), *sentence_spans(copy)}
    places = normal.places(np.array(sorted(spans), dtype=np.int64).reshape(-1, 2)).tolist()
    return {digest(normal.text[first:end]) for first, end in places}
