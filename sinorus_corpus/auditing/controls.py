"""Alters a label in one stated way, so that an auditor's own sensitivity can be measured. No sampling may live here.

The rules are the label set `control`; the `group` of each is the aspect that an attentive auditor finds wrong. Which other
value is shown hangs on nothing but the seed and the label, so that the same draw always shows the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sinorus_corpus.annotation.scheme import aspects
from sinorus_corpus.records import AnnotationSet, Claim, Entity, KnownEntity, Link, Region, Span
from sinorus_corpus.schema import Label, Schema

Record = Entity | Claim

_LEAST_WORDS = 5
_CUT_WORDS = 2
_NEXT = re.compile(r"[ \u00a0]+[\w’'-]+")
_BEFORE = re.compile(r"[\w’'-]+[ \u00a0]+$")


@dataclass(frozen=True)
class Surroundings:
    """What an alteration may draw on: the text, its kept regions, all gold of the document, the registry.

    Attributes:
        pick: one of some candidates, always the same for the label at hand; they are never none.
    """

    raw: str
    kept: tuple[Region, ...]
    gold: AnnotationSet
    known: Sequence[KnownEntity]
    schema: Schema
    pick: Callable[[Sequence[Any]], Any]


def rules(layer: str, schema: Schema) -> list[Label]:
    """The rules that alter labels of a layer, in published order."""
    known = aspects(layer, schema)
    return [rule for rule in schema.labels["control"].labels if rule.group in known and not rule.replaced_by]


def alter(record: Record, aspect: str, around: Surroundings) -> Record | None:
    """The record with one aspect altered, or `None` where the rule has nothing to alter in it."""
    if isinstance(record, Entity):
        made = {"span": _shifted_mention, "type": _other_type, "link": _other_link}
        return made[aspect](record, around) if aspect in made else None
    if aspect == "span":
        return _shifted_claim(record, around)
    return _other_source(record, around) if aspect == "attribution" else _other_value(record, aspect, around)


def _shifted_mention(entity: Entity, around: Surroundings) -> Entity | None:
    taken = {e.span for e in around.gold.entities}
    for span in _shifts(entity.span, around):
        if span not in taken:
            return replace(entity, start=span.start, end=span.end)
    return None


def _shifts(span: Span, around: Surroundings) -> list[Span]:
    """The span less its last or first word; a single word with the next or the one before it."""
    words = around.raw[span.start : span.end]
    pieces = [m.span() for m in re.finditer(r"\S+", words)]
    if len(pieces) > 1:
        return [Span(span.start, span.start + pieces[-2][1]), Span(span.start + pieces[1][0], span.end)]
    found = []
    region = next(r for r in around.kept if r.start <= span.start < r.end)
    if after := _NEXT.match(around.raw, span.end, region.end):
        found.append(Span(span.start, after.end()))
    if before := _BEFORE.search(around.raw[region.start : span.start]):
        found.append(Span(region.start + before.start(), span.end))
    return found


def _other_type(entity: Entity, around: Surroundings) -> Entity | None:
    labels = around.schema.labels["entity"]
    if entity.label not in labels:
        return None
    there = {e.label for e in around.gold.entities if e.span == entity.span}
    group = [name for name in labels.active if labels[name].group == labels[entity.label].group]
    others = [name for name in _beside(entity.label, group) if name not in there]
    return replace(entity, label=around.pick(others)) if others else None


def _other_link(entity: Entity, around: Surroundings) -> Entity | None:
    own = next((k for k in around.known if k.entity_id == entity.entity), None)
    if own is None:
        return None
    names = {own.name, *own.aliases}
    others = [k.entity_id for k in around.known if k.type == own.type and not names & {k.name, *k.aliases}]
    return replace(entity, entity=around.pick(others)) if others else None


def _shifted_claim(claim: Claim, around: Surroundings) -> Claim | None:
    *rest, (start, end) = claim.segments
    words = [m.span() for m in re.finditer(r"\S+", around.raw[start:end])]
    if len(words) < _LEAST_WORDS:
        return None
    cut = Span(start, start + words[-_CUT_WORDS - 1][1])
    return replace(claim, segments=(*rest, cut))


def _other_source(claim: Claim, around: Surroundings) -> Claim | None:
    if claim.attribution:
        return replace(claim, attribution=claim.attribution[:-1])
    start = claim.segments[0].start
    home = next(r for r in around.kept if r.start <= start < r.end)
    names = [
        e
        for e in around.gold.entities
        if e.entity
        and home.start <= e.start < home.end
        and not any(s.start < e.end and e.start < s.end for s in claim.segments)
    ]
    if not names:
        return None
    name = around.pick(names)
    return replace(claim, attribution=(Link(source=name.span, who=(name.entity,)),))


def _other_value(claim: Claim, column: str, around: Surroundings) -> Claim | None:
    labels = next(c.labels for c in around.schema.layers["claim"].columns if c.name == column)
    others = _beside(getattr(claim, column), around.schema.labels[labels].active)
    return replace(claim, **{column: around.pick(others)}) if others else None


def _beside(name: str, names: Sequence[str]) -> list[str]:
    """The labels before and after one in the published order, where like stands beside like."""
    if name not in names:
        return []
    at = names.index(name)
    return [*names[max(0, at - 1) : at], *names[at + 1 : at + 2]]
