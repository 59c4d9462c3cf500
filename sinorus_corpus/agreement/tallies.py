"""What is measured of each layer, and under which names. How it is measured stands in the modules that this one joins."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from sinorus_corpus.agreement.attributes import KAPPA, value_counts
from sinorus_corpus.agreement.bootstrap import Floats, Tally
from sinorus_corpus.agreement.chains import chain_counts, overlapping_source, same_chain, same_source
from sinorus_corpus.agreement.characters import ALPHA, character_counts
from sinorus_corpus.agreement.clusters import joined_counts, relation_counts, relation_pairs
from sinorus_corpus.agreement.readings import SAME_CLAIM, ClaimPair, DoubleReading, claim_pairs, mention_pairs, segments
from sinorus_corpus.agreement.spans import F1, Mark, Marks, exact_counts, relaxed_counts, unlabelled
from sinorus_corpus.records import Claim, Cluster, Entity
from sinorus_corpus.schema import LabelSet, Schema

# What two passes must reach before adjudication; what has a bar is a headline figure.
BARS = {
    "core entity types, exact typed F1": 0.95,
    "domain entity types, exact typed F1": 0.90,
    "claims, IoU at least .5, F1": 0.93,
    "claims, exact F1": 0.85,
    "innermost source F1": 0.93,
    "whole chain exact, F1": 0.88,
    "claim type kappa": 0.80,
    "certainty kappa": 0.80,
    "cluster relation kappa": 0.80,
}

ATTRIBUTION, QUANTITIES = "attribution", "quantities"
ENTITY_ATTRIBUTES = {"label": "type", "metonym": "metonym", "entity": "registry link"}


def claim_attributes(schema: Schema) -> dict[str, str]:
    """The attributes of claims that have one of a few values, and what each is called."""
    return {c.name: (c.labels or c.name).replace("_", " ") for c in schema.layers["claim"].columns if c.nominal}


def entity_tallies(readings: Sequence[DoubleReading], labels: LabelSet, attributes: Sequence[str]) -> list[Tally]:
    """Everything that is measured of mentions.

    Args:
        attributes: those of `ENTITY_ATTRIBUTES` that both readings give.
    """
    marks = [([_mark(e, e.label) for e in r.a.entities], [_mark(e, e.label) for e in r.b.entities]) for r in readings]
    names = _names(labels, marks)
    exact, relaxed = exact_counts(marks, names), relaxed_counts(marks, names)
    group = {label.name: label.group for label in labels.labels}
    made = []
    for kind in dict.fromkeys(filter(None, group.values())):
        rows = [index for index, name in enumerate(names) if group.get(name) == kind]
        made.append(Tally("entities", f"{kind} entity types, exact typed F1", exact[:, rows].sum(axis=1), F1))
    made += [
        Tally("entities", "all types, exact typed F1", exact.sum(axis=1), F1),
        Tally("entities", "all types, relaxed typed F1", relaxed.sum(axis=1), F1),
        Tally("entities", "boundaries alone, exact F1", exact_counts(unlabelled(marks), [""])[:, 0], F1),
        Tally("entities", "characters, alpha", character_counts(marks, [r.text for r in readings]), ALPHA),
    ]
    pairs = [[(a, b) for a, b in mention_pairs(r) if a.span == b.span] for r in readings]
    for name in attributes:
        values = [[(getattr(a, name), getattr(b, name)) for a, b in found] for found in pairs]
        made.append(Tally("entities", f"{ENTITY_ATTRIBUTES[name]} kappa, same spans", value_counts(values), KAPPA))
    return [*made, *_by_label("entities by label", names, exact, relaxed)]


def claim_tallies(readings: Sequence[DoubleReading], schema: Schema, attributes: Sequence[str]) -> list[Tally]:
    """Everything that is measured of claims: as spans, and of those matched at IoU .5 their attribution and attributes.

    Args:
        attributes: those of `claim_attributes`, `ATTRIBUTION` and `QUANTITIES` that both readings give.
    """
    marks = [([_mark(c, "claim") for c in r.a.claims], [_mark(c, "claim") for c in r.b.claims]) for r in readings]
    pairs = [claim_pairs(r) for r in readings]
    names = claim_attributes(schema)
    made = [
        Tally("claims", "claims, IoU at least .5, F1", relaxed_counts(marks, ["claim"], SAME_CLAIM)[:, 0], F1),
        Tally("claims", "claims, exact F1", exact_counts(marks, ["claim"])[:, 0], F1),
        Tally("claims", "claims, any overlap, F1", relaxed_counts(marks, ["claim"])[:, 0], F1),
        Tally("claims", "characters, alpha", character_counts(marks, [r.text for r in readings]), ALPHA),
    ]
    if ATTRIBUTION in attributes:
        made += _attribution(pairs)
    made += [
        Tally("attributes of matched claims", f"{shown} kappa", _values(pairs, name), KAPPA)
        for name, shown in names.items()
        if name in attributes
    ]
    if QUANTITIES in attributes:
        made += _quantities(pairs)
    return made + (_by_type(readings, schema) if "ctype" in attributes else [])


def cluster_tallies(doc_ids: Sequence[str], a: Sequence[Cluster], b: Sequence[Cluster]) -> list[Tally]:
    """What is measured of two readings of the clusters: membership as pairs of claims, relations of shared members."""
    relations = relation_counts(relation_pairs(a, b), doc_ids)
    return [
        Tally("clusters", "cluster relation kappa", relations, KAPPA),
        Tally("clusters", "pairs of claims in one cluster, F1", joined_counts(a, b, doc_ids), F1),
    ]


def _mark(record: Entity | Claim, label: str) -> Mark:
    return Mark(segments(record), label)


def _names(labels: LabelSet, marks: Marks) -> list[str]:
    """The labels of the set, and any other that a reading uses, so that none is passed over."""
    used = {mark.label for pair in marks for reading in pair for mark in reading}
    return [*labels.names, *sorted(used - set(labels.names))]


def _by_label(section: str, names: Sequence[str], exact: Floats, relaxed: Floats) -> list[Tally]:
    """Exact and relaxed F1 of each label that occurs."""
    used = [index for index in range(len(names)) if exact[:, index].any()]
    return [
        Tally(f"{section}, {kind}", names[index], counts[:, index], F1)
        for kind, counts in (("exact", exact), ("relaxed", relaxed))
        for index in used
    ]


def _by_type(readings: Sequence[DoubleReading], schema: Schema) -> list[Tally]:
    marks = [([_mark(c, c.ctype) for c in r.a.claims], [_mark(c, c.ctype) for c in r.b.claims]) for r in readings]
    column = next(c for c in schema.layers["claim"].columns if c.name == "ctype")
    names = _names(schema.labels[column.labels], marks)
    return _by_label("claims by type", names, exact_counts(marks, names), relaxed_counts(marks, names, SAME_CLAIM))


def _attribution(pairs: Sequence[Sequence[ClaimPair]]) -> list[Tally]:
    section = "attribution of matched claims"
    depths = [[(len(a.attribution), len(b.attribution)) for a, b in found] for found in pairs]
    return [
        Tally(section, "innermost source F1", chain_counts(pairs, same_source), F1),
        Tally(section, "innermost source, overlapping, F1", chain_counts(pairs, overlapping_source), F1),
        Tally(section, "whole chain exact, F1", chain_counts(pairs, same_chain), F1),
        Tally(section, "depth kappa, the author's claims too", value_counts(depths), KAPPA),
    ]


def _quantities(pairs: Sequence[Sequence[ClaimPair]]) -> list[Tally]:
    section = "attributes of matched claims"
    there = [[(bool(a.quantities), bool(b.quantities)) for a, b in found] for found in pairs]
    both = [[(figures(a), figures(b)) for a, b in found if a.quantities and b.quantities] for found in pairs]
    return [
        Tally(section, "quantities kappa, any or none", value_counts(there), KAPPA),
        Tally(section, "quantities kappa, values and units where both have any", value_counts(both), KAPPA),
    ]


def figures(claim: Claim) -> tuple[tuple[str, str], ...]:
    """The values and units of a claim's quantities, in no order of the annotator's."""
    return tuple(sorted((repr(q.value) if q.value is not None else q.direction, q.unit) for q in claim.quantities))


def _values(pairs: Sequence[Sequence[ClaimPair]], name: str) -> Floats:
    values: list[list[tuple[Hashable, Hashable]]]
    values = [[(getattr(a, name), getattr(b, name)) for a, b in found] for found in pairs]
    return value_counts(values)
