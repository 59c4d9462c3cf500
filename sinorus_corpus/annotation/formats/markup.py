"""What every format reads and writes: a text with marks, and relations between marks. No format and no I/O may live here.

Entities are marks of their label. A claim is a mark `claim`; who vouches for it are marks `source` and `cue` that relations
of the same names lead to from the claim: `source` and `cue` for the outermost reporter, `source-2` and `cue-2` for the next,
and so on inwards. Where a tool has no mark of several spans, a claim's further segments are marks `segment` that a relation
`segment` leads to. Attributes are named as in `schemas/layers/` and written as strings, one for each item of a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sinorus_corpus.records import AnnotationSet, Issue, Span
from sinorus_corpus.schema import Schema

CLAIM, SEGMENT, SOURCE, CUE = "claim", "segment", "source", "cue"
ROLES = (SOURCE, CUE)
MAX_LINKS = 5

Unit = str
Attributes = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Mark:
    """One or more spans with a label.

    Attributes:
        spans: half-open, in the unit of the file that is being read; in code points once placed.
        quotes: what the file says stands there, of one span after the other; empty where it does not say.
        where: how a finding names the mark, where that is not its id.
        line: where in the file it stands, if that is not the line of its document.
    """

    id: str
    label: str
    spans: tuple[Span, ...]
    attributes: Attributes = field(default_factory=dict)
    quotes: tuple[str, ...] = ()
    where: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """A directed relation between two marks, by their ids."""

    label: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Markup:
    """The marks of one document.

    Attributes:
        doc_id: the document; empty where the file does not say.
        text: what the offsets count in; `None` where the file does not hold it.
        by: whom the file names as the annotator.
        path, line: where in a file it stands, for findings.
        shared: the text may be passed on.
    """

    doc_id: str
    text: str | None
    marks: tuple[Mark, ...] = ()
    relations: tuple[Relation, ...] = ()
    by: str = ""
    path: str = ""
    line: int = 0
    language: str = "en"


class Lost(NamedTuple):
    """One thing that a format cannot carry."""

    doc_id: str
    item: str
    what: str


Files = dict[str, bytes]
Named = tuple[Mark, dict[str, Any]]
Parsed = tuple[list[Markup], list[Issue]]


@dataclass(frozen=True)
class Format:
    """A format and what it can carry.

    Attributes:
        write: the files for these documents, by name, with the settings that the tool needs.
        read: a file (or several that belong together) by name; `None` where the format is only written.
        units: what the tool counts offsets in, the default first and then what else it is known to write.
        ids: record ids come back.
        discontinuous: a mark may have several spans; otherwise a claim's further segments need relations.
        relations: marks can be related.
        attributes: the names of the attributes that are carried; `None` for all of them.
        nested: marks may lie in each other.
        claims: claims are carried at all.
        edit: makes records of a reading and edits of it, where a file holds these alone.
        beside: names of files that belong to one that is read, with its `{stem}`.
    """

    write: Callable[[Sequence[Markup], Schema], Files]
    read: Callable[[Files], Parsed] | None = None
    units: tuple[Unit, ...] = ("code-point",)
    ids: bool = True
    discontinuous: bool = False
    relations: bool = True
    attributes: frozenset[str] | None = None
    nested: bool = True
    claims: bool = True
    edit: Callable[[Markup, AnnotationSet, Markup, Schema], tuple[list[Named], list[Issue]]] | None = None
    beside: tuple[str, ...] = ()


def role(name: str, link: int) -> str:
    """The relation that leads from a claim to the source or cue of its `link`-th link, counted from 1."""
    return name if link == 1 else f"{name}-{link}"


def relation_labels() -> list[str]:
    """Every relation that a tool has to offer."""
    return [SEGMENT, *(role(name, n) for n in range(1, MAX_LINKS + 1) for name in ROLES)]


def fit(markup: Markup, form: Format) -> tuple[Markup, list[Lost]]:
    """What of a document a format can carry, and item by item what it cannot."""
    lost: list[Lost] = []
    if not form.relations:
        markup = _without_relations(markup, lost)
    if not form.claims:
        lost += [Lost(markup.doc_id, m.id, "claim") for m in markup.marks if m.label == CLAIM]
        markup = replace(markup, marks=tuple(m for m in markup.marks if m.label != CLAIM))
    if form.attributes is not None:
        markup = _without_attributes(markup, form.attributes, lost)
    if not form.discontinuous:
        markup = _in_single_spans(markup, form.relations, lost)
    if not form.nested:
        markup = _outermost(markup, lost)
    if not form.ids and markup.marks:
        lost.append(Lost(markup.doc_id, "all records", "ids"))
    return markup, lost


def _without_relations(markup: Markup, lost: list[Lost]) -> Markup:
    """Without relations a source or cue belongs to nothing, so they leave too."""
    lost += [Lost(markup.doc_id, r.source, f"{r.label} {r.target}") for r in markup.relations]
    return replace(markup, marks=tuple(m for m in markup.marks if m.label not in ROLES), relations=())


def _without_attributes(markup: Markup, kept: frozenset[str], lost: list[Lost]) -> Markup:
    """Drops attributes; sources and cues that differed by them alone become one."""
    names: dict[str, str] = {}
    marks: dict[tuple[str, object], Mark] = {}
    for mark in markup.marks:
        lost += [Lost(markup.doc_id, mark.id, name) for name in mark.attributes if name not in kept]
        bare = replace(mark, attributes={k: v for k, v in mark.attributes.items() if k in kept})
        key = (mark.label, mark.spans if mark.label in ROLES else mark.id)
        names[mark.id] = marks.setdefault(key, bare).id
    relations = tuple(Relation(r.label, names[r.source], names[r.target]) for r in markup.relations)
    return replace(markup, marks=tuple(marks.values()), relations=relations)


def _in_single_spans(markup: Markup, related: bool, lost: list[Lost]) -> Markup:
    marks, relations = [], list(markup.relations)
    for mark in markup.marks:
        marks.append(replace(mark, spans=mark.spans[:1], quotes=mark.quotes[:1]))
        for n, span in enumerate(mark.spans[1:], 2):
            if related:
                marks.append(Mark(f"{mark.id}.{n}", SEGMENT, (span,), {}, mark.quotes[n - 1 : n]))
                relations.append(Relation(SEGMENT, mark.id, f"{mark.id}.{n}"))
            else:
                lost.append(Lost(markup.doc_id, mark.id, f"segment {n}"))
    return replace(markup, marks=tuple(marks), relations=tuple(relations))


def _outermost(markup: Markup, lost: list[Lost]) -> Markup:
    kept: list[Mark] = []
    for mark in sorted(markup.marks, key=lambda m: (m.spans[0].start, -m.spans[0].end)):
        if kept and mark.spans[0].start < kept[-1].spans[0].end:
            lost.append(Lost(markup.doc_id, mark.id, f"{mark.label} nested in {kept[-1].id}"))
        else:
            kept.append(mark)
    return replace(markup, marks=tuple(kept))


def slices(text: str, mark: Mark) -> tuple[str, ...]:
    """What stands in each span of a mark."""
    return tuple(text[span.start : span.end] for span in mark.spans)
