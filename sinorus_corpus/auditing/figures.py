"""Figures of audits: error rates of labels, recall of gold in paragraphs labelled from empty, sensitivity. Nothing is shown here.

Labels of one document are not independent of each other, and Wilson's interval takes them as if they were: where errors come
in clusters it is too narrow. The intervals of recall are of a bootstrap over documents, which allows for that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from sinorus_corpus.agreement.bootstrap import Figure, Floats, Statistic, Tally, figure, ratio
from sinorus_corpus.agreement.readings import SAME_CLAIM
from sinorus_corpus.agreement.spans import F1, Mark, Marks, exact_counts, relaxed_counts, unlabelled
from sinorus_corpus.annotation.scheme import aspects
from sinorus_corpus.auditing.sampling import gold_digest, record_digest
from sinorus_corpus.content import Content
from sinorus_corpus.records import AnnotationSet, Audit, Judgement, Region
from sinorus_corpus.schema import Schema

_Z = 1.959963984540054  # 97.5 % of the normal distribution lies below
EITHER = "span or type"
ANY = "any"


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of some judged things are so, with a 95 % interval; `None` where nothing was judged.

    Attributes:
        hits, of: counts; what the auditor was unsure of is in neither.
        unsure: how many those are.
    """

    hits: int
    of: int
    unsure: int = 0

    @property
    def value(self) -> float | None:
        """The share."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The score interval for a binomial proportion (Wilson 1927, doi:10.1080/01621459.1927.10502953)."""
        return wilson(self.hits, self.of) if self.of else None


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % score interval of `hits` in `of` trials, of which there is at least one (Wilson 1927)."""
    share, z2 = hits / of, _Z * _Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = _Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of)) / (1 + z2 / of)
    return (0.0 if hits == 0 else middle - half), (1.0 if hits == of else middle + half)


@dataclass(frozen=True)
class AuditFigures:
    """What one audit says of gold, by origin of the articles.

    Attributes:
        changed: how many of the judged labels gold has no more as they were judged; `None` if gold is the same.
        errors: for each section and aspect the error rate by origin.
        recall: for each measure its value by origin; `a` is what was labelled from empty, `b` is gold as it is now.
        caught: for each layer which share of the altered labels was judged wrong where it was altered, by origin.
    """

    audit: Audit
    groups: list[str]
    changed: int | None
    errors: dict[tuple[str, str], dict[str, Rate]]
    recall: dict[str, dict[str, Figure]]
    caught: dict[str, dict[str, Rate]]


def audit_figures(content: Content, schema: Schema) -> list[AuditFigures]:
    """The figures of all finished audits: by humans first, then by name."""
    finished = [a for a in content.audits.values() if a.header.status == "pass"]
    finished.sort(key=lambda a: (a.header.kind != "human", a.header.annotator))
    return [_figures(content, audit, schema) for audit in finished]


def _figures(content: Content, audit: Audit, schema: Schema) -> AuditFigures:
    doc_ids = {j.doc_id for j in audit.judgements} | {p.doc_id for p in audit.paragraphs}
    groups = sorted({_origin(content, doc_id) for doc_id in doc_ids & content.articles.keys()})
    judged = {g: [j for j in audit.judgements if _origin(content, j.doc_id) == g] for g in groups}
    return AuditFigures(
        audit,
        groups,
        _changed(content, audit, schema),
        _errors(judged, schema),
        _recall(content, audit, groups),
        {layer: {g: _caught(found, layer, schema) for g, found in judged.items()} for layer in ("entity", "claim")},
    )


def _origin(content: Content, doc_id: str) -> str:
    return content.articles[doc_id].origin if doc_id in content.articles else ""


def _changed(content: Content, audit: Audit, schema: Schema) -> int | None:
    if audit.header.gold == gold_digest(content, schema):
        return None
    now = {
        (doc_id, record.id): record_digest(record, schema)
        for doc_id, found in content.gold.items()
        for _, record in found.numbered_labels()
    }
    return sum(now.get((j.doc_id, j.label)) != j.digest for j in audit.judgements if not j.control)


def _errors(judged: dict[str, list[Judgement]], schema: Schema) -> dict[tuple[str, str], dict[str, Rate]]:
    """Controls are left out: the error in them is ours."""
    found: dict[tuple[str, str], dict[str, Rate]] = {}
    for layer in ("entity", "claim"):
        names = aspects(layer, schema)
        asked = {name: [name] for name in names}
        asked |= {EITHER: ["span", "type"]} if layer == "entity" else {}
        asked |= {ANY: names}
        for name, of in asked.items():
            found[layer, name] = {
                group: _rate(said(j, of) for j in those if j.of == layer and not j.control)
                for group, those in judged.items()
            }
    return found


def said(judgement: Judgement, names: Sequence[str]) -> str:
    """One verdict of several: wrong if one is, else unsure if one is, else right."""
    given = {v.verdict for v in judgement.verdicts if v.of in names}
    return next((verdict for verdict in ("wrong", "unsure") if verdict in given), "right")


def _rate(verdicts: Iterable[str]) -> Rate:
    counted = list(verdicts)
    wrong, unsure = counted.count("wrong"), counted.count("unsure")
    return Rate(wrong, len(counted) - unsure, unsure)


def _caught(judged: Sequence[Judgement], layer: str, schema: Schema) -> Rate:
    """How many altered labels were judged wrong in the aspect that was altered; unsure is not enough."""
    rules = schema.labels["control"]
    controls = [j for j in judged if j.of == layer and j.control in rules]
    return Rate(sum(said(j, [rules[j.control].group]) == "wrong" for j in controls), len(controls))


def _recalled(counts: Floats) -> Floats:
    """The share of a that b has too, of counts `[..., (a, b, both)]`."""
    return ratio(counts[..., 2], counts[..., 0])


RECALL = Statistic("recall", _recalled, ("labelled from empty", "gold", "both"))


def _recall(content: Content, audit: Audit, groups: Sequence[str]) -> dict[str, dict[str, Figure]]:
    """Gold against what was labelled from empty, in the sampled paragraphs alone; claims cut to each."""
    asked: dict[str, list[str]] = {}
    for paragraph in audit.paragraphs:
        asked.setdefault(paragraph.doc_id, []).append(paragraph.region)
    doc_ids = [d for d in asked if d in content.gold and d in content.regions and d in content.articles]
    folder = audit.path.rpartition("/")[0]
    pairs = []
    for doc_id in doc_ids:
        regions = [r for r in content.regions[doc_id].regions if r.id in asked[doc_id]]
        pairs.append((content.audit_readings.get(f"{folder}/{doc_id}.jsonl"), content.gold[doc_id], regions))
    entities = [(_entities(a, regions), _entities(b, regions)) for a, b, regions in pairs]
    claims = unlabelled([(_claims(a, regions), _claims(b, regions)) for a, b, regions in pairs])
    origins = np.array([content.articles[doc_id].origin for doc_id in doc_ids])
    measures: dict[str, tuple[Marks, Callable[[Marks], Floats]]] = {
        "entities, exact and typed": (entities, _exact),
        "claims, IoU at least .5": (claims, lambda marks: relaxed_counts(marks, [""], SAME_CLAIM)),
        "claims, exact": (claims, lambda marks: exact_counts(marks, [""])),
    }
    found = {}
    for name, (marks, count) in measures.items():
        counts = count(marks).sum(axis=1)
        for statistic in (RECALL, F1):
            tally = Tally("paragraphs", name, counts, statistic)
            found[f"{name}, {statistic.name}"] = {g: figure(tally, origins == g) for g in groups}
    return found


def _exact(marks: Marks) -> Floats:
    return exact_counts(marks, sorted({mark.label for pair in marks for side in pair for mark in side}))


def _entities(found: AnnotationSet | None, regions: Sequence[Region]) -> list[Mark]:
    entities = found.entities if found else ()
    return [Mark((e.span,), e.label) for e in entities if any(r.start <= e.start and e.end <= r.end for r in regions)]


def _claims(found: AnnotationSet | None, regions: Sequence[Region]) -> list[Mark]:
    """The claims, each cut to every sampled region that it has a part in."""
    claims = found.claims if found else ()
    parts = [tuple(s for s in c.segments if r.start <= s.start and s.end <= r.end) for c in claims for r in regions]
    return [Mark(part, "") for part in parts if part]
