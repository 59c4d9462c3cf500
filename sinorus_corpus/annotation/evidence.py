"""Puts beside every span what vouches for it: its quote or, where the text is withheld, its digest. No I/O here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sinorus_corpus.annotation.quotes import digest
from sinorus_corpus.records import AnnotationSet, Claim, Entity, Link, Span


def with_evidence(annotations: AnnotationSet, raw: str, *, withheld: bool) -> AnnotationSet:
    """The same labels with the quotes of `raw`, or with digests and no quote if `withheld`."""
    entities = tuple(_entity(e, raw, withheld) for e in annotations.entities)
    claims = tuple(_claim(c, raw, withheld) for c in annotations.claims)
    return replace(annotations, entities=entities, claims=claims)


def _entity(entity: Entity, raw: str, withheld: bool) -> Entity:
    words = raw[entity.start : entity.end]
    return replace(entity, quote="" if withheld else words, digest=digest(words) if withheld else "")


def _claim(claim: Claim, raw: str, withheld: bool) -> Claim:
    quotes, digests = _vouched(_slices(claim.segments, raw), withheld)
    links = tuple(_link(link, raw, withheld) for link in claim.attribution)
    return replace(claim, quotes=quotes, digests=digests, attribution=links)


def _link(link: Link, raw: str, withheld: bool) -> Link:
    quotes, digests = _vouched(_slices((link.source, link.cue), raw), withheld)
    return replace(link, quotes=quotes, digests=digests)


def _slices(spans: Iterable[Span | None], raw: str) -> tuple[str, ...]:
    return tuple(raw[span.start : span.end] if span else "" for span in spans)


def _vouched(words: tuple[str, ...], withheld: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Quotes and digests, one of them empty."""
    return ((), tuple(digest(w) if w else "" for w in words)) if withheld else (words, ())
