"""Runs all checks, level by level, and reports every finding at once. Checks of its own may not live here.

The levels are format, anchoring, scheme and corpus. A file that fails one level is left alone by the higher ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sinorus_corpus.annotation.offsets import check_offsets
from sinorus_corpus.annotation.registry import check_registry
from sinorus_corpus.annotation.scheme import (
    check_audit,
    check_cluster_values,
    check_clusters,
    check_corrections,
    check_decisions,
    check_placement,
    check_references,
    check_rights,
    check_structure,
    check_values,
)
from sinorus_corpus.articles import check_record
from sinorus_corpus.changes import check_changes, check_label_order, read_changes
from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.content import Content, Copies, failed_paths, read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.corpus_checks import (
    check_fingerprints,
    check_headers,
    check_leaks,
    check_notes,
    check_reviewed,
    check_texts,
)
from sinorus_corpus.debt import check_debt, count_debt, lower_debt, read_debt, weaken
from sinorus_corpus.records import AnnotationSet, Article, Cluster, Document, Issue, Region
from sinorus_corpus.schema import Schema, read_schema


@dataclass(frozen=True)
class Report:
    """The outcome of a validation: what was read, what was made of it, what was found."""

    corpus: Corpus
    schema: Schema
    content: Content
    documents: dict[str, Document]
    issues: list[Issue]
    debt: Counter[str] = field(default_factory=Counter)

    @property
    def errors(self) -> list[Issue]:
        """The findings that stop a build."""
        return [issue for issue in self.issues if self.schema.severity(issue) == "error"]


def validate(
    corpus: Corpus,
    paths: Sequence[Path] = (),
    copies: Copies = "hydrated",
    *,
    rules: Path | None = None,
    changed_from: str = "",
) -> Report:
    """Checks a corpus.

    Args:
        paths: report only findings on these files and folders; everything if there are none.
        copies: whether hydrated copies of withheld texts are read, so that their labels are checked against them.
        rules: a `schemas/` folder to take everything but the label sets from, and the debt; the corpus' own if not given.
            The corpus' label sets must then be those of this folder, or those with labels added at the end.
        changed_from: a git revision; what changed since then is checked too.
    """
    schema = read_schema(corpus.schemas, rules)
    content = read_content(corpus, schema, copies)
    documents: dict[str, Document] = {}
    issues = list(content.issues)
    versions = {file.path: file.header.schema for file in content.annotation_sets}
    for level in (_anchoring, _scheme, _across):
        found = level(corpus, schema, content, documents, failed_paths(issues, schema))
        issues += weaken(found, versions, schema)
    debt = count_debt(set(issues))
    issues += check_debt(debt, read_debt(rules or corpus.schemas, schema))
    issues += check_label_order(schema, read_schema(rules)) if rules else ()
    issues += check_changes(read_changes(corpus, changed_from), schema) if changed_from else ()
    ordered = sorted(set(issues), key=lambda i: (i.path, i.line, i.code, i.found))
    return Report(corpus, schema, content, documents, [i for i in ordered if _is_asked(corpus, i, paths)], debt)


def update_debt(report: Report) -> bool:
    """Writes into `schemas/debt.toml` of the corpus where debt has shrunk; returns whether anything has."""
    return lower_debt(report.corpus.schemas, report.debt, read_debt(report.corpus.schemas, report.schema))


def _is_asked(corpus: Corpus, issue: Issue, paths: Sequence[Path]) -> bool:
    place = (corpus.root / issue.path).absolute()
    return not paths or any(place == p.absolute() or place.is_relative_to(p.absolute()) for p in paths)


def _anchoring(
    corpus: Corpus, schema: Schema, content: Content, documents: dict[str, Document], failed: set[str]
) -> Iterator[Issue]:
    yield from check_texts(corpus, content, failed)
    changed = {
        doc_id for doc_id, a in content.articles.items() if content.text_sha256.get(doc_id, a.sha256) != a.sha256
    }
    for file in _sound(content.annotation_sets, failed):
        article = content.articles.get(file.header.doc_id)
        faults = list(check_headers(file, article, schema))
        yield from faults
        if article and not faults and article.doc_id not in changed:
            yield from check_offsets(file, content.texts.get(article.doc_id))
    for audit in content.audits.values():
        yield from check_notes(audit, content)


def _scheme(
    corpus: Corpus, schema: Schema, content: Content, documents: dict[str, Document], failed: set[str]
) -> Iterator[Issue]:
    sound = _sound(content.annotation_sets, failed)
    yield from check_values(sound, schema)
    for doc_id, article in content.articles.items():
        name = corpus.relative(corpus.record(doc_id))
        if name not in failed:
            yield from check_record(article, content.record_text[doc_id], name, schema)
        documents |= _document(corpus, schema, content, article, failed)
    registry = corpus.relative(corpus.registry)
    for file in sound:
        yield from check_structure(file)
        if registry not in failed:
            yield from check_references(file, set(content.known))
        if file.header.doc_id in content.articles:
            yield from check_rights(file, content.articles[file.header.doc_id])
        if file.header.doc_id in documents and file.header.doc_id in content.regions:
            document = documents[file.header.doc_id]
            yield from check_placement(file, document.regions, document.kept)
    for doc_id, (header, decisions) in content.decisions.items():
        passes = [s for s in content.passes.values() if s.header.doc_id == doc_id]
        yield from check_decisions(corpus.relative(corpus.decisions(doc_id)), header, decisions, passes, schema)
    for audit in content.audits.values():
        yield from check_audit(audit, content.articles, schema)
    yield from check_registry(content.registry, registry, schema)
    for path, clusters in _clusters(corpus, content, failed):
        yield from check_cluster_values(clusters, path, schema)
    if (path := corpus.relative(corpus.corrections)) not in failed:
        gold = {doc_id: file for doc_id, file in content.gold.items() if file.path not in failed}
        yield from check_corrections(content.corrections, gold, path, schema)


def _document(
    corpus: Corpus, schema: Schema, content: Content, article: Article, failed: set[str]
) -> dict[str, Document]:
    """The document of an article by its regions; nothing where its text or its region file is not sound."""
    name = corpus.relative(corpus.regions(article.doc_id))
    raw = content.texts.get(article.doc_id)
    if name in failed or article.sha256 != content.text_sha256.get(article.doc_id, article.sha256):
        return {}
    reviewed = content.regions.get(article.doc_id)
    if raw is None and reviewed is None:
        return {}
    regions = reviewed.regions if reviewed else _proposed(corpus, schema, article, raw or "")
    if raw is None:  # Without the text, which lines are kept still follows from their types.
        kept = [r.id for r in regions if r.label in schema.text_types() and r.dup_of is None]
        return {article.doc_id: Document(article, "", regions, frozenset(kept), ())}
    return {article.doc_id: clean_document(article, raw, regions, schema.text_types())}


def _proposed(corpus: Corpus, schema: Schema, article: Article, raw: str) -> tuple[Region, ...]:
    """The cleaner's regions; its models are read only where a document has no reviewed ones."""
    from sinorus_corpus.cleaning.propose import propose_regions
    from sinorus_corpus.cleaning.sites import read_site_rules

    rules = read_site_rules(corpus.sites, schema.labels["region"])
    return propose_regions(raw, schema, article.publisher, rules)


def _across(
    corpus: Corpus, schema: Schema, content: Content, documents: dict[str, Document], failed: set[str]
) -> Iterator[Issue]:
    if (path := corpus.relative(corpus.clusters)) not in failed:
        claims = {f"{doc}:{claim.id}" for doc, file in content.gold.items() for claim in file.claims}
        unread = {Path(name).stem for name in failed if name.startswith(corpus.relative(corpus.annotations / "gold"))}
        yield from check_clusters(content.clusters, claims, unread, path)
    yield from check_leaks(corpus, content, documents, failed)
    yield from check_reviewed(corpus, content, failed)
    yield from check_fingerprints(corpus, content, failed)


def _clusters(corpus: Corpus, content: Content, failed: set[str]) -> Iterator[tuple[str, list[tuple[int, Cluster]]]]:
    """The published clusters and each annotator's, where their files can be read."""
    readings = {corpus.relative(corpus.cluster_pass(who)): found for who, found in content.cluster_passes.items()}
    found = {corpus.relative(corpus.clusters): content.clusters} | readings
    yield from ((path, clusters) for path, clusters in found.items() if path not in failed)


def _sound(files: Iterable[AnnotationSet], failed: set[str]) -> list[AnnotationSet]:
    return [file for file in files if file.path not in failed]
