"""Settles two passes: what they agree on is accepted, each difference is decided, and the decisions are kept. No I/O here.

Entities agree in start, end and label, claims in their segments. Where a pair agrees, each attribute that differs is a
difference of its own. All other records fall into groups whose spans overlap, and each group is one difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sinorus_corpus.annotation.canonical import sort_key
from sinorus_corpus.records import AnnotationSet, Claim, Decision, Entity, Header, SinorusError

Record = Entity | Claim

# What vouches for a span, or says it in one's own words, is no reading of its own.
_NOT_COMPARED = {"id", "start", "end", "segments", "quote", "quotes", "digest", "digests", "gloss", "unsure", "note"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing to decide: records of both passes, and the attribute in which a pair differs, if it is only that."""

    of: str
    field: str
    a: tuple[Record, ...]
    b: tuple[Record, ...]

    @property
    def start(self) -> int:
        """Where it begins in raw."""
        return min(_bounds(record)[0] for record in (*self.a, *self.b))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two passes side by side: the pairs that agree in span and label, and the differences in the order of the text."""

    agreed: tuple[tuple[Record, Record], ...]
    differences: tuple[Difference, ...]


def compare(a: AnnotationSet, b: AnnotationSet) -> Comparison:
    """Compares two passes over one document.

    Raises:
        SinorusError: they label different texts.
    """
    if (a.header.doc_id, a.header.sha256) != (b.header.doc_id, b.header.sha256):
        raise SinorusError(f"{a.path} and {b.path} label different texts; expected two passes over one document")
    agreed: list[tuple[Record, Record]] = []
    differences: list[Difference] = []
    for of, ours, theirs in (("entity", a.entities, b.entities), ("claim", a.claims, b.claims)):
        pairs, rest_a, rest_b = _pair(ours, theirs)
        agreed += pairs
        differences += [Difference(of, name, (x,), (y,)) for x, y in pairs for name in _differing(x, y)]
        differences += [Difference(of, "", x, y) for x, y in _groups(rest_a, rest_b)]
    return Comparison(tuple(agreed), tuple(sorted(differences, key=lambda d: (d.start, d.of == "claim", d.field))))


def _key(record: Record) -> Any:
    return (record.start, record.end, record.label) if isinstance(record, Entity) else record.segments


def _pair(a: Sequence[Record], b: Sequence[Record]) -> tuple[list[tuple[Record, Record]], list[Record], list[Record]]:
    others = {_key(record): record for record in b}
    pairs = [(record, others[_key(record)]) for record in a if _key(record) in others]
    done = {_key(record) for record, _ in pairs}
    return pairs, [r for r in a if _key(r) not in done], [r for r in b if _key(r) not in done]


def _differing(a: Record, b: Record) -> list[str]:
    names = [f.name for f in fields(a) if f.name not in _NOT_COMPARED]
    return [name for name in names if _bare(getattr(a, name)) != _bare(getattr(b, name))]


def _bare(value: Any) -> Any:
    """An attribution without its evidence."""
    if isinstance(value, tuple):
        return tuple(replace(v, quotes=(), digests=()) if hasattr(v, "digests") else v for v in value)
    return value


def _bounds(record: Record) -> tuple[int, int]:
    if isinstance(record, Entity):
        return record.start, record.end
    return record.segments[0][0], max(end for _, end in record.segments)


def _groups(a: Sequence[Record], b: Sequence[Record]) -> Iterator[tuple[tuple[Record, ...], tuple[Record, ...]]]:
    """Records of both passes whose ranges overlap, directly or through others."""
    marked = sorted([*((r, True) for r in a), *((r, False) for r in b)], key=lambda m: _bounds(m[0]))
    group: list[tuple[Record, bool]] = []
    end = -1
    for record, ours in marked:
        if group and _bounds(record)[0] >= end:
            yield _split(group)
            group = []
        group.append((record, ours))
        end = max(_bounds(r)[1] for r, _ in group)
    if group:
        yield _split(group)


def _split(group: list[tuple[Record, bool]]) -> tuple[tuple[Record, ...], tuple[Record, ...]]:
    return tuple(r for r, ours in group if ours), tuple(r for r, ours in group if not ours)


def adjudicate(
    a: AnnotationSet, b: AnnotationSet, choices: Mapping[int, tuple[str, str]], adjudicator: str
) -> tuple[AnnotationSet, list[Decision]]:
    """Gold of two passes.

    Ids of the first pass stay; records taken from the second get ids that the first does not have.

    Args:
        choices: for the number of each difference, from 1 in the order of `compare`, the choice and a note.

    Returns:
        Gold, and what was decided.

    Raises:
        SinorusError: a difference is not decided, or a choice does not fit it.
    """
    compared = compare(a, b)
    numbered = list(enumerate(compared.differences, 1))
    if missing := [n for n, _ in numbered if n not in choices]:
        raise SinorusError(f"not decided: {', '.join(map(str, missing[:20]))}; expected a choice for each difference")
    decided = [(n, d, *choices[n]) for n, d in numbered]
    header = Header(
        a.header.doc_id, a.header.sha256, a.header.schema, a.header.guidelines, adjudicator, "adjudicated",
        (a.header.annotator, b.header.annotator),
    )  # fmt: skip
    records = [*_agreed(compared, decided), *_taken(decided, _next_id(a))]
    entities = tuple(r for r in records if isinstance(r, Entity))
    claims = tuple(r for r in records if isinstance(r, Claim))
    gold = AnnotationSet("", header, (), tuple(sorted(entities, key=sort_key)), tuple(sorted(claims, key=sort_key)))
    return gold, [_decision(n, d, choice, note) for n, d, choice, note in decided]


Decided = tuple[int, Difference, str, str]


def _agreed(compared: Comparison, decided: Sequence[Decided]) -> Iterator[Record]:
    """The pairs that agree, with the attributes that were decided for the second pass or for neither."""
    changes: dict[str, dict[str, Any]] = {}
    for n, difference, choice, _ in decided:
        if not difference.field:
            continue
        (ours,), (theirs,) = difference.a, difference.b
        if choice == "both":
            raise SinorusError(f"difference {n} is about {difference.field}; expected a, b or none, found both")
        if choice != "a":
            value = getattr(theirs, difference.field) if choice == "b" else _default(ours, difference.field)
            changes.setdefault(ours.id, {})[difference.field] = value
    for ours, _ in compared.agreed:
        yield replace(ours, **changes.get(ours.id, {}))


def _default(record: Record, name: str) -> Any:
    found = next(f for f in fields(record) if f.name == name)
    if not isinstance(found.default, str | bool | tuple):
        raise SinorusError(f"{name} has no default; expected a or b, found none")
    return found.default


def _taken(decided: Sequence[Decided], next_id: int) -> Iterator[Record]:
    for _, difference, choice, _ in decided:
        if difference.field:
            continue
        yield from difference.a if choice in ("a", "both") else ()
        for record in difference.b if choice in ("b", "both") else ():
            yield replace(record, id=f"{record.id[0]}{next_id}")
            next_id += 1


def _next_id(a: AnnotationSet) -> int:
    ids = [e.id for e in a.entities] + [c.id for c in a.claims]
    return 1 + max((int(record_id[1:]) for record_id in ids), default=0)


def _decision(n: int, difference: Difference, choice: str, note: str) -> Decision:
    a, b = (tuple(record.id for record in side) for side in (difference.a, difference.b))
    return Decision(f"d{n}", difference.of, difference.field, a, b, choice, note)
