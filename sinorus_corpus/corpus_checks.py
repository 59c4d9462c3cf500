"""Checks that need several files of a corpus at once: texts against records, headers against texts, splits against texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sinorus_corpus.articles import key_line
from sinorus_corpus.characters import shorten
from sinorus_corpus.content import Content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import AnnotationSet, Article, Audit, Document, Issue
from sinorus_corpus.schema import Schema
from sinorus_corpus.tables.near_duplicates import near_duplicates, shared_runs


def check_texts(corpus: Corpus, content: Content, failed: set[str]) -> Iterator[Issue]:
    """Checks that each article's files are there, are those its record names, and may be there."""
    for doc_id, article in content.articles.items():
        record, text = corpus.relative(corpus.record(doc_id)), corpus.relative(corpus.text(doc_id))
        if {record, text, corpus.relative(corpus.html(doc_id))} & failed:
            continue
        present = corpus.text(doc_id).is_file()
        if article.redistribute and not present:
            yield Issue("missing-text", record, 0, f"no {text}", "the text, or redistribute = false")
        if not article.redistribute and present:
            yield Issue("withheld-text", text, 0, f"licence {article.license}", "no text that may not be redistributed")
        found = content.text_sha256.get(doc_id, article.sha256)
        if found != article.sha256:
            hanging = sorted(s.path for s in content.annotation_sets if s.header.doc_id == doc_id)
            shown = f"sha256 {found[:16]}…; labels hang on it: {', '.join(hanging) or 'none'}"
            yield Issue("raw-changed", text, 0, shown, f"{article.sha256[:16]}… as the record says")
        yield from _check_page(corpus, content, article)


def _check_page(corpus: Corpus, content: Content, article: Article) -> Iterator[Issue]:
    name = corpus.relative(corpus.html(article.doc_id))
    found = content.html_sha256.get(article.doc_id, "")
    if found != article.html_sha256:
        yield Issue(
            "page-changed", name, 0, f"sha256 {found[:16] or 'of no page'}", article.html_sha256[:16] or "no page"
        )


def check_headers(file: AnnotationSet, article: Article | None, schema: Schema) -> Iterator[Issue]:
    """Checks that a file's header is of this schema and of the raw text that the record names.

    An older version of the guidelines is no issue: a reading is kept as it was made.
    """
    header = file.header
    if article is None:
        return
    if header.sha256 != article.sha256:
        yield Issue("raw-changed", file.path, 1, f"made for {header.sha256[:16]}…", f"{article.sha256[:16]}…")
    if header.schema not in schema.versions:
        yield Issue("old-schema", file.path, 1, f"schema {header.schema}", ", ".join(schema.versions))


NOTED_WORDS = 4
_WORD = re.compile(r"[^\W_]+")


def check_notes(audit: Audit, content: Content) -> Iterator[Issue]:
    """Checks that notes of an audit quote no withheld text, as far as it is at hand."""
    for line, judgement in zip(audit.lines["judgement"], audit.judgements, strict=True):
        article = content.articles.get(judgement.doc_id)
        if judgement.note and article and not article.redistribute:
            for words in _runs(judgement.note) & _runs(content.texts.get(judgement.doc_id, "")):
                found = (
                    f"{judgement.id}: {NOTED_WORDS} words in a row, from {shorten(words[0])} to {shorten(words[-1])}"
                )
                yield Issue("withheld-words", audit.path, line, found, "a note in one's own words")
                break


def _runs(text: str) -> set[tuple[str, ...]]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return set(zip(*(words[i:] for i in range(NOTED_WORDS)), strict=False))


def check_leaks(corpus: Corpus, content: Content, documents: dict[str, Document], failed: set[str]) -> Iterator[Issue]:
    """Checks that texts which are nearly the same, or of which one quotes the other at length, share one split."""
    ids = sorted(doc_id for doc_id, document in documents.items() if document.text)
    texts = [documents[doc_id].text for doc_id in ids]
    why = {(run.first, run.second): f"shares {shorten(run.words)} with" for run in shared_runs(texts)}
    why |= {(one.first, one.second): f"{one.similarity:.2f} alike to" for one in near_duplicates(texts)}
    for (a, b), reason in sorted(why.items()):
        first, second = content.articles[ids[a]], content.articles[ids[b]]
        if first.split != second.split:
            record = corpus.relative(corpus.record(second.doc_id))
            found = f"{second.split}, but {reason} {first.doc_id}, which is in {first.split}"
            yield Issue("split-leak", record, key_line(content.record_text[second.doc_id], "split"), found, first.split)


def check_reviewed(corpus: Corpus, content: Content, failed: set[str]) -> Iterator[Issue]:
    """Checks that regions are reviewed where labels rest on them, and where nobody without the text could make them."""
    labelled = {doc_id: corpus.relative(corpus.gold(doc_id)) for doc_id in content.gold}
    withheld = {d: corpus.relative(corpus.record(d)) for d, a in content.articles.items() if not a.redistribute}
    for doc_id, path in sorted((withheld | labelled).items()):
        name = corpus.relative(corpus.regions(doc_id))
        if doc_id not in content.regions and name not in failed:
            yield Issue("missing-regions", path, 1, f"no {name}", "reviewed regions first")
