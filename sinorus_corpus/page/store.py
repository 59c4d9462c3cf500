"""What the page reads and writes: one annotator's passes and, in adjudication, gold. HTTP is none of its business."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sinorus_corpus.adjudicating import adjudicate, read_passes
from sinorus_corpus.annotation.adjudication import Difference, compare
from sinorus_corpus.annotation.canonical import format_annotations, record_json
from sinorus_corpus.annotation.evidence import with_evidence
from sinorus_corpus.annotation.standoff import parse_annotations
from sinorus_corpus.characters import escape
from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.corpus import Corpus, require_name
from sinorus_corpus.files import sha256, write_atomic
from sinorus_corpus.page import blindness
from sinorus_corpus.records import AnnotationSet, Document, Header, Issue, SinorusError
from sinorus_corpus.schema import GUIDELINES_VERSION, SCHEMA_VERSION, read_schema
from sinorus_corpus.suggestions.suggest import BASE, suggest_entities
from sinorus_corpus.validate import validate
from sinorus_corpus.view import document_data, record_data, registry_data, schema_data

Json = dict[str, Any]


class StaleError(SinorusError):
    """The file changed since the page read it; `etag` is that of the file as it is now."""

    def __init__(self, message: str, etag: str) -> None:
        super().__init__(message)
        self.etag = etag


class Store:
    """The labels of one annotator in one corpus.

    Args:
        annotator: whose passes are edited; nobody else's is shown before both are handed in and settled.
    """

    def __init__(self, corpus: Corpus, annotator: str) -> None:
        self.corpus, self.annotator = corpus, require_name(annotator, "annotator")
        self.schema = read_schema(corpus.schemas)
        self._lock = threading.Lock()

    def _content(self) -> Content:
        return read_content(self.corpus, self.schema, "hydrated")

    def _document(self, doc_id: str, content: Content) -> tuple[Document, str]:
        if doc_id not in content.articles:
            raise SinorusError(f"there is no document {doc_id}; raw/ has {len(content.articles)}")
        if doc_id not in content.texts:
            raise SinorusError(f"{doc_id}: its text may not be passed on; sinorus hydrate DIR puts your copy in place")
        if doc_id not in content.regions:
            raise SinorusError(f"{doc_id}: regions are reviewed first; expected annotations/regions/{doc_id}.jsonl")
        raw = content.texts[doc_id]
        regions = content.regions[doc_id].regions
        return clean_document(content.articles[doc_id], raw, regions, self.schema.text_types()), raw

    def load(self, doc_id: str) -> Json:
        """A document with this annotator's labels, and the `etag` that a save must name."""
        content = self._content()
        document, raw = self._document(doc_id, content)
        path = self._path(doc_id)
        data = path.read_bytes() if path.is_file() else b""
        found = self._parse(data, path) if data else None
        records = record_data(found, self.schema) if found else {"header": None, "entities": [], "claims": []}
        return (
            document_data(document, raw)
            | records
            | {"etag": sha256(data) if data else "", "annotator": self.annotator}
            | {"in_gold": bool(data) and blindness.in_gold(content, doc_id, self.annotator)}
            | {"schema": schema_data(self.schema), "registry": registry_data([e for _, e in content.registry])}
        )

    def _parse(self, data: bytes, path: Path) -> AnnotationSet:
        name = self.corpus.relative(path)
        found, issues = parse_annotations(data.decode("utf-8", "replace"), name, ("entity", "claim"), self.schema)
        if found is None or issues:
            told = "; ".join(f"line {i.line}: {i.code}, found {escape(i.found)}" for i in issues[:3])
            raise SinorusError(
                f"{name} cannot be read ({told}); mend it by hand, the page would lose what it cannot read"
            )
        return found

    def save(self, doc_id: str, body: Json) -> Json:
        """Writes the labels of a page as this annotator's pass; a handed in one only if the body says `taken_back`.

        Raises:
            StaleError: the file is not the one that the page read; what the page has is kept beside, in `build/unsaved/`.
            SinorusError: the labels cannot be written, or the pass may not be made or changed any more.
        """
        content = self._content()
        document, raw = self._document(doc_id, content)
        path = self._path(doc_id)
        status = "pass" if body.get("status") == "pass" else "draft"
        base = BASE if body.get("base") == BASE else ""
        versions = (document.article.sha256, SCHEMA_VERSION, GUIDELINES_VERSION)
        header = Header(doc_id, *versions, self.annotator, status, base=base)
        made = self._made(header, body, document, raw)
        with self._lock:
            self._require_fresh(path, str(body.get("etag", "")), made)
            taken_back = body.get("taken_back") is True
            self._require_writable(content, doc_id, taken_back=taken_back)
            write_atomic(path, made)
        return {"etag": sha256(made), "where": self.corpus.relative(path)}

    def _path(self, doc_id: str) -> Path:
        """Where the labels of this page stand."""
        return self.corpus.annotator_pass(self.annotator, doc_id)

    def _require_writable(self, content: Content, doc_id: str, *, taken_back: bool) -> None:
        blindness.require_writable(self.corpus, content, doc_id, self.annotator, taken_back=taken_back)

    def suggestions(self, doc_id: str) -> list[Json]:
        """Entities for people to correct, as `sinorus suggest` gives them."""
        content = self._content()
        document, raw = self._document(doc_id, content)
        kept = [region for region in document.regions if region.id in document.kept]
        found = suggest_entities(raw, kept, content.known.values(), self.schema)
        return [_without_evidence(record_json(entity, self.schema)) for entity in found]

    def _made(self, header: Header, body: Json, document: Document, raw: str) -> bytes:
        lines = [asdict(header), *_records(body, "entities"), *_records(body, "claims")]
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        found, issues = parse_annotations(text, "the page", ("entity", "claim"), self.schema)
        if found is None or issues:
            raise SinorusError("; ".join(_told(issue) for issue in issues[:5]))
        return format_annotations(with_evidence(found, raw, withheld=not document.article.redistribute), self.schema)

    def _require_fresh(self, path: Path, etag: str, made: bytes) -> None:
        there = path.read_bytes() if path.is_file() else b""
        now = sha256(there) if there else ""
        if now == etag:
            return
        kept = self.corpus.root / "build" / "unsaved" / self.annotator / f"{path.stem}-{sha256(made)[:12]}.jsonl"
        write_atomic(kept, made)
        name = self.corpus.relative(kept)
        raise StaleError(f"What you have here is kept in {name}; reload the page to see what is in the file now", now)

    def findings(self, doc_id: str) -> list[Json]:
        """What the validator of CI finds on this annotator's pass, each with the id of the label it is about."""
        path = self._path(doc_id)
        if not path.is_file():
            return []
        report = validate(self.corpus, [path])
        lines = path.read_bytes().decode("utf-8", "replace").split("\n")
        return [self._finding(issue, lines) for issue in report.issues]

    def _finding(self, issue: Issue, lines: list[str]) -> Json:
        rule = self.schema.rules[issue.code]
        on_line = lines[issue.line - 1] if 1 < issue.line <= len(lines) else "{}"
        try:
            record_id = json.loads(on_line).get("id", "")
        except ValueError:
            record_id = ""
        told = {"found": issue.found, "expected": issue.expected, "mend": issue.mend or rule.mend}
        return {
            "code": issue.code,
            "severity": self.schema.severity(issue),
            "id": record_id,
            "line": issue.line,
            **told,
        }

    def overview(self) -> Json:
        """Every document with how far this annotator has come, and the queue of labels to look at again."""
        content = self._content()
        own = {s.header.doc_id: s for s in content.passes.values() if s.header.annotator == self.annotator}
        rows = []
        for doc_id, article in content.articles.items():
            here = own.get(doc_id)
            rows.append({
                "doc_id": doc_id, "title": article.title, "genre": article.genre, "origin": article.origin,
                "at_hand": doc_id in content.texts and doc_id in content.regions,
                "words": len(content.texts.get(doc_id, "").split()),
                "status": here.header.status if here else "", "labels": len(here.entities) + len(here.claims) if here else 0,
                "passes": len(blindness.finished(content, doc_id)),
                "gold": content.gold[doc_id].header.status if doc_id in content.gold else "",
                "settle": blindness.may_open(self.corpus, content, doc_id, self.annotator),
            })  # fmt: skip
        return {"annotator": self.annotator, "documents": rows, "queue": _queue(list(own.values()), content)}

    def comparison(self, doc_id: str, first: str, second: str) -> Json:
        """Two finished passes side by side with their differences numbered; `passes` is the state that they are in.

        Raises:
            SinorusError: one is not finished, or this annotator may not see them.
        """
        content = self._content()
        state = self._state(doc_id, first, second)
        a, b = read_passes(content, doc_id, first, second)
        blindness.require_open(self.corpus, content, doc_id, self.annotator, (first, second))
        document, raw = self._document(doc_id, content)
        if may_settle := blindness.may_settle(content, doc_id, self.annotator):
            blindness.remember(self.corpus, content, doc_id, self.annotator)
        compared = compare(a, b)
        return (
            document_data(document, raw)
            | {"a": record_data(a, self.schema), "b": record_data(b, self.schema)}
            | {"agreed": len(compared.agreed), "differences": _numbered(compared.differences)}
            | {"choices": _decided(content, doc_id, (first, second), compared.differences)}
            | {"schema": schema_data(self.schema), "registry": registry_data([e for _, e in content.registry])}
            | {"passes": state, "gold": _digest(self.corpus.gold(doc_id)), "may_settle": may_settle}
        )

    def _state(self, doc_id: str, *annotators: str) -> str:
        """A hash over the passes of some annotators, which changes as soon as one of them does."""
        return sha256("".join(_digest(self.corpus.annotator_pass(a, doc_id)) for a in annotators).encode("ascii"))

    def adjudicate(self, doc_id: str, body: Json) -> Json:
        """Writes gold of two passes and what was decided.

        Raises:
            StaleError: gold or one of the passes is not the one that the page has shown.
            SinorusError: this annotator may not decide, or a choice is missing or unknown.
        """
        choices = _choices(body)
        pair = str(body.get("a", "")), str(body.get("b", ""))
        with self._lock:
            content = self._content()
            read_passes(content, doc_id, *pair)
            blindness.require_open(self.corpus, content, doc_id, self.annotator, pair)
            if not blindness.may_settle(content, doc_id, self.annotator):
                raise SinorusError(f"gold of {doc_id} is settled; it is changed by its adjudicator alone")
            if body.get("gold", "") != (now := _digest(self.corpus.gold(doc_id))):
                raise StaleError("Gold has changed since this page was opened; reload it", now)
            if body.get("passes") != (now := self._state(doc_id, *pair)):
                raise StaleError("A pass has changed since this page was opened; reload it and decide again", now)
            path = adjudicate(self.corpus, doc_id, *pair, choices, self.annotator)
        return {"where": self.corpus.relative(path)}


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()) if path.is_file() else ""


def _choices(body: Json) -> dict[int, tuple[str, str]]:
    given = body.get("choices")
    if not isinstance(given, dict) or not all(str(n).isdecimal() and isinstance(c, str) for n, c in given.items()):
        raise SinorusError('expected "choices" with a choice for the number of each difference')
    return {int(n): (choice, "") for n, choice in given.items()}


def _numbered(differences: Sequence[Difference]) -> list[Json]:
    return [
        {"n": n, "of": d.of, "field": d.field, "a": [r.id for r in d.a], "b": [r.id for r in d.b]}
        for n, d in enumerate(differences, 1)
    ]


def _decided(content: Content, doc_id: str, passes: tuple[str, str], differences: Sequence[Difference]) -> Json:
    """What was decided over these passes already, by the number that the difference has now."""
    header, decisions = content.decisions.get(doc_id, (None, []))
    if header is None or header.passes != passes:
        return {}
    choices = {(d.of, d.field, d.a, d.b): d.choice for _, d in decisions}
    keys = ((d.of, d.field, tuple(r.id for r in d.a), tuple(r.id for r in d.b)) for d in differences)
    return {str(n): choices[key] for n, key in enumerate(keys, 1) if key in choices}


def _records(body: Json, key: str) -> list[Any]:
    found = body.get(key)
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        raise SinorusError(f"expected a list of {key}")
    return [_without_evidence(record) for record in found]


def _without_evidence(record: Json) -> Json:
    return {k: v for k, v in record.items() if k not in ("quote", "quotes", "digest", "digests")}


def _told(issue: Issue) -> str:
    return escape(f"{issue.code}: found {issue.found}; expected {issue.expected}")


def _queue(own: list[AnnotationSet], content: Content) -> list[Json]:
    """Labels to look at again: those marked unsure, then words that carry different labels in different places."""
    found = [
        {"doc_id": s.header.doc_id, "id": record.id, "why": "unsure", "words": _words(record)}
        for s in own
        for _, record in s.numbered_labels()
        if record.unsure
    ]
    mentions = [(e.quote, s.header.doc_id, e) for s in own for e in s.entities if e.quote]
    labels: dict[str, Counter[str]] = {}
    for quote, _, entity in mentions:
        labels.setdefault(quote, Counter())[entity.label] += 1
    for quote, doc_id, entity in mentions:
        counts = labels[quote]
        if len(counts) > 1 and entity.label != counts.most_common(1)[0][0]:
            why = f"{entity.label} here, {counts.most_common(1)[0][0]} {counts.most_common(1)[0][1]} times elsewhere"
            found.append({"doc_id": doc_id, "id": entity.id, "why": why, "words": quote})
    return found


def _words(record: Any) -> str:
    return getattr(record, "quote", "") or " … ".join(getattr(record, "quotes", ()))
