"""Articles from pinned public sources: taken into the corpus, and taken again by who wants to read a withheld one.

Every function here goes out to fetch, and so is called only where somebody asked for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sinorus_corpus.articles import OPEN_LICENSES, UNKNOWN
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.fetching import Fetched
from sinorus_corpus.fetching.pages import fetch_page
from sinorus_corpus.fetching.rows import Candidate, fetch_row, list_rows, refetch_row
from sinorus_corpus.files import decode, refuse, sha256, write_atomic
from sinorus_corpus.intake import Added, Facts, add_bytes, render_html
from sinorus_corpus.records import Article, PinnedSource, SinorusError
from sinorus_corpus.schema import require
from sinorus_corpus.sources import Collection

_OPTIONS = {"title": "--title", "publisher": "--publisher", "date": "--date"}


def fetch(source: str, collections: dict[str, Collection]) -> Fetched:
    """Takes an article from `hf://datasets/ORG/NAME@REVISION:ID` or from an address of the web.

    Raises:
        SinorusError: the source is of another form, or refused.
    """
    day = date.today().isoformat()
    if source.startswith("hf://"):
        return fetch_row(source, collections, day)
    if "://" in source:
        return fetch_page(source, day)
    require(source, collections, "collection in raw/sources.toml")
    raise SinorusError(f"{source} is a collection; --list shows what it holds on the subject, with the address of each")


def candidates(name: str, collections: dict[str, Collection], limit: int) -> list[Candidate]:
    """The first articles of a collection that are on the subject."""
    require(name, collections, "collection in raw/sources.toml")
    return list(list_rows(collections[name], limit))


def add_from(corpus: Corpus, fetched: Fetched, told: dict[str, Any], evidence: str = "") -> Added:
    """Adds a fetched article with its source and the evidence of its licence.

    Args:
        told: what somebody says of it, by the names of `Facts`; it goes before what the source says.
        evidence: where the licence is stated and in what words, for a source that does not say so itself.

    Raises:
        SinorusError: something is neither told nor said by the source, or both and differently; nothing was written.
    """
    known = {key: value for key, value in fetched.told.items() if value} | told
    for key, option in _OPTIONS.items():
        if key not in known:
            raise SinorusError(f"the source does not say the {key} in a form that can be read; give it with {option}")
    pin = fetched.pin
    if evidence:
        said = f"{pin.license_statement}; {evidence}" if pin.license_statement else evidence
        pin = replace(pin, license_statement=said, license_read=pin.license_read or "told by who added the article")
    known["license"] = _require_license(fetched, str(told.get("license", "")), pin)
    text, issues = decode(fetched.data, pin.url or pin.id, final_newline=False)
    refuse(issues)
    facts = Facts(**known, source=pin)
    return add_bytes(corpus, fetched.data, text, facts, page=fetched.is_page)


def _require_license(fetched: Fetched, told: str, pin: PinnedSource) -> str:
    """The licence that is told or said; an open one needs evidence, and the source may not say another."""
    said = str(fetched.told.get("license", ""))
    if told and said and told != said:
        raise SinorusError(f"found --license {told}, but the source says {said}: {pin.license_statement}")
    found = told or said or UNKNOWN
    if found in OPEN_LICENSES and not pin.license_statement:
        raise SinorusError(
            f"the source does not say that it is under {found}; give with --evidence where that is stated, and in what words"
        )
    return found


@dataclass(frozen=True)
class Taken:
    """What became of the withheld articles that have a pinned source: taken, there already, or why not."""

    taken: list[str]
    present: list[str]
    failed: dict[str, str]


def hydrate_pinned(corpus: Corpus, articles: dict[str, Article]) -> Taken:
    """Takes the withheld articles that have a pinned source again, and puts them where git ignores them.

    Each is checked by its SHA-256 as it comes and as it was rendered; one that differs is not kept.
    """
    taken, present, failed = [], [], {}
    for article in articles.values():
        if article.redistribute or article.source is None:
            continue
        if corpus.hydrated_text(article.doc_id).is_file():
            present.append(article.doc_id)
            continue
        try:
            write_atomic(corpus.hydrated_text(article.doc_id), _again(article, article.source))
            taken.append(article.doc_id)
        except SinorusError as error:
            failed[article.doc_id] = str(error)
    return Taken(taken, present, failed)


def _again(article: Article, pin: PinnedSource) -> bytes:
    fetchers: dict[str, Callable[[], bytes]] = {
        "hub": lambda: refetch_row(pin),
        "web": lambda: fetch_page(pin.url, "").data,
    }
    data = fetchers[pin.kind]()
    if (found := sha256(data)) != pin.sha256:
        raise SinorusError(f"the source has changed: found sha256 {found[:16]}…, expected {pin.sha256[:16]}…")
    if article.html_sha256:
        text, renderer = render_html(data.decode("utf-8"))
        data, why = (
            text.encode("utf-8"),
            f"{renderer} renders the page otherwise than {article.renderer} did; install that",
        )
    else:
        why = "the record names one text as the article's and another as its source's"
    if sha256(data) != article.sha256:
        raise SinorusError(why)
    return data
