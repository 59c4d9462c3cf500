"""The nouns of the corpus as frozen dataclasses. No I/O and no third-party import may live here.

Every offset is a code point, half-open `[start, end)`. `raw` offsets count in the article as received, `text` offsets in
the published text of a `Document`. Each module is read when one of its nouns is first used: a command that only shows its help
makes none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sinorus_corpus.records.articles import Article as Article
    from sinorus_corpus.records.articles import Challenge as Challenge
    from sinorus_corpus.records.articles import PinnedSource as PinnedSource
    from sinorus_corpus.records.articles import Source as Source
    from sinorus_corpus.records.audits import Audit as Audit
    from sinorus_corpus.records.audits import AuditHeader as AuditHeader
    from sinorus_corpus.records.audits import Judgement as Judgement
    from sinorus_corpus.records.audits import Paragraph as Paragraph
    from sinorus_corpus.records.audits import Verdict as Verdict
    from sinorus_corpus.records.documents import Document as Document
    from sinorus_corpus.records.documents import Fingerprint as Fingerprint
    from sinorus_corpus.records.documents import Piece as Piece
    from sinorus_corpus.records.documents import Region as Region
    from sinorus_corpus.records.documents import Span as Span
    from sinorus_corpus.records.findings import Issue as Issue
    from sinorus_corpus.records.findings import Level as Level
    from sinorus_corpus.records.findings import Severity as Severity
    from sinorus_corpus.records.findings import SinorusError as SinorusError
    from sinorus_corpus.records.labels import AnnotationSet as AnnotationSet
    from sinorus_corpus.records.labels import Claim as Claim
    from sinorus_corpus.records.labels import Cluster as Cluster
    from sinorus_corpus.records.labels import Correction as Correction
    from sinorus_corpus.records.labels import Decision as Decision
    from sinorus_corpus.records.labels import Entity as Entity
    from sinorus_corpus.records.labels import Header as Header
    from sinorus_corpus.records.labels import KnownEntity as KnownEntity
    from sinorus_corpus.records.labels import Link as Link
    from sinorus_corpus.records.labels import Member as Member
    from sinorus_corpus.records.labels import Quantity as Quantity

_MODULES = {
    "articles": (
        "Article",
        "Challenge",
        "PinnedSource",
        "Source",
    ),
    "audits": (
        "Audit",
        "AuditHeader",
        "Judgement",
        "Paragraph",
        "Verdict",
    ),
    "documents": (
        "Document",
        "Fingerprint",
        "Piece",
        "Region",
        "Span",
    ),
    "findings": (
        "Issue",
        "Level",
        "Severity",
        "SinorusError",
    ),
    "labels": (
        "AnnotationSet",
        "Claim",
        "Cluster",
        "Correction",
        "Decision",
        "Entity",
        "Header",
        "KnownEntity",
        "Link",
        "Member",
        "Quantity",
    ),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
