"""Rows of the config `withheld`, and the way back: from such a row and a reader's copy to a labelled document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sinorus_corpus.records import (
    AnnotationSet,
    Article,
    Claim,
    Entity,
    Fingerprint,
    Header,
    KnownEntity,
    Link,
    Quantity,
    Region,
    Span,
)
from sinorus_corpus.tables.documents import NOWHERE, Row, claim_columns, name_columns, record_columns


def withheld_row(
    article: Article,
    regions: tuple[Region, ...],
    gold: AnnotationSet | None,
    known: dict[str, KnownEntity],
    status: Row,
    prints: Sequence[Fingerprint] = (),
) -> Row:
    """One row of `withheld`: everything about an article but its text."""
    return {
        **record_columns(article),
        **status,
        "regions": [_region(region) for region in regions],
        "entities": [_entity(e, known) for e in (gold.entities if gold else ())],
        "claims": [_claim(c, known) for c in (gold.claims if gold else ())],
        "fingerprints": [asdict(one) for one in prints],
    }


def _region(region: Region) -> Row:
    return {**_same(region, "id", "label", "start", "end"), "dup_of": region.dup_of or ""}


def _entity(entity: Entity, known: dict[str, KnownEntity]) -> Row:
    own = _same(entity, "id", "label", "start", "end", "digest", "metonym", "unsure", "note")
    return own | name_columns(known, entity.entity)


def _claim(claim: Claim, known: dict[str, KnownEntity]) -> Row:
    segments = zip(claim.segments, claim.digests, strict=True)
    return {
        "id": claim.id,
        "segments": [{**span._asdict(), "digest": digest} for span, digest in segments],
        **claim_columns(claim),
        "attribution": [_link(link, known) for link in claim.attribution],
    }


def _link(link: Link, known: dict[str, KnownEntity]) -> Row:
    row: Row = {"who": list(link.who), "who_names": [known[w].name for w in link.who if w in known]}
    for name, span, digest in zip(("source", "cue"), (link.source, link.cue), link.digests, strict=True):
        start, end = span or NOWHERE
        row |= {f"{name}_start": start, f"{name}_end": end, f"{name}_digest": digest}
    return row


def _same(record: object, *names: str) -> Row:
    return {name: getattr(record, name) for name in names}


def parse_withheld(row: Row) -> tuple[Article, tuple[Region, ...], AnnotationSet | None, dict[str, KnownEntity]]:
    """The records that a row of `withheld` was made from."""
    names = ("doc_id", "title", "publisher", "date", "license", "genre", "origin", "language", "url", "html_sha256")
    article = Article(**_pick(row, names), redistribute=False, split="transfer", sha256=row["raw_sha256"])
    regions = tuple(
        Region(**(_pick(r, ("id", "start", "end", "label"))), dup_of=r["dup_of"] or None) for r in row["regions"]
    )
    if not row["status"]:
        return article, regions, None, {}
    passes = tuple(row["annotators"])
    header = Header(
        article.doc_id, article.sha256, row["schema_version"], row["guidelines_version"], "", row["status"], passes
    )
    entities = tuple(_parse_entity(e) for e in row["entities"])
    claims = tuple(_parse_claim(c) for c in row["claims"])
    return article, regions, AnnotationSet("", header, (), entities, claims), _parse_known(row)


def parse_fingerprints(row: Row) -> list[Fingerprint]:
    """The fingerprints of a row of `withheld`; none in rows of releases that had no such column."""
    return [Fingerprint(**one) for one in row.get("fingerprints", [])]


def _pick(row: Row, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _parse_entity(row: Row) -> Entity:
    return Entity(**_pick(row, ("id", "start", "end", "label", "digest", "entity", "metonym", "unsure", "note")))


def _parse_claim(row: Row) -> Claim:
    names = ("id", "gloss", "ctype", "cert", "pol", "check", "topic", "rel", "reported_date", "unsure", "note")
    return Claim(
        **_pick(row, names),
        segments=tuple(Span(s["start"], s["end"]) for s in row["segments"]),
        digests=tuple(s["digest"] for s in row["segments"]),
        attribution=tuple(_parse_link(link) for link in row["attribution"]),
        quantities=tuple(Quantity(**q) for q in row["quantities"]),
    )


def _parse_link(row: Row) -> Link:
    source, cue = (Span(row[f"{n}_start"], row[f"{n}_end"]) for n in ("source", "cue"))
    digests = (row["source_digest"], row["cue_digest"])
    return Link(None if source == NOWHERE else source, None if cue == NOWHERE else cue, (), digests, tuple(row["who"]))


def _parse_known(row: Row) -> dict[str, KnownEntity]:
    """As much of the registry as the row tells: names of linked mentions and of sources."""
    links = [link for claim in row["claims"] for link in claim["attribution"]]
    known = {w: KnownEntity(w, name, "") for k in links for w, name in zip(k["who"], k["who_names"], strict=True)}
    mentions = [e for e in row["entities"] if e["entity"]]
    return known | {
        e["entity"]: KnownEntity(e["entity"], e["name"], e["label"], (), e["wikidata_qid"]) for e in mentions
    }
