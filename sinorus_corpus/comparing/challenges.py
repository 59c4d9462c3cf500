"""Recall by difficulty: how many of those planted, or found later, are met by readings, a system's output and the cleaner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sinorus_corpus.agreement.challenges import OF_LINES, Read, applies, meets
from sinorus_corpus.annotation.offsets import check_offsets
from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.cleaning.alignment import Alignment
from sinorus_corpus.comparing.comparison import at_text
from sinorus_corpus.comparing.passes import annotator
from sinorus_corpus.comparing.predictions import parse_predictions
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import read_text
from sinorus_corpus.records import AnnotationSet, Article, Document, Region
from sinorus_corpus.schema import Schema, read_schema

CLEANER = "cleaner"
LATER = "{}, found later"


@dataclass
class Recall:
    """For each reader and kind how many difficulties there were and how many it met.

    Attributes:
        documents: for each reader how many documents were looked at.
    """

    planted: Counter[tuple[str, str]] = field(default_factory=Counter)
    met: Counter[tuple[str, str]] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)

    @property
    def readers(self) -> list[str]:
        """The readers, in the order in which they were added."""
        return list(self.documents)

    def count(self, reader: str, kind: str, met: bool) -> None:
        """Counts one difficulty."""
        self.planted[reader, kind] += 1
        self.met[reader, kind] += met


def challenges(corpus: Corpus, readers: Sequence[str]) -> Recall:
    """Recall of readings and predictions, and of the cleaner for difficulties that are lines.

    Args:
        readers: annotators, `gold`, or files of predictions.
    """
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema, "hydrated")
    recall = Recall()
    documents = dict(_documents(content, schema))
    for reader in readers:
        for doc_id, labels in _readings(corpus, content, documents, reader, schema):
            read = Read(documents[doc_id].text, labels)
            for name in _columns(reader, content.articles[doc_id]):
                recall.documents[name] += 1
                for challenge in content.articles[doc_id].challenges:
                    if applies(challenge, read.text):
                        recall.count(name, challenge.kind, meets(challenge, read))
    _clean(corpus, content, list(documents), schema, recall)
    return recall


def _columns(reader: str, article: Article) -> list[str]:
    """Where an article counts: with all, and apart where its difficulties were not planted."""
    return [reader, LATER.format(reader)] if article.challenges_found_later else [reader]


def _documents(content: Content, schema: Schema) -> Iterable[tuple[str, Document]]:
    for doc_id, article in content.articles.items():
        if article.challenges and doc_id in content.texts and doc_id in content.regions:
            regions = content.regions[doc_id].regions
            yield doc_id, clean_document(article, content.texts[doc_id], regions, schema.text_types())


def _readings(
    corpus: Corpus, content: Content, documents: dict[str, Document], reader: str, schema: Schema
) -> Iterable[tuple[str, AnnotationSet]]:
    """The readings of one reader, at offsets of the published text."""
    if Path(reader).is_file():
        found = parse_predictions(read_text(Path(reader))[1], reader, schema).files
        yield from ((doc_id, labels) for doc_id, labels in found.items() if doc_id in documents)
        return
    for doc_id, labels in annotator(corpus, content, reader).files.items():
        if doc_id in documents and not any(check_offsets(labels, content.texts[doc_id])):
            moved = at_text(labels, Alignment(documents[doc_id].alignment))
            if moved is not None:
                yield doc_id, moved


def _clean(corpus: Corpus, content: Content, doc_ids: Sequence[str], schema: Schema, recall: Recall) -> None:
    from sinorus_corpus.cleaning.propose import propose
    from sinorus_corpus.cleaning.sites import read_site_rules

    articles = [content.articles[doc_id] for doc_id in doc_ids]
    raws = [content.texts[doc_id] for doc_id in doc_ids]
    rules = read_site_rules(corpus.sites, schema.labels["region"])
    found = propose(raws, schema, [article.publisher for article in articles], rules)
    for article, raw, proposals in zip(articles, raws, found, strict=True):
        for name in _columns(CLEANER, article):
            recall.documents[name] += 1
            _lines(article, raw, [p.region for p in proposals], schema, recall, name)


def _lines(article: Article, raw: str, regions: Sequence[Region], schema: Schema, recall: Recall, name: str) -> None:
    kept = {raw[r.start : r.end]: r.label in schema.text_types() and r.dup_of is None for r in reversed(regions)}
    for challenge in article.challenges:
        if challenge.kind in OF_LINES and challenge.quote in kept:
            recall.count(name, challenge.kind, kept[challenge.quote] == (challenge.kind == "furniture-like-text"))
