"""A document that was read twice, and which mentions and claims of its two readings are the same. Nothing is counted here."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sinorus_corpus.agreement.matching import Segments, one_to_one, overlaps
from sinorus_corpus.records import AnnotationSet, Claim, Entity, Span

SAME_CLAIM = 0.5

EntityPair = tuple[Entity, Entity]
ClaimPair = tuple[Claim, Claim]


@dataclass(frozen=True, slots=True)
class DoubleReading:
    """One document in two readings.

    Attributes:
        group: the documents that figures are given for together, such as those of one origin.
        text: the spans that could be labelled, in the offsets of both readings; none if they are not known.
    """

    doc_id: str
    group: str
    a: AnnotationSet
    b: AnnotationSet
    text: tuple[Span, ...]


def segments(record: Entity | Claim) -> Segments:
    """A record's own spans."""
    return (record.span,) if isinstance(record, Entity) else record.segments


def claim_pairs(reading: DoubleReading) -> list[ClaimPair]:
    """The claims that are the same: IoU on code points of at least one half, one to one.

    Claims of one reading do not overlap, so that above one half a claim has one partner at most.
    """
    a, b = reading.a.claims, reading.b.claims
    found = overlaps([segments(c) for c in a], [segments(c) for c in b])
    chosen = one_to_one(found.where(found.iou >= SAME_CLAIM))
    return [(a[i], b[j]) for i, j in zip(chosen.a, chosen.b, strict=True)]


def mention_pairs(reading: DoubleReading) -> list[EntityPair]:
    """The mentions that are the same thing, perhaps read differently, each in one pair at most.

    First those with the same span and label, then those with the same span, then those of one label that overlap, then
    any that overlap.
    """
    a, b = reading.a.entities, reading.b.entities
    left = overlaps([segments(e) for e in a], [segments(e) for e in b])
    same_label = [a[i].label == b[j].label for i, j in zip(left.a, left.b, strict=True)]
    weight = 2 * (left.iou == 1) + np.array(same_label, dtype=np.int64).reshape(-1)
    pairs: list[EntityPair] = []
    for wanted in (3, 2, 1, 0):
        chosen = one_to_one(left.where(weight == wanted))
        pairs += [(a[i], b[j]) for i, j in zip(chosen.a, chosen.b, strict=True)]
        free = ~np.isin(left.a, chosen.a) & ~np.isin(left.b, chosen.b)
        left, weight = left.where(free), weight[free]
    return pairs
