"""Rows of the configs `regions` (one a line of raw) and `ner` (one a labelled line of text)."""

from __future__ import annotations

from itertools import compress

from sinorus_corpus.annotation.tokens import bio_tags, outermost_mask, token_spans
from sinorus_corpus.records import Entity, Span
from sinorus_corpus.tables import Labelled
from sinorus_corpus.tables.documents import NOWHERE, Row


def outermost(entities: tuple[Entity, ...]) -> list[Entity]:
    """The entities that lie in no other, in order; of two with one span the first stays."""
    mask = outermost_mask([e.start for e in entities], [e.end for e in entities])
    return sorted(compress(entities, mask), key=lambda e: e.start)


def ner_rows(labelled: Labelled) -> list[Row]:
    """One row for each line of text of a document that has labels."""
    if labelled.gold is None:
        return []
    entities = outermost(labelled.gold.entities)
    spans = labelled.text_spans([e.span for e in entities])
    tagged = [(span, entity.label) for span, entity in zip(spans, entities, strict=True)]
    return [_ner_row(labelled, region_id, line, tagged) for region_id, line in labelled.line_starts()]


def _ner_row(labelled: Labelled, region_id: str, line: Span, tagged: list[tuple[Span, str]]) -> Row:
    text = labelled.document.text[line.start : line.end]
    tokens = [Span(line.start + start, line.start + end) for start, end in token_spans(text)]
    inside = [(span, label) for span, label in tagged if line.start <= span.start and span.end <= line.end]
    return {
        "line_id": f"{labelled.doc_id}:{region_id}",
        "doc_id": labelled.doc_id,
        "origin": labelled.document.article.origin,
        "tokens": [labelled.document.text[start:end] for start, end in tokens],
        "starts": [token.start for token in tokens],
        "ends": [token.end for token in tokens],
        "ner_tags": bio_tags(tokens, inside),
    }


def region_rows(labelled: Labelled) -> list[Row]:
    """One row for each line of raw that is not blank."""
    lines = dict(labelled.line_starts())
    texts = ["", *(labelled.raw[region.start : region.end] for region in labelled.document.regions), ""]
    return [
        {
            "line_id": f"{labelled.doc_id}:{region.id}",
            "doc_id": labelled.doc_id,
            "origin": labelled.document.article.origin,
            "line": number,
            "text": texts[number],
            "before": texts[number - 1],
            "after": texts[number + 1],
            "label": region.label,
            "keep": region.id in lines,
            "dup_of": region.dup_of or "",
            "raw_start": region.start,
            "raw_end": region.end,
            **lines.get(region.id, NOWHERE)._asdict(),
            "reviewed": labelled.reviewed,
        }
        for number, region in enumerate(labelled.document.regions, 1)
    ]
