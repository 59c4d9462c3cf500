"""Rows of the config `sentences`: one a sentence of text, with the parts of claims that stand in it."""

from __future__ import annotations

from itertools import pairwise

from sinorus_corpus.records import Span
from sinorus_corpus.tables import Labelled
from sinorus_corpus.tables.documents import Row, claims


def sentence_spans(text: str) -> list[Span]:
    """The sentences of one line, less outer white space, by nupunkt's model of English.

    That is Punkt (Kiss and Strunk 2006, "Unsupervised Multilingual Sentence Boundary Detection") with abbreviations learnt in
    advance. Nothing but white space is left out.
    """
    from nupunkt import sent_spans  # Its model takes a tenth of a second to load.

    edges = [0, *(end for _, end in sent_spans(text)), len(text)]
    spans = []
    for start, end in pairwise(edges):
        piece = text[start:end]
        begin = start + len(piece) - len(piece.lstrip())
        if begin < end:
            spans.append(Span(begin, begin + len(piece.strip())))
    return spans


def sentence_rows(labelled: Labelled) -> list[Row]:
    """One row for each sentence of a document that has labels."""
    if labelled.gold is None:
        return []
    parts = [
        {"id": claim["id"], "ctype": claim["ctype"], "start": part["start"], "end": part["end"]}
        for claim in claims(labelled)
        for part in claim["segments"]
    ]
    types = {region.id: region.label for region in labelled.document.regions}
    return [
        row
        for region_id, line in labelled.line_starts()
        for row in _line_rows(labelled, f"{labelled.doc_id}:{region_id}", line, types[region_id], parts)
    ]


def _line_rows(labelled: Labelled, line_id: str, line: Span, label: str, parts: list[Row]) -> list[Row]:
    rows = []
    for number, sentence in enumerate(sentence_spans(labelled.document.text[line.start : line.end]), 1):
        start, end = line.start + sentence.start, line.start + sentence.end
        inside = [_cut(part, start, end) for part in parts if part["start"] < end and start < part["end"]]
        rows.append(
            {
                "sentence_id": f"{line_id}.{number}",
                "doc_id": labelled.doc_id,
                "origin": labelled.document.article.origin,
                "text": labelled.document.text[start:end],
                "start": start,
                "end": end,
                "region": label,
                "has_claim": bool(inside),
                "claims": inside,
            }
        )
    return rows


def _cut(part: Row, start: int, end: int) -> Row:
    """A part of a claim, as far as it stands between two offsets."""
    return part | {"start": max(part["start"], start), "end": min(part["end"], end)}
