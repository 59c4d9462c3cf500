"""The nouns of the corpus as frozen dataclasses. No I/O and no third-party import may live here.

Every offset is a code point, half-open `[start, end)`. `raw` offsets count in the article as received, `text` offsets in
the published text of a `Document`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

Severity = Literal["error", "warning"]
Level = Literal["format", "anchoring", "scheme", "corpus", "dataset"]


class Span(NamedTuple):
    """A half-open range of code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact or a statement of a written article was made public.

    Attributes:
        what: the fact or statement, paraphrased.
        when: ISO day, month or year in which it was made public.
        where: where it was made public, precise enough to be found.
        checked: whether that source was opened and seen to say so.
        who: the person or institution that made a statement; empty for a figure.
        value: a figure with its unit; empty for a statement.
        url: the address that was opened, if any.
    """

    what: str
    when: str
    where: str
    checked: bool
    who: str = ""
    value: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A difficulty that the writer of an article planted, or that was found there later, and what a right reading finds.

    Attributes:
        kind: which difficulty.
        quote: the words it is about, as they stand in the article; empty where `segments` gives them.
        context: longer words around `quote` that stand once, where it stands more than once.
        source, who: the words of the innermost source, and whom a pronoun stands for.
        other, relation: the words of the rival figure and the relation to it.
        depth: how many sources the chain has.
        cert, pol, label: the value that a right reading gives.
        name: the right form of a name.
        inner, inner_label: the name inside a name.
        segments, parts: the pieces of a claim, the mentions that are joined.
    """

    kind: str
    quote: str = ""
    context: str = ""
    source: str = ""
    who: str = ""
    other: str = ""
    relation: str = ""
    depth: int = 0
    cert: str = ""
    pol: str = ""
    label: str = ""
    name: str = ""
    inner: str = ""
    inner_label: str = ""
    segments: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PinnedSource:
    """Where an article was taken from, so exactly that it can be taken again, and what was said there of its licence.

    Attributes:
        kind: `hub`, a row of a dataset on the Hub, or `web`, a page.
        sha256: of the bytes as they came: the column of the row as UTF-8, or the page.
        retrieved: the ISO day on which they came.
        license_statement, license_read: what is said of the licence, in its own words, and where that was read.
        repo, revision, file: the dataset, its commit and the file in it; for rows only.
        id_column, id, column: where the row is named and by what, and where its text stands; for rows only.
        url: the address of the page; for pages only.
    """

    kind: str
    sha256: str
    retrieved: str
    license_statement: str = ""
    license_read: str = ""
    repo: str = ""
    revision: str = ""
    file: str = ""
    id_column: str = ""
    id: str = ""
    column: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """What the record of an article says: `raw/<doc_id>.toml`.

    Attributes:
        challenges_found_later: whether its challenges were found in the finished text, and not planted before it was written.
    """

    doc_id: str
    title: str
    publisher: str
    date: date | None
    license: str
    redistribute: bool
    genre: str
    origin: str
    language: str
    split: str
    sha256: str
    url: str = ""
    html_sha256: str = ""
    renderer: str = ""
    challenges_found_later: bool = False
    source: PinnedSource | None = None
    statements: tuple[Source, ...] = ()
    figures: tuple[Source, ...] = ()
    challenges: tuple[Challenge, ...] = ()

    @property
    def planted(self) -> bool:
        """Whether difficulties were planted before it was written; the line model has not learned from such articles."""
        return bool(self.challenges) and not self.challenges_found_later


@dataclass(frozen=True, slots=True)
class Region:
    """A line of the raw article less its outer white space; `dup_of` is the id of the earlier copy it repeats."""

    id: str
    start: int
    end: int
    label: str
    dup_of: str | None = None

    @property
    def span(self) -> Span:
        """The region's raw span."""
        return Span(self.start, self.end)


class Piece(NamedTuple):
    """A run of the alignment: raw `[raw_start, raw_end)` became text `[start, end)`.

    Unless `replaced`, both have the same length and the same code points. A replacement maps whole and no span cuts one.
    """

    raw_start: int
    raw_end: int
    start: int
    end: int
    replaced: bool


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
class Fingerprint:
    """A line, sentence or labelled span of a withheld text: where it lies, and the digest of its normal form.

    Attributes:
        start, end: code points of raw, half-open.
        norm_start, norm_end: code points of the whole text in normal form, half-open.
        digest: first 16 hex digits of the SHA-256 of that stretch of the normal form.
    """

    start: int
    end: int
    norm_start: int
    norm_end: int
    digest: str

    @property
    def span(self) -> Span:
        """The raw span."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class AuditHeader:
    """The first line of an audit: who read a sample of gold a third time, and of which gold it speaks."""

    annotator: str
    kind: str
    status: str
    seed: int
    schema: str
    guidelines: str
    gold: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a third reading says of one aspect of a label."""

    of: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a third reading says of one label of gold; `control` says how the label was altered before it was shown."""

    id: str
    doc_id: str
    of: str
    label: str
    digest: str
    control: str = ""
    verdicts: tuple[Verdict, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A region that was labelled from empty in an audit."""

    id: str
    doc_id: str
    region: str
    done: bool = False


@dataclass(frozen=True, slots=True)
class Audit:
    """The answers of one audit.

    Attributes:
        lines: for `judgement` and `paragraph` the lines its records stand on, in their order.
    """

    path: str
    header: AuditHeader
    judgements: tuple[Judgement, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    lines: dict[str, list[int]] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class Document:
    """A cleaned article: `text` is the kept regions joined by newlines, `alignment` maps it to raw and back.

    Attributes:
        removed: how many invisible characters cleaning took out of the kept regions.
    """

    article: Article
    text: str
    regions: tuple[Region, ...]
    kept: frozenset[str]
    alignment: tuple[Piece, ...]
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding of a check. Its level, severity and rule stand under `code` in `schemas/issues.toml`.

    Attributes:
        code: kebab-case and permanent.
        path: file relative to the corpus root.
        line: line of that file, from 1; 0 where the finding is about the file itself.
        found: what is there. Untrusted: escape before showing.
        expected: what should be there.
        mend: how to mend it, where the catalogue's general advice can be made more precise.
        severity: milder than the rule's, where the file is older than the rule; `Schema.severity` says what holds.
    """

    code: str
    path: str
    line: int = 0
    found: str = ""
    expected: str = ""
    mend: str = ""
    severity: Severity | Literal[""] = ""


class SinorusError(Exception):
    """A refusal that a person can act on: the message says what was found, what was expected and how to mend it."""
