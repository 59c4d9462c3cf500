"""The nouns of the corpus as frozen dataclasses. No I/O and no third-party import may live here.

Every offset is a code point, half-open `[start, end)`. `raw` offsets count in the article as received, `text` offsets in
the published text of a `Document`.
"""

from __future__ import annotations

from sinorus_corpus.records.articles import Article, Challenge, PinnedSource, Source
from sinorus_corpus.records.audits import Audit, AuditHeader, Judgement, Paragraph, Verdict
from sinorus_corpus.records.documents import Document, Fingerprint, Piece, Region, Span
from sinorus_corpus.records.findings import Issue, Level, Severity, SinorusError
from sinorus_corpus.records.labels import (
    AnnotationSet,
    Claim,
    Cluster,
    Correction,
    Decision,
    Entity,
    Header,
    KnownEntity,
    Link,
    Member,
    Quantity,
)

__all__ = [
    "AnnotationSet",
    "Article",
    "Audit",
    "AuditHeader",
    "Challenge",
    "Claim",
    "Cluster",
    "Correction",
    "Decision",
    "Document",
    "Entity",
    "Fingerprint",
    "Header",
    "Issue",
    "Judgement",
    "KnownEntity",
    "Level",
    "Link",
    "Member",
    "Paragraph",
    "Piece",
    "PinnedSource",
    "Quantity",
    "Region",
    "Severity",
    "SinorusError",
    "Source",
    "Span",
    "Verdict",
]
