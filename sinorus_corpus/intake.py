"""Takes an article into the corpus: checks it, renders a page once, gives it an id and a split, writes its record.

Nothing is fetched here, and nothing is written before every check has passed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sinorus_corpus.articles import OPEN_LICENSES, UNKNOWN, check_record, format_record, license_problem
from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.cleaning.propose import propose_regions, require_size
from sinorus_corpus.corpus import Corpus, is_name, require_name
from sinorus_corpus.files import read_text, refuse, sha256, write_atomic
from sinorus_corpus.records import Article, Challenge, PinnedSource, SinorusError, Source
from sinorus_corpus.tables.near_duplicates import near_duplicates
from sinorus_corpus.validate import Report, validate

# What share of the open articles each split should have; the split furthest below its share gets the next one.
SHARES = {"train": 0.6, "validation": 0.2, "test": 0.2}


@dataclass(frozen=True)
class Facts:
    """What a person says of an article when adding it."""

    title: str
    publisher: str
    date: date | None
    license: str
    url: str = ""
    genre: str = "news"
    origin: str = "published"
    language: str = "en"
    doc_id: str = ""
    split: str = ""
    source: PinnedSource | None = None
    statements: tuple[Source, ...] = ()
    figures: tuple[Source, ...] = ()
    challenges: tuple[Challenge, ...] = ()


@dataclass(frozen=True)
class Added:
    """What was written, and which documents the article resembles."""

    article: Article
    paths: list[Path]
    alike: list[str] = field(default_factory=list)


def add(corpus: Corpus, file: Path, facts: Facts) -> Added:
    """Adds an article.

    A text whose licence does not let it ship goes where git ignores it; its record goes into `raw/`.

    Raises:
        SinorusError: the file or what is said of it is refused; nothing was written.
    """
    data, text = read_text(file)
    return add_bytes(corpus, data, text, facts, page=file.suffix.lower() in (".html", ".htm"))


def add_bytes(corpus: Corpus, data: bytes, text: str, facts: Facts, *, page: bool) -> Added:
    """Adds an article that is at hand as bytes and, decoded, as text.

    Args:
        page: whether it is HTML, to be rendered.

    Raises:
        SinorusError: as `add`.
    """
    raw, renderer = render_html(text) if page else (text, "")
    require_size(raw)
    report = validate(corpus)
    _refuse_known(report, sha256(data))
    article = Article(
        doc_id=_doc_id(corpus, facts),
        title=facts.title,
        publisher=facts.publisher,
        date=facts.date,
        license=facts.license,
        redistribute=facts.license in OPEN_LICENSES,
        genre=facts.genre,
        origin=facts.origin,
        language=facts.language,
        split=facts.split,
        sha256=sha256(raw.encode("utf-8")),
        url=facts.url,
        html_sha256=sha256(data) if page else "",
        renderer=renderer,
        source=facts.source,
        statements=facts.statements,
        figures=facts.figures,
        challenges=facts.challenges,
    )
    alike = _alike(report, article, raw)
    article = replace(article, split=facts.split or _split(report, article, alike))
    _refuse_bad(report, article)
    return Added(article, _write(corpus, article, raw, data if page else b""), alike)


def render_html(page: str) -> tuple[str, str]:
    """The visible text of a page, one block a line, and the renderer with its version."""
    from importlib.metadata import version

    from inscriptis import get_text

    return get_text(page).rstrip() + "\n", f"inscriptis {version('inscriptis')}"


def _refuse_known(report: Report, digest: str) -> None:
    for article in report.content.articles.values():
        if digest in (article.sha256, article.html_sha256):
            raise SinorusError(f"these bytes are already in the corpus as {article.doc_id}; nothing was added")


def _doc_id(corpus: Corpus, facts: Facts) -> str:
    plain = unicodedata.normalize("NFKD", facts.title.casefold()).encode("ascii", "ignore").decode()
    doc_id = facts.doc_id or re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    if not facts.doc_id and not is_name(doc_id):
        raise SinorusError("no id can be made of the title; give one with --id")
    require_name(doc_id, "document id")
    if corpus.record(doc_id).exists():
        raise SinorusError(f"there is a document {doc_id} already; give another id with --id")
    return doc_id


def _alike(report: Report, article: Article, raw: str) -> list[str]:
    """Documents whose text is a near-duplicate of the new one's."""
    text = clean_document(article, raw, propose_regions(raw, report.schema), report.schema.text_types()).text
    ids = [doc_id for doc_id, document in report.documents.items() if document.text]
    pairs = near_duplicates([*(report.documents[doc_id].text for doc_id in ids), text])
    return [ids[pair.first] for pair in pairs if pair.second == len(ids)]


def _split(report: Report, article: Article, alike: list[str]) -> str:
    """The split of a near-duplicate, else the one that is furthest below its share."""
    if not article.redistribute:
        return "transfer"
    articles = report.content.articles
    twins = [articles[doc_id].split for doc_id in alike if articles[doc_id].redistribute]
    if twins:
        return twins[0]
    there = Counter(a.split for a in articles.values())
    total = sum(there[split] for split in SHARES) + 1
    return max(SHARES, key=lambda split: SHARES[split] * total - there[split])


def _refuse_bad(report: Report, article: Article) -> None:
    if problem := license_problem(article.license):
        raise SinorusError(
            f"--license {article.license}: {problem}; expected an SPDX id such as CC-BY-4.0, or {UNKNOWN}"
        )
    record = format_record(article).decode("utf-8")
    refuse(list(check_record(article, record, f"{article.doc_id}.toml", report.schema)))


def _write(corpus: Corpus, article: Article, raw: str, page: bytes) -> list[Path]:
    text = corpus.text(article.doc_id) if article.redistribute else corpus.hydrated_text(article.doc_id)
    files = {text: raw.encode("utf-8"), corpus.record(article.doc_id): format_record(article)}
    if page and article.redistribute:
        files = {corpus.html(article.doc_id): page} | files
    for path, data in files.items():
        write_atomic(path, data)
    return list(files)
