"""Checks that need several files of a corpus at once: texts against records, headers against texts, splits against texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sinorus_corpus.articles import key_line
from sinorus_corpus.characters import shorten
from sinorus_corpus.content import Content
from sinorus_corpus.copies.fingerprints import fingerprints, labelled_spans
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import AnnotationSet, Article, Audit, Document, Fingerprint, Issue
from sinorus_corpus.schema import Schema
from sinorus_corpus.tables.near_duplicates import near_duplicates, shared_runs

DIGEST = re.compile("[0-9a-f]{16}")


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
    if not article.redistribute:  # Its page is kept by nobody, though the record says which it was.
        if found:
            yield Issue("withheld-text", name, 0, f"licence {article.license}", "no page that may not be redistributed")
    elif found != article.html_sha256:
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


def check_fingerprints(corpus: Corpus, content: Content, failed: set[str]) -> Iterator[Issue]:
    """Checks that withheld articles have sound fingerprints of all their lines and labels, and the others none."""
    for doc_id, prints in content.fingerprints.items():
        name = corpus.relative(corpus.fingerprints(doc_id))
        if doc_id in content.articles and content.articles[doc_id].redistribute:
            yield Issue("bad-fingerprint", name, 0, "fingerprints of a text that ships", "no file")
        for line, one in enumerate(prints, 1):
            if not (one.start < one.end and one.norm_start < one.norm_end and DIGEST.fullmatch(one.digest)):
                found = f"[{one.start}, {one.end}) to [{one.norm_start}, {one.norm_end}), {shorten(one.digest)}"
                yield Issue("bad-fingerprint", name, line, found, "start before end, and 16 hex digits")
    for doc_id in sorted(d for d, a in content.articles.items() if not a.redistribute and d in content.regions):
        gold, name = content.gold.get(doc_id), corpus.relative(corpus.fingerprints(doc_id))
        if not {name, corpus.relative(corpus.gold(doc_id))} & failed:
            yield from _check_complete(name, content.fingerprints.get(doc_id, []), content, doc_id, gold)


def _check_complete(
    name: str, prints: list[Fingerprint], content: Content, doc_id: str, gold: AnnotationSet | None
) -> Iterator[Issue]:
    lacking = {r.span for r in content.regions[doc_id].regions} | set(labelled_spans(gold))
    lacking -= {one.span for one in prints}
    if lacking:
        first = min(lacking)
        found = f"no fingerprint of {len(lacking)} spans, the first [{first.start}, {first.end})"
        yield Issue("stale-fingerprints", name, 0, found, "one for each line and label")
        return
    raw = content.texts.get(doc_id)
    is_original = content.text_sha256.get(doc_id) == content.articles[doc_id].sha256
    if raw is not None and is_original and list(fingerprints(raw, gold)) != prints:
        yield Issue("stale-fingerprints", name, 0, "fingerprints of another text or labels", "those of this text")


def check_reviewed(corpus: Corpus, content: Content, failed: set[str]) -> Iterator[Issue]:
    """Checks that regions are reviewed where labels rest on them, and where nobody without the text could make them."""
    labelled = {doc_id: corpus.relative(corpus.gold(doc_id)) for doc_id in content.gold}
    withheld = {d: corpus.relative(corpus.record(d)) for d, a in content.articles.items() if not a.redistribute}
    for doc_id, path in sorted((withheld | labelled).items()):
        name = corpus.relative(corpus.regions(doc_id))
        if doc_id not in content.regions and name not in failed:
            yield Issue("missing-regions", path, 1, f"no {name}", "reviewed regions first")
