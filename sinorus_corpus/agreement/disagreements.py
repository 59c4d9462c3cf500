"""Where two readings of a document differ, record by record, for people to look at. Nothing is counted or drawn here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sinorus_corpus.agreement.matching import Segments
from sinorus_corpus.agreement.readings import DoubleReading, claim_pairs, mention_pairs, segments
from sinorus_corpus.agreement.tallies import ATTRIBUTION, QUANTITIES, figures
from sinorus_corpus.records import Claim, Entity, Link, Span

MISSING_A, MISSING_B = "missing in A", "missing in B"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One difference between two readings.

    Attributes:
        layer: `entity` or `claim`.
        kind: `missing in A`, `missing in B`, `boundary`, `label`, `boundary and label`, `attribute <name>`, `chain depth`,
            `chain source`, `chain cue` or `chain who`.
        a, b: both records, `None` where a reading has none; offsets are those of the readings.
        values: what differs, in words; empty where the records say it all.
    """

    doc_id: str
    layer: str
    kind: str
    a: Entity | Claim | None
    b: Entity | Claim | None
    values: tuple[str, str] = ("", "")

    @property
    def spans(self) -> tuple[Segments, Segments]:
        """The spans of both records, none for one that is missing."""
        return (segments(self.a) if self.a else ()), (segments(self.b) if self.b else ())

    @property
    def start(self) -> int:
        """Where it begins."""
        return min((span.start for side in self.spans for span in side), default=0)


def disagreements(reading: DoubleReading, attributes: Mapping[str, Sequence[str]]) -> list[Disagreement]:
    """All differences between two readings of a document, in the order of the text.

    A mention or claim that was read in two ways is listed once for each way in which the readings differ.

    Args:
        attributes: for each layer to be compared, the attributes that both readings give, with `ATTRIBUTION` and
            `QUANTITIES` for chains and figures.
    """
    found: list[Disagreement] = []
    if "entity" in attributes:
        found += _mentions(reading, attributes["entity"])
    if "claim" in attributes:
        found += _claims(reading, attributes["claim"])
    return sorted(found, key=lambda d: (d.start, d.layer))


def _mentions(reading: DoubleReading, attributes: Sequence[str]) -> Iterator[Disagreement]:
    pairs = mention_pairs(reading)
    yield from _missing(reading, "entity", reading.a.entities, reading.b.entities, pairs)
    for a, b in pairs:
        kind = " and ".join([*(["boundary"] * (a.span != b.span)), *(["label"] * (a.label != b.label))])
        if kind:
            yield Disagreement(reading.doc_id, "entity", kind, a, b, (a.label, b.label))
        yield from _attributes(reading, "entity", a, b, [name for name in attributes if name != "label"])


def _claims(reading: DoubleReading, attributes: Sequence[str]) -> Iterator[Disagreement]:
    pairs = claim_pairs(reading)
    yield from _missing(reading, "claim", reading.a.claims, reading.b.claims, pairs)
    for a, b in pairs:
        if a.segments != b.segments:
            yield Disagreement(reading.doc_id, "claim", "boundary", a, b)
        yield from _attributes(reading, "claim", a, b, [n for n in attributes if n not in (ATTRIBUTION, QUANTITIES)])
        if QUANTITIES in attributes and figures(a) != figures(b):
            shown = ["; ".join(f"{value} {unit}".strip() for value, unit in figures(c)) or "none" for c in (a, b)]
            yield Disagreement(reading.doc_id, "claim", f"attribute {QUANTITIES}", a, b, (shown[0], shown[1]))
        if ATTRIBUTION in attributes:
            yield from _chain(reading, a, b)


def _missing(
    reading: DoubleReading,
    layer: str,
    a: Sequence[Entity | Claim],
    b: Sequence[Entity | Claim],
    pairs: Sequence[tuple[Entity | Claim, Entity | Claim]],
) -> Iterator[Disagreement]:
    paired = {id(record) for pair in pairs for record in pair}
    yield from (
        Disagreement(reading.doc_id, layer, MISSING_B, record, None) for record in a if id(record) not in paired
    )
    yield from (
        Disagreement(reading.doc_id, layer, MISSING_A, None, record) for record in b if id(record) not in paired
    )


def _attributes(
    reading: DoubleReading, layer: str, a: Entity | Claim, b: Entity | Claim, names: Sequence[str]
) -> Iterator[Disagreement]:
    for name in names:
        first, second = getattr(a, name), getattr(b, name)
        if first != second:
            yield Disagreement(reading.doc_id, layer, f"attribute {name}", a, b, (_word(first), _word(second)))


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value) or "none"


def _chain(reading: DoubleReading, a: Claim, b: Claim) -> Iterator[Disagreement]:
    if len(a.attribution) != len(b.attribution):
        depths = (str(len(a.attribution)), str(len(b.attribution)))
        yield Disagreement(reading.doc_id, "claim", "chain depth", a, b, depths)
        return
    for part in ("source", "cue", "who"):
        first, second = ([getattr(link, part) for link in claim.attribution] for claim in (a, b))
        if first != second:
            shown = (_parts(a.attribution, part), _parts(b.attribution, part))
            yield Disagreement(reading.doc_id, "claim", f"chain {part}", a, b, shown)


def _parts(chain: Sequence[Link], part: str) -> str:
    return " > ".join(_part(getattr(link, part)) for link in chain)


def _part(value: Span | tuple[str, ...] | None) -> str:
    if isinstance(value, Span):
        return f"[{value.start}, {value.end})"
    return " ".join(value) if value else "none"
