"""The documents and readings that are exchanged. Nothing is written here."""

from __future__ import annotations

from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.content import Content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import AnnotationSet, Document, SinorusError
from sinorus_corpus.schema import Schema, require


def read_document(content: Content, doc_id: str, schema: Schema) -> Document:
    """A document cleaned by its reviewed regions.

    Raises:
        SinorusError: it is unknown, not at hand, not reviewed, or not what its record names.
    """
    require(doc_id, content.articles, "document")
    if doc_id not in content.texts:
        raise SinorusError(f"{doc_id}: the text is not here; sinorus hydrate DIR puts your copy in place")
    if doc_id not in content.regions:
        raise SinorusError(f"{doc_id}: regions are reviewed first; expected annotations/regions/{doc_id}.jsonl")
    article = content.articles[doc_id]
    if content.text_sha256[doc_id] != article.sha256:
        raise SinorusError(f"{doc_id}: the raw text is not the one that its record names; run sinorus validate")
    return clean_document(article, content.texts[doc_id], content.regions[doc_id].regions, schema.text_types())


def find_reading(corpus: Corpus, content: Content, doc_id: str, source: str) -> AnnotationSet | None:
    """The labels of a document by `gold` or an annotator, if they are sound."""
    if source == "gold":
        return content.gold.get(doc_id)
    return content.passes.get(corpus.relative(corpus.annotator_pass(source, doc_id)))
