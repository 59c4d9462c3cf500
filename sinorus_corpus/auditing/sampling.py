"""Draws labels and paragraphs from gold, always the same for one seed and one gold. Nothing is written here.

Candidates are put in the order of the SHA-256 of seed and name, and the first so many are taken: a simple random sample
without replacement for every purpose, the same on every machine, and a smaller sample is part of a larger one. Labels
drawn next after the sample become controls: one for each ten, altered by a rule of `controls.py` and never counted in an error
rate. Only documents whose text is at hand can be drawn from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sinorus_corpus.annotation.canonical import format_annotations, record_json
from sinorus_corpus.auditing.controls import Record, Surroundings, alter, rules
from sinorus_corpus.content import Content
from sinorus_corpus.records import (
    Audit,
    AuditHeader,
    Entity,
    Judgement,
    Paragraph,
    Region,
    SinorusError,
)
from sinorus_corpus.schema import GUIDELINES_VERSION, SCHEMA_VERSION, Schema

SEED = 1994
LABELS_PER_CONTROL = 10
LEAST_WORDS = 25


@dataclass(frozen=True)
class Sizes:
    """How many entities, claims and paragraphs are drawn, controls not counted."""

    entities: int
    claims: int
    paragraphs: int

    @classmethod
    def of(cls, entities: int, claims: int | None = None, paragraphs: int | None = None) -> Sizes:
        """Two claims for three entities and one paragraph for five, unless told: 60 entities take an hour."""
        return cls(
            entities,
            round(entities * 2 / 3) if claims is None else claims,
            round(entities / 5) if paragraphs is None else paragraphs,
        )


@dataclass(frozen=True)
class Item:
    """A label as it is shown, and as gold has it; the same, but in a control."""

    id: str
    doc_id: str
    record: Record
    shown: Record
    control: str = ""


@dataclass(frozen=True)
class Sample:
    """What was drawn.

    Attributes:
        gold: digest of the gold drawn from.
        left_out: documents with gold that could not be drawn from, since their text is not at hand.
    """

    seed: int
    gold: str
    items: list[Item]
    paragraphs: list[Paragraph]
    left_out: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What the task that shows this sample is called."""
        sizes = hashlib.sha256(repr([i.id for i in self.items] + [p.id for p in self.paragraphs]).encode()).hexdigest()
        return f"{self.seed}-{self.gold[:8]}-{sizes[:4]}"

    def audit(self, annotator: str, kind: str, schema: Schema) -> Audit:
        """The audit of this sample before anything is answered."""
        header = AuditHeader(annotator, kind, "draft", self.seed, SCHEMA_VERSION, GUIDELINES_VERSION, self.gold)
        judgements = tuple(
            Judgement(i.id, i.doc_id, _layer(i.record), i.record.id, record_digest(i.record, schema), i.control)
            for i in self.items
        )
        return Audit("", header, judgements, tuple(self.paragraphs))


def gold_digest(content: Content, schema: Schema) -> str:
    """SHA-256 over `<doc_id> <SHA-256 of its canonical file>` of all gold, a line each, sorted."""
    lines = [
        f"{doc_id} {hashlib.sha256(format_annotations(found, schema)).hexdigest()}\n"
        for doc_id, found in sorted(content.gold.items())
    ]
    return hashlib.sha256("".join(lines).encode("utf-8")).hexdigest()


def record_digest(record: Record, schema: Schema) -> str:
    """First 16 hex digits of the SHA-256 of a record as canonical JSON, its id left out."""
    data = json.dumps(record_json(replace(record, id=""), schema), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(data.encode("utf-8")).hexdigest()[:16]


def kept_regions(content: Content, doc_id: str, schema: Schema) -> tuple[Region, ...]:
    """The reviewed regions of a document that are text, first copies alone."""
    types = schema.text_types()
    return tuple(r for r in content.regions[doc_id].regions if r.label in types and r.dup_of is None)


def draw(content: Content, schema: Schema, sizes: Sizes, seed: int = SEED) -> Sample:
    """Draws a sample.

    Raises:
        SinorusError: there is no gold whose text is at hand.
    """
    ready = sorted(d for d in content.gold if d in content.texts and d in content.regions)
    if not ready:
        raise SinorusError("no gold whose text is here; sinorus hydrate DIR puts your copies in place")
    gold = {doc_id: content.gold[doc_id] for doc_id in ready}
    drawer = _Drawer(content, schema, seed)
    items = drawer.items("E", [(d, e) for d, found in gold.items() for e in found.entities], sizes.entities)
    items += drawer.items("C", [(d, c) for d, found in gold.items() for c in found.claims], sizes.claims)
    paragraphs = drawer.paragraphs(ready, sizes.paragraphs)
    return Sample(seed, gold_digest(content, schema), items, paragraphs, sorted(content.gold.keys() - set(ready)))


class _Drawer:
    def __init__(self, content: Content, schema: Schema, seed: int) -> None:
        self.content, self.schema, self.seed = content, schema, seed

    def _rank(self, *names: str) -> str:
        return hashlib.sha256(":".join([str(self.seed), *names]).encode("utf-8")).hexdigest()

    def items(self, letter: str, labels: list[tuple[str, Record]], size: int) -> list[Item]:
        """So many labels and one control for each ten, numbered in the order of documents and text."""
        order = sorted(labels, key=lambda pair: self._rank(pair[0], pair[1].id))
        drawn = [Item("", doc_id, record, record) for doc_id, record in order[:size]]
        controls = self._controls(order[size:], -(-min(size, len(order)) // LABELS_PER_CONTROL))
        found = sorted([*drawn, *controls], key=lambda i: (i.doc_id, _start(i.record), i.record.id))
        return [replace(item, id=f"{letter}{n}") for n, item in enumerate(found, 1)]

    def _controls(self, rest: list[tuple[str, Record]], wanted: int) -> Iterator[Item]:
        """Altered labels; the rules take turns, so that each aspect is tried as often as it can be."""
        made = 0
        for doc_id, record in rest:
            if made == wanted:
                return
            turns = rules(_layer(record), self.schema)
            turn = made % len(turns)
            for rule in turns[turn:] + turns[:turn]:
                if shown := alter(record, rule.group, self._surroundings(doc_id, record)):
                    yield Item("", doc_id, record, shown, rule.name)
                    made += 1
                    break

    def _surroundings(self, doc_id: str, record: Record) -> Surroundings:
        content = self.content

        def pick(candidates: Sequence[Any]) -> Any:
            return candidates[int(self._rank("pick", doc_id, record.id), 16) % len(candidates)]

        kept = kept_regions(content, doc_id, self.schema)
        known = list(content.known.values())
        return Surroundings(content.texts[doc_id], kept, content.gold[doc_id], known, self.schema, pick)

    def paragraphs(self, doc_ids: list[str], size: int) -> list[Paragraph]:
        """So many regions of enough words, in the order of documents and text."""
        found = [
            (doc_id, region)
            for doc_id in doc_ids
            for region in kept_regions(self.content, doc_id, self.schema)
            if len(self.content.texts[doc_id][region.start : region.end].split()) >= LEAST_WORDS
        ]
        drawn = sorted(found, key=lambda pair: self._rank("paragraph", pair[0], pair[1].id))[:size]
        drawn.sort(key=lambda pair: (pair[0], pair[1].start))
        return [Paragraph(f"P{n}", doc_id, region.id) for n, (doc_id, region) in enumerate(drawn, 1)]


def _layer(record: Record) -> str:
    return type(record).__name__.lower()


def _start(record: Record) -> int:
    return record.start if isinstance(record, Entity) else record.segments[0].start
