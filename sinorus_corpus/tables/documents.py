"""Rows of the config `documents`, and the parts of them that other configs share."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from typing import Any

from sinorus_corpus.records import AnnotationSet, Article, Claim, Entity, KnownEntity, Span
from sinorus_corpus.tables import Labelled

Row = dict[str, Any]
NOWHERE = Span(-1, -1)


def document_row(labelled: Labelled) -> Row:
    """One row of `documents`."""
    document = labelled.document
    return {
        **record_columns(document.article),
        **status_columns(labelled.gold, labelled.schema_version, reviewed=labelled.reviewed),
        "text": document.text,
        "regions": _regions(labelled),
        "entities": entities(labelled),
        "claims": claims(labelled),
        "alignment": [piece._asdict() for piece in document.alignment],
        "removed_characters": document.removed,
        "text_sha256": hashlib.sha256(document.text.encode("utf-8")).hexdigest(),
    }


def record_columns(article: Article) -> Row:
    """What the record says, in the columns that `documents` and `withheld` share."""
    names = ("doc_id", "title", "publisher", "date", "url", "license", "genre", "language", "origin", "html_sha256")
    return {name: getattr(article, name) for name in names} | {"raw_sha256": article.sha256}


def status_columns(gold: AnnotationSet | None, schema_version: str, *, reviewed: bool) -> Row:
    """How far the labels have come and by which rules they were made."""
    header = gold.header if gold else None
    return {
        "annotators": list(header.passes) if header else [],
        "status": header.status if header else "",
        "reviewed": reviewed,
        "schema_version": schema_version,
        "guidelines_version": header.guidelines if header else "",
    }


def name_columns(known: dict[str, KnownEntity], entity_id: str) -> Row:
    """The registry's columns of a mention."""
    found = known.get(entity_id)
    name, qid = (found.name, found.wikidata_qid) if found else ("", "")
    return {"entity": entity_id, "name": name, "wikidata_qid": qid}


def _regions(labelled: Labelled) -> list[Row]:
    lines = dict(labelled.line_starts())
    return [
        {
            "id": region.id,
            "label": region.label,
            "keep": region.id in lines,
            **lines.get(region.id, NOWHERE)._asdict(),
            "raw_start": region.start,
            "raw_end": region.end,
            "dup_of": region.dup_of or "",
        }
        for region in labelled.document.regions
    ]


def entities(labelled: Labelled) -> list[Row]:
    """The mentions of a document, as they stand nested in `documents`."""
    found: tuple[Entity, ...] = labelled.gold.entities if labelled.gold else ()
    spans = labelled.text_spans([entity.span for entity in found])
    return [_entity(labelled, entity, span) for entity, span in zip(found, spans, strict=True)]


def _entity(labelled: Labelled, entity: Entity, span: Span) -> Row:
    return {
        "id": entity.id,
        "label": entity.label,
        **span._asdict(),
        "raw_start": entity.start,
        "raw_end": entity.end,
        "text": labelled.document.text[span.start : span.end],
        **name_columns(labelled.known, entity.entity),
        "metonym": entity.metonym,
        "unsure": entity.unsure,
        "note": entity.note,
    }


def claims(labelled: Labelled) -> list[Row]:
    """The claims of a document, as they stand nested in `documents`."""
    return [_claim(labelled, claim) for claim in (labelled.gold.claims if labelled.gold else ())]


def claim_columns(claim: Claim) -> Row:
    """The columns of a claim that no offset changes."""
    names = ("gloss", "ctype", "cert", "pol", "check", "topic", "rel", "reported_date", "unsure", "note")
    return {name: getattr(claim, name) for name in names} | {"quantities": [asdict(q) for q in claim.quantities]}


def _claim(labelled: Labelled, claim: Claim) -> Row:
    spans = labelled.text_spans(list(claim.segments))
    text = labelled.document.text
    return {
        "id": claim.id,
        "segments": [
            {**span._asdict(), "raw_start": raw.start, "raw_end": raw.end}
            for span, raw in zip(spans, claim.segments, strict=True)
        ],
        "text": " ".join(text[start:end] for start, end in spans),
        **claim_columns(claim),
        "attribution": [_link(labelled, link.source, link.cue, link.who) for link in claim.attribution],
    }


def _link(labelled: Labelled, source: Span | None, cue: Span | None, who: tuple[str, ...]) -> Row:
    row: Row = {"who": list(who)}
    for name, raw in (("source", source), ("cue", cue)):
        span = labelled.text_spans([raw])[0] if raw is not None else NOWHERE
        row |= {f"{name}_start": span.start, f"{name}_end": span.end}
        row[name] = labelled.document.text[span.start : span.end] if raw is not None else ""
    return row
