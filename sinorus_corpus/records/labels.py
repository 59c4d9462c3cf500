"""Annotation files: entities, claims, clusters, decisions and the registry. No I/O and no third-party import may live here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sinorus_corpus.records.documents import Region, Span


@dataclass(frozen=True, slots=True)
class Entity:
    """A mention at raw offsets, with its quote or (where the text is withheld) the digest of its quote."""

    id: str
    start: int
    end: int
    label: str
    quote: str = ""
    digest: str = ""
    entity: str = ""
    metonym: bool = False
    unsure: bool = False
    note: str = ""

    @property
    def span(self) -> Span:
        """The mention's raw span."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Link:
    """One link of an attribution chain: who reports (source), by which words (cue)."""

    source: Span | None = None
    cue: Span | None = None
    quotes: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    who: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure that a claim asserts; `value` in base units, `None` where only a direction is given."""

    variable: str
    value: float | None = None
    unit: str = ""
    basis: str = ""
    period: str = ""
    base_period: str = ""
    approx: bool = False
    direction: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """An assertion that somebody vouches for, in one or more raw segments; an empty chain means the author does."""

    id: str
    segments: tuple[Span, ...]
    ctype: str
    cert: str
    pol: str
    check: int
    topic: str
    rel: str = "none"
    quotes: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    gloss: str = ""
    attribution: tuple[Link, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    reported_date: str = ""
    unsure: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A claim (`<doc_id>:<id>`) of a cluster and its relation to the proposition; `note` says why, where readings differed."""

    claim: str
    relation: str
    quotes: str = ""
    note: str = ""

    @property
    def document(self) -> str:
        """The document that the claim stands in."""
        return self.claim.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Claims of several documents that answer one question."""

    id: str
    proposition: str
    topic: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """The first line of an annotation file: what it labels, by which rules, and who labelled.

    Attributes:
        base: the tool or annotator whose labels this reading started from; empty for a blind one.
    """

    doc_id: str
    sha256: str
    schema: str
    guidelines: str
    annotator: str
    status: str
    passes: tuple[str, ...] = ()
    base: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """How adjudication settled one difference: the records of both passes, by id, and the choice."""

    id: str
    of: str
    field: str = ""
    a: tuple[str, ...] = ()
    b: tuple[str, ...] = ()
    choice: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What was changed in gold after it had been settled; an empty field means that the record was added."""

    doc_id: str
    id: str
    field: str = ""
    before: str = ""
    guidelines: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class KnownEntity:
    """A line of the entity registry; `wikidata_qid` is empty unless verified."""

    entity_id: str
    name: str
    type: str
    aliases: tuple[str, ...] = ()
    wikidata_qid: str = ""


@dataclass(frozen=True, slots=True)
class AnnotationSet:
    """Everything one annotation file says of one document.

    Attributes:
        lines: for each layer (`region`, `entity`, `claim`) the lines its records stand on, in their order.
    """

    path: str
    header: Header
    regions: tuple[Region, ...] = ()
    entities: tuple[Entity, ...] = ()
    claims: tuple[Claim, ...] = ()
    lines: dict[str, list[int]] = field(default_factory=dict)

    def numbered_regions(self) -> Iterator[tuple[int, Region]]:
        """Each region with its line in the file."""
        return zip(self.lines["region"], self.regions, strict=True)

    def numbered_labels(self) -> Iterator[tuple[int, Entity | Claim]]:
        """Each entity and then each claim with its line in the file."""
        yield from zip(self.lines["entity"], self.entities, strict=True)
        yield from zip(self.lines["claim"], self.claims, strict=True)
