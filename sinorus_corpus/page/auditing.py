"""What the page of an audit reads and writes: paragraphs to label from empty, then labels to judge one by one, blind.

The answers stand in `annotations/audits/` from the first one on, as a draft until they are handed in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sinorus_corpus.annotation.canonical import format_audit, record_json
from sinorus_corpus.annotation.scheme import aspects, check_audit
from sinorus_corpus.auditing.sampling import Item, Sample, Sizes, draw, kept_regions
from sinorus_corpus.content import Content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.corpus_checks import check_notes
from sinorus_corpus.files import write_atomic
from sinorus_corpus.page.store import Json, Store
from sinorus_corpus.records import Audit, Document, Judgement, SinorusError, Verdict
from sinorus_corpus.view import document_data, registry_data, schema_data

_TELLING = ("gloss", "note", "unsure", "quote", "quotes", "digest", "digests")


class AuditStore(Store):
    """One annotator's audit. Gold is read once: the audit speaks of gold as it was when the page was opened.

    Args:
        kind: `human` or `model`.
        sizes: of the sample; those of the audit that was begun, if one was.

    Raises:
        SinorusError: this annotator's audit is handed in, or gold has changed since it was begun.
    """

    def __init__(self, corpus: Corpus, annotator: str, kind: str, sizes: Sizes, seed: int) -> None:
        super().__init__(corpus, annotator)
        self.content = super()._content()
        begun = self._begun()
        if begun:
            sizes, seed = _sizes(begun), begun.header.seed
        self.sample: Sample = draw(self.content, self.schema, sizes, seed)
        self.audit = begun or replace(self.sample.audit(annotator, kind, self.schema), path=self._name())
        if self.audit.header.gold != self.sample.gold:
            raise SinorusError(
                f"{self._name()}: gold has changed since this audit was begun; expected the revision it was drawn from. "
                "Another --annotator begins a new one"
            )

    def _name(self) -> str:
        return self.corpus.relative(self.corpus.audit(self.annotator))

    def _begun(self) -> Audit | None:
        path = self.corpus.audit(self.annotator)
        found = self.content.audits.get(self.annotator)
        if path.exists() and found is None:
            raise SinorusError(f"{self._name()} is not sound; sinorus validate {self._name()} says why")
        if found and found.header.status == "pass":
            raise SinorusError(f"{self._name()} is handed in and kept as made; another --annotator begins a new audit")
        return found

    def _content(self) -> Content:
        return self.content

    def _path(self, doc_id: str) -> Any:
        return self.corpus.audit_reading(self.annotator, doc_id)

    def _document(self, doc_id: str, content: Content) -> tuple[Document, str]:
        """A document in which the sampled paragraphs alone take labels."""
        asked = {p.region for p in self.audit.paragraphs if p.doc_id == doc_id}
        if not asked:
            raise SinorusError(f"{doc_id}: no paragraph of it is asked for in this audit")
        document, raw = super()._document(doc_id, content)
        return replace(document, kept=frozenset(asked)), raw

    def load(self, doc_id: str) -> Json:
        """A document with what this auditor has labelled in its sampled paragraphs."""
        data = super().load(doc_id)
        text = {r.id for r in kept_regions(self.content, doc_id, self.schema)}
        lines = [line | {"context": line["id"] in text} for line in data["lines"]]
        return data | {"asked": True, "lines": lines}

    def save(self, doc_id: str, body: Json) -> Json:
        """Writes the labels of a document's paragraphs; once handed in they are kept as made."""
        saved = super().save(doc_id, body)
        done = body.get("status") == "pass"
        paragraphs = (replace(p, done=done) if p.doc_id == doc_id else p for p in self.audit.paragraphs)
        self._write(replace(self.audit, paragraphs=tuple(paragraphs)))
        return saved

    def _require_writable(self, content: Content, doc_id: str, *, taken_back: bool) -> None:
        if any(p.done for p in self.audit.paragraphs if p.doc_id == doc_id):
            raise SinorusError(f"{doc_id}: what was labelled from empty is handed in and kept as made")

    def suggestions(self, doc_id: str) -> list[Json]:
        """None: a paragraph is labelled from empty.

        Raises:
            SinorusError: always.
        """
        raise SinorusError("an audit labels from empty; it gets no suggestions")

    def comparison(self, doc_id: str, first: str, second: str) -> Json:
        """None: an audit is blind.

        Raises:
            SinorusError: always.
        """
        raise SinorusError("an audit is blind; it shows no passes")

    def adjudicate(self, doc_id: str, body: Json) -> Json:
        """None: an audit changes no gold.

        Raises:
            SinorusError: always.
        """
        raise SinorusError("an audit changes no gold")

    def overview(self) -> Json:
        """How far the audit has come."""
        articles = self.content.articles
        documents: dict[str, Json] = {
            p.doc_id: {"doc_id": p.doc_id, "title": articles[p.doc_id].title, "done": p.done, "paragraphs": 0}
            for p in self.audit.paragraphs
        }
        for paragraph in self.audit.paragraphs:
            documents[paragraph.doc_id]["paragraphs"] += 1
        items = [{"id": j.id, "of": j.of, "answered": self._is_answered(j)} for j in self.audit.judgements]
        finished = self.audit.header.status == "pass"
        return {"audit": self.annotator, "documents": [*documents.values()], "items": items, "finished": finished}

    def _is_answered(self, judgement: Judgement) -> bool:
        return {v.of for v in judgement.verdicts} == set(aspects(judgement.of, self.schema))

    def item(self, item_id: str) -> Json:
        """One label as it is shown, alone in its article, with what was answered so far.

        Raises:
            SinorusError: there is none such, or paragraphs are still to be labelled: labels would give them away.
        """
        item, judgement = self._find(item_id)
        if not all(p.done for p in self.audit.paragraphs):
            raise SinorusError("the paragraphs first: a label that was seen would no longer be found from empty")
        document, raw = super()._document(item.doc_id, self.content)
        shown = {k: v for k, v in record_json(item.shown, self.schema).items() if k not in _TELLING}
        return document_data(document, raw) | {
            "id": item_id,
            "shown": shown | {"id": item_id},
            "aspects": aspects(judgement.of, self.schema),
            "verdicts": {v.of: v.verdict for v in judgement.verdicts},
            "note": judgement.note,
            "schema": schema_data(self.schema),
            "registry": registry_data([e for _, e in self.content.registry]),
        }

    def _find(self, item_id: str) -> tuple[Item, Judgement]:
        item = next((i for i in self.sample.items if i.id == item_id), None)
        judgement = next((j for j in self.audit.judgements if j.id == item_id), None)
        if item is None or judgement is None:
            raise SinorusError(f"this audit asks for no {item_id!a:.20}")
        return item, judgement

    def answer(self, item_id: str, body: Json) -> Json:
        """Writes what the auditor says of one label."""
        _, judgement = self._find(item_id)
        given, note = body.get("verdicts"), body.get("note", "")
        allowed = self.schema.labels["verdict"].active
        names = aspects(judgement.of, self.schema)
        if (
            not isinstance(given, dict)
            or not isinstance(note, str)
            or {*given} - {*names}
            or {*given.values()} - {*allowed}
        ):
            raise SinorusError(f"expected verdicts ({', '.join(allowed)}) of {', '.join(names)}, and a note")
        verdicts = tuple(Verdict(name, given[name]) for name in names if name in given)
        made = replace(judgement, verdicts=verdicts, note=note)
        self._write(
            replace(self.audit, judgements=tuple(made if j.id == item_id else j for j in self.audit.judgements))
        )
        return {"where": self._name(), "answered": self._is_answered(made)}

    def _write(self, audit: Audit) -> None:
        """Puts a state of the audit in its place, unless a note holds words that may not be stored."""
        if self.audit.header.status == "pass":
            raise SinorusError("this audit is handed in and kept as made")
        numbered = _numbered(audit)
        for issue in check_notes(numbered, self.content):
            raise SinorusError(f"{issue.code}: found {issue.found}; expected {issue.expected}")
        write_atomic(self.corpus.audit(self.annotator), format_audit(audit, self.schema))
        self.audit = audit

    def finish(self) -> Json:
        """Hands the audit in.

        Raises:
            SinorusError: something is not answered yet.
        """
        made = replace(self.audit, header=replace(self.audit.header, status="pass"))
        if issues := list(check_audit(_numbered(made), self.content.articles, self.schema)):
            raise SinorusError(f"{len(issues)} answers are missing: {issues[0].found}")
        self._write(made)
        return {"where": self._name()}


def _numbered(audit: Audit) -> Audit:
    """With line numbers, which the checks want; here nobody sees them."""
    lines = {"judgement": [1] * len(audit.judgements), "paragraph": [1] * len(audit.paragraphs)}
    return replace(audit, lines=lines)


def _sizes(audit: Audit) -> Sizes:
    genuine = [j.of for j in audit.judgements if not j.control]
    return Sizes(genuine.count("entity"), genuine.count("claim"), len(audit.paragraphs))
