"""W3C Web Annotation: a page of annotations for each document, as JSON-LD. Nothing about other formats may live here.

A mark is an annotation with a body of purpose `classifying` for its label and a named body for each attribute, and a target for
each span, which gives its quote with context and its place. A relation is an annotation `linking` one to another. Offsets count
code points, which the model demands; pages in browsers often write UTF-16 instead, and their quotes tell. The file holds no
text: what it counts in shows by its quotes. Model: https://www.w3.org/TR/annotation-model/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Any

from sinorus_corpus.annotation.formats.markup import Files, Format, Mark, Markup, Parsed, Relation
from sinorus_corpus.annotation.formats.reading import BadItemError, read_json, take, take_span
from sinorus_corpus.characters import shorten
from sinorus_corpus.records import Issue, Span
from sinorus_corpus.schema import Schema

_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_IRI = "urn:sinorus:"
_AROUND = 20
_LABELS = ("classifying", "tagging")


def format_web_annotation(markups: Sequence[Markup], schema: Schema) -> Files:
    """`<doc_id>.jsonld`, an annotation page, and `<doc_id>.txt`, the text that it annotates."""
    files = {}
    for markup in markups:
        page = {"@context": _CONTEXT, "id": f"{_IRI}{markup.doc_id}/page", "type": "AnnotationPage"}
        items = [*(_mark(m, markup) for m in markup.marks), *(_relation(r, markup) for r in markup.relations)]
        held = json.dumps(page | {"items": items}, ensure_ascii=False, indent=1)
        files[f"{markup.doc_id}.jsonld"] = f"{held}\n".encode()
        files[f"{markup.doc_id}.txt"] = (markup.text or "").encode("utf-8")
    return files


def _body(purpose: str, value: str, name: str = "") -> dict[str, str]:
    return {"type": "TextualBody", "purpose": purpose, **({"name": name} if name else {}), "value": value}


def _mark(mark: Mark, markup: Markup) -> dict[str, Any]:
    purposes = {"note": "commenting", "entity": "identifying", "who": "identifying"}
    bodies = [_body("classifying", mark.label)]
    bodies += [_body(purposes.get(k, "describing"), v, k) for k, values in mark.attributes.items() for v in values]
    return {
        "id": f"{_IRI}{markup.doc_id}/{mark.id}",
        "type": "Annotation",
        "motivation": "classifying",
        "creator": {"nickname": markup.by},
        "body": bodies,
        "target": [_target(span, markup) for span in mark.spans],
    }


def _target(span: Span, markup: Markup) -> dict[str, Any]:
    text = markup.text or ""
    quote = {
        "type": "TextQuoteSelector",
        "exact": text[span.start : span.end],
        "prefix": text[max(0, span.start - _AROUND) : span.start],
        "suffix": text[span.end : span.end + _AROUND],
    }
    place = {"type": "TextPositionSelector", "start": span.start, "end": span.end}
    return {"source": f"{_IRI}{markup.doc_id}", "selector": [quote, place]}


def _relation(relation: Relation, markup: Markup) -> dict[str, Any]:
    ends = [f"{_IRI}{markup.doc_id}/{end}" for end in (relation.source, relation.target)]
    return {
        "id": f"{ends[0]}/{relation.label}",
        "type": "Annotation",
        "motivation": "linking",
        "creator": {"nickname": markup.by},
        "body": [_body("classifying", relation.label), {"id": ends[1], "purpose": "linking"}],
        "target": ends[0],
    }


def parse_web_annotation(files: Files) -> Parsed:
    """The documents of annotation pages, or of lists of annotations, one for each source and creator."""
    found: dict[tuple[str, str, str], tuple[list[Mark], list[Relation]]] = {}
    issues: list[Issue] = []
    for name, data in files.items():
        if PurePath(name).suffix == ".txt":
            continue
        page, unread = read_json(name, data)
        issues += unread
        for n, item in enumerate(_items(page), 1):
            try:
                by = _creator(item)
                if take(item, "motivation", str, "") == "linking":
                    relation = _read_relation(item)
                    found.setdefault((name, _document(item, name), by), ([], []))[1].append(relation)
                else:
                    mark = _read_mark(item, f"annotation {n}")
                    found.setdefault((name, _document(item, name), by), ([], []))[0].append(mark)
            except BadItemError as error:
                issues.append(error.issue(name, 0, f"annotation {n}"))
    markups = [Markup(doc, None, tuple(m), tuple(r), by, path) for (path, doc, by), (m, r) in found.items()]
    return markups, issues


def _items(page: Any) -> Iterator[Any]:
    if isinstance(page, dict) and "items" in page:
        page = page["items"]
    yield from page if isinstance(page, list) else [] if page is None else [page]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _creator(item: Any) -> str:
    creator = item.get("creator") if isinstance(item, dict) else None
    if isinstance(creator, dict):
        creator = creator.get("nickname") or creator.get("name") or creator.get("id")
    return creator if isinstance(creator, str) else ""


def _document(item: dict[str, Any], path: str) -> str:
    """The document of our own identifiers; another source, an address say, is never fetched, and the file's name counts."""
    target = _listed(item.get("target"))[0]
    source = target.get("source") if isinstance(target, dict) else target
    if isinstance(source, str) and source.startswith(_IRI):
        return source.removeprefix(_IRI).partition("/")[0]
    return PurePath(path).stem


def _own(iri: Any) -> str:
    if not isinstance(iri, str) or not iri:
        raise BadItemError("wrong-type", f"id: {shorten(repr(iri))}", "the id of an annotation")
    return iri.rpartition("/")[2] if iri.startswith(_IRI) else iri


def _read_relation(item: dict[str, Any]) -> Relation:
    bodies = _listed(item.get("body"))
    labels = [take(b, "value", str) for b in bodies if isinstance(b, dict) and b.get("purpose") in _LABELS]
    ends = [
        b if isinstance(b, str) else b.get("id")
        for b in bodies
        if isinstance(b, str) or (isinstance(b, dict) and "id" in b)
    ]
    target = item.get("target")
    if len(ends) != 1 or len(labels) > 1:
        raise BadItemError("not-imported", f"a link to {len(ends)} annotations", "a link to one, with one label")
    return Relation("".join(labels), _own(target.get("id") if isinstance(target, dict) else target), _own(ends[0]))


def _read_mark(item: Any, where: str) -> Mark:
    labels: list[str] = []
    attributes: dict[str, tuple[str, ...]] = {}
    for body in _listed(take(item, "body", object)):
        name, value, purpose = take(body, "name", str, ""), take(body, "value", str), take(body, "purpose", str, "")
        if not name and purpose in _LABELS:
            labels.append(value)
        else:
            name = name or ("note" if purpose == "commenting" else purpose or "body")
            attributes[name] = (*attributes.get(name, ()), value)
    if len(labels) != 1:
        raise BadItemError("not-imported", f"{len(labels)} labels", "one body that classifies or tags")
    targets = [_read_target(target) for target in _listed(item.get("target"))]
    if not targets:
        raise BadItemError("not-imported", "no target", "a target with a text position")
    spans, quotes = zip(*targets, strict=True)
    return Mark(_own(item.get("id")), labels[0], spans, attributes, quotes, where)


def _read_target(target: Any) -> tuple[Span, str]:
    found = [s for s in _listed(take(target, "selector", object)) if isinstance(s, dict)]
    selectors = {s["type"]: s for s in found if isinstance(s.get("type"), str)}
    if "TextPositionSelector" not in selectors:
        raise BadItemError("not-imported", "no text position", "a TextPositionSelector")
    quote = selectors.get("TextQuoteSelector", {})
    return take_span(selectors["TextPositionSelector"]), take(quote, "exact", str, "")


FORMAT = Format(format_web_annotation, parse_web_annotation, units=("code-point", "utf-16"), discontinuous=True)
