"""Reads a whole corpus into records, with every finding of the format level. No check across files may live here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sinorus_corpus.annotation.canonical import (
    format_annotations,
    format_audit,
    format_clusters,
    format_corrections,
    format_decisions,
    format_fingerprints,
)
from sinorus_corpus.annotation.registry import parse_registry
from sinorus_corpus.annotation.standoff import (
    parse_annotations,
    parse_audit,
    parse_clusters,
    parse_corrections,
    parse_decisions,
    parse_fingerprints,
)
from sinorus_corpus.articles import parse_record
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.debt import weaken
from sinorus_corpus.files import check_tree, decode, read_bytes, sha256
from sinorus_corpus.records import (
    AnnotationSet,
    Article,
    Audit,
    Cluster,
    Correction,
    Decision,
    Fingerprint,
    Header,
    Issue,
    KnownEntity,
)
from sinorus_corpus.schema import Schema
from sinorus_corpus.sources import Collection, parse_collections

Copies = Literal["committed", "hydrated"]


@dataclass
class Content:
    """What stands in a corpus, by document, and what was found wrong while reading it.

    Attributes:
        texts: raw texts by document; those of withheld articles only where hydrated copies are read.
        text_sha256: digests of the raw files as they are.
        record_text: the records as text, for line numbers.
        regions, gold, passes: annotation files; passes by path.
        collections: openly licensed collections by name.
        clusters, cluster_passes: what is published, and the readings by annotator.
        audits, audit_readings: third readings of gold: answers by annotator, and labels made from empty by path.
    """

    articles: dict[str, Article] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    text_sha256: dict[str, str] = field(default_factory=dict)
    html_sha256: dict[str, str] = field(default_factory=dict)
    record_text: dict[str, str] = field(default_factory=dict)
    regions: dict[str, AnnotationSet] = field(default_factory=dict)
    gold: dict[str, AnnotationSet] = field(default_factory=dict)
    passes: dict[str, AnnotationSet] = field(default_factory=dict)
    decisions: dict[str, tuple[Header, list[tuple[int, Decision]]]] = field(default_factory=dict)
    fingerprints: dict[str, list[Fingerprint]] = field(default_factory=dict)
    collections: dict[str, Collection] = field(default_factory=dict)
    clusters: list[tuple[int, Cluster]] = field(default_factory=list)
    cluster_passes: dict[str, list[tuple[int, Cluster]]] = field(default_factory=dict)
    audits: dict[str, Audit] = field(default_factory=dict)
    audit_readings: dict[str, AnnotationSet] = field(default_factory=dict)
    corrections: list[tuple[int, Correction]] = field(default_factory=list)
    registry: list[tuple[int, KnownEntity]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    @property
    def known(self) -> dict[str, KnownEntity]:
        """The entity registry by id."""
        return {entity.entity_id: entity for _, entity in self.registry}

    @property
    def annotation_sets(self) -> list[AnnotationSet]:
        """All annotation files that could be read, by path."""
        sets = [*self.regions.values(), *self.gold.values(), *self.passes.values()]
        sets += self.audit_readings.values()
        return sorted(sets, key=lambda s: s.path)


class _Reader:
    """Reads one corpus; what cannot be read is an issue, never an exception."""

    def __init__(self, corpus: Corpus, schema: Schema, copies: Copies) -> None:
        self.corpus, self.schema, self.copies = corpus, schema, copies
        self.content = Content()

    def text(self, path: Path, *, final_newline: bool) -> tuple[str, bytes] | None:
        """A file decoded and as bytes; `None` with an issue noted where it is not sound."""
        name = self.corpus.relative(path)
        data, issues = read_bytes(path, name)
        if not issues:
            text, issues = decode(data, name, final_newline=final_newline)
        self.content.issues += issues
        return None if issues else (text, data)

    def article(self, doc_id: str) -> None:
        """Reads a record, its raw text and its page."""
        path = self.corpus.record(doc_id)
        if (read := self.text(path, final_newline=True)) is None:
            return
        article, issues = parse_record(doc_id, read[0], self.corpus.relative(path))
        self.content.issues += issues
        self.content.record_text[doc_id] = read[0]
        if article is None:
            return
        self.content.articles[doc_id] = article
        self._raw(article)
        html = self.corpus.html(doc_id)
        if html.is_file() and (page := self.text(html, final_newline=False)) is not None:
            self.content.html_sha256[doc_id] = sha256(page[1])

    def _raw(self, article: Article) -> None:
        path = self.corpus.text(article.doc_id)
        hydrated = self.corpus.hydrated_text(article.doc_id)
        if not article.redistribute and self.copies == "hydrated" and hydrated.is_file() and not path.is_file():
            path = hydrated
        if (path.is_file() or path.is_symlink()) and (read := self.text(path, final_newline=False)) is not None:
            self.content.texts[article.doc_id] = read[0]
            self.content.text_sha256[article.doc_id] = sha256(read[1])

    def annotations(self, path: Path) -> None:
        """Reads one annotation file into its place."""
        name = self.corpus.relative(path)
        if (read := self.text(path, final_newline=True)) is None:
            return
        is_regions = path.parent == self.corpus.annotations / "regions"
        layers = ("region",) if is_regions else ("entity", "claim")
        found, issues = parse_annotations(read[0], name, layers, self.schema)
        if found is not None and not issues:
            issues = [*_check_header(found, path), *self._check_canonical(found, read[1], name)]
        issues = weaken(issues, {name: found.header.schema}, self.schema) if found else issues
        self.content.issues += issues
        if found is None or failed_paths(issues, self.schema):
            return
        if is_regions:
            self.content.regions[path.stem] = found
        elif path.parent == self.corpus.annotations / "gold":
            self.content.gold[path.stem] = found
        elif path.parent.parent == self.corpus.audits:
            self.content.audit_readings[name] = found
        else:
            self.content.passes[name] = found

    def _check_canonical(self, found: AnnotationSet, data: bytes, name: str) -> list[Issue]:
        return _canonical_issue(format_annotations(found, self.schema), data, name)

    def decisions(self, path: Path) -> None:
        """Reads what adjudication decided over one document."""
        name = self.corpus.relative(path)
        if (read := self.text(path, final_newline=True)) is None:
            return
        header, found, issues = parse_decisions(read[0], name, self.schema)
        if header is not None and not issues:
            issues = _check_named(header, name, path.stem)
            made = format_decisions(header, [d for _, d in found], self.schema)
            issues += _canonical_issue(made, read[1], name)
        self.content.issues += issues
        if header is not None and not issues:
            self.content.decisions[path.stem] = header, found

    def fingerprints(self, doc_id: str) -> None:
        """Reads the fingerprints of a document, if it has any."""
        path = self.corpus.fingerprints(doc_id)
        name = self.corpus.relative(path)
        if not path.is_file() or (read := self.text(path, final_newline=True)) is None:
            return
        found, issues = parse_fingerprints(read[0], name, self.schema)
        self.content.issues += issues or _canonical_issue(format_fingerprints(found, self.schema), read[1], name)
        self.content.fingerprints[doc_id] = found

    def audit(self, path: Path) -> None:
        """Reads the answers of one audit."""
        name = self.corpus.relative(path)
        if (read := self.text(path, final_newline=True)) is None:
            return
        found, issues = parse_audit(read[0], name, self.schema)
        if found is not None and not issues:
            if found.header.annotator != path.parent.name:
                wrong = f"annotator {found.header.annotator}"
                issues = [Issue("wrong-header", name, 1, wrong, path.parent.name)]
            issues += _canonical_issue(format_audit(found, self.schema), read[1], name)
        self.content.issues += issues
        if found is not None and not issues:
            self.content.audits[path.parent.name] = found

    def clusters(self, path: Path) -> None:
        """Reads a file of clusters into its place."""
        if (read := self.text(path, final_newline=True)) is None:
            return
        name = self.corpus.relative(path)
        clusters, issues = parse_clusters(read[0], name, self.schema)
        if not issues:
            issues = _canonical_issue(format_clusters([c for _, c in clusters], self.schema), read[1], name)
        self.content.issues += issues
        if path == self.corpus.clusters:
            self.content.clusters = clusters
        else:
            self.content.cluster_passes[path.parent.name] = clusters

    def sources(self) -> None:
        """Reads `sources.toml`, if there is one."""
        path = self.corpus.sources
        if path.exists() and (read := self.text(path, final_newline=True)) is not None:
            self.content.collections, issues = parse_collections(read[0], self.corpus.relative(path))
            self.content.issues += issues

    def corrections(self) -> None:
        """Reads what was changed in gold, if anything was."""
        path = self.corpus.corrections
        if not path.exists() or (read := self.text(path, final_newline=True)) is None:
            return
        name = self.corpus.relative(path)
        self.content.corrections, issues = parse_corrections(read[0], name, self.schema)
        if not issues:
            made = format_corrections([c for _, c in self.content.corrections], self.schema)
            issues = _canonical_issue(made, read[1], name)
        self.content.issues += issues

    def registry(self) -> None:
        """Reads `entities.tsv`, if there is one."""
        path = self.corpus.registry
        if path.exists() and (read := self.text(path, final_newline=True)) is not None:
            self.content.registry, issues = parse_registry(read[0], self.corpus.relative(path))
            self.content.issues += issues


def _check_named(header: Header, name: str, doc_id: str) -> list[Issue]:
    """The header names the document of the file name."""
    if header.doc_id == doc_id:
        return []
    return [Issue("wrong-header", name, 1, f"doc_id {header.doc_id}", doc_id)]


def _check_header(found: AnnotationSet, path: Path) -> list[Issue]:
    """Also, in a pass, the annotator of the folder."""
    issues = _check_named(found.header, found.path, path.stem)
    if path.parent.parent.name in ("passes", "audits") and found.header.annotator != path.parent.name:
        issues.append(Issue("wrong-header", found.path, 1, f"annotator {found.header.annotator}", path.parent.name))
    return issues


def _canonical_issue(canonical: bytes, data: bytes, name: str) -> list[Issue]:
    if canonical == data:
        return []
    pairs = zip(canonical.split(b"\n"), data.split(b"\n"), strict=False)
    line = next((n for n, (made, there) in enumerate(pairs, 1) if made != there), 1)
    return [Issue("not-canonical", name, line, "another order, spacing or spelling", "what sinorus fmt writes")]


def read_content(corpus: Corpus, schema: Schema, copies: Copies = "committed") -> Content:
    """Reads everything in a corpus.

    Args:
        copies: `committed` reads what is in the repository alone; `hydrated` also a reader's copies of withheld texts.
    """
    reader = _Reader(corpus, schema, copies)
    reader.content.issues += check_tree(corpus)
    for doc_id in corpus.doc_ids():
        reader.article(doc_id)
        reader.fingerprints(doc_id)
    for path in (*corpus.annotation_files(), *corpus.audit_readings()):
        reader.annotations(path)
    for path in corpus.audit_files():
        reader.audit(path)
    for path in corpus.decision_files():
        reader.decisions(path)
    for path in corpus.cluster_files():
        reader.clusters(path)
    reader.sources()
    reader.corrections()
    reader.registry()
    return reader.content


def failed_paths(issues: Iterable[Issue], schema: Schema) -> set[str]:
    """The files with an error, which silences the higher levels for them."""
    return {issue.path for issue in issues if schema.severity(issue) == "error"}
