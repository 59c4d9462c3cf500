"""Third readings of a sample of gold. No I/O and no third-party import may live here."""

from __future__ import annotations

from dataclasses import dataclass, field


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
