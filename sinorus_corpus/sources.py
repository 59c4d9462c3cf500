"""Openly licensed collections on the Hub that articles can be taken from, `raw/sources.toml`. Nothing is fetched here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from sinorus_corpus.articles import error_line, key_line
from sinorus_corpus.characters import first_hidden
from sinorus_corpus.corpus import NAME_RULE, Corpus, is_name
from sinorus_corpus.files import read_text, refuse
from sinorus_corpus.records import Issue
from sinorus_corpus.schema import nearest


@dataclass(frozen=True, slots=True)
class Collection:
    """A dataset on the Hub whose rows are articles. A column may lie in others: `metadata.url`.

    Attributes:
        files: the files that hold rows, with `*`: Parquet, or JSON by line, gzipped or not.
        id, text: the columns that name a row and hold the article.
        title, publisher, date, url, license: the columns that say so, empty where none does.
        keywords: groups of words; a row is on the subject if each group has a word in it.
        about, verified: what it is, and what of this entry was looked up, where and how.
    """

    name: str
    repo: str
    files: str = "*"
    id: str = "id"
    text: str = "text"
    title: str = ""
    publisher: str = ""
    date: str = ""
    url: str = ""
    license: str = ""
    keywords: tuple[tuple[str, ...], ...] = ()
    about: str = ""
    verified: str = ""

    def is_on_subject(self, text: str) -> bool:
        """Whether each group of keywords has a whole word in `text`; case counts."""
        return all(re.search(rf"\b({'|'.join(map(re.escape, group))})\b", text) for group in self.keywords)


_KEYS = [f.name for f in fields(Collection) if f.name != "name"]
_REQUIRED = ["repo", "keywords", "about", "verified"]


def parse_collections(text: str, path: str) -> tuple[dict[str, Collection], list[Issue]]:
    """Parses the collections by name; one that cannot be used is named by line and left out."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        return {}, [Issue("bad-toml", path, error_line(str(error)), str(error), "TOML")]
    found, issues = {}, []
    for name, entry in data.items():
        faults = list(_check(name, entry, path, key_line(text, f"[{name}]")))
        issues += faults
        if not faults:
            told = entry | {"keywords": tuple(tuple(group) for group in entry["keywords"])}
            found[name] = Collection(name=name, **told)
    return found, issues


def read_collections(corpus: Corpus) -> dict[str, Collection]:
    """The collections of a corpus by name; none where it has no `raw/sources.toml`.

    Raises:
        SinorusError: the file, or an entry of it, is not sound.
    """
    if not corpus.sources.exists():
        return {}
    _, text = read_text(corpus.sources)
    found, issues = parse_collections(text, corpus.relative(corpus.sources))
    refuse(issues)
    return found


def _check(name: str, entry: Any, path: str, line: int) -> Iterator[Issue]:
    if not is_name(name):
        yield Issue("bad-name", path, line, f"[{name!a}]", NAME_RULE)
    if not isinstance(entry, dict):
        yield Issue("wrong-type", path, line, name, "tables, each headed by a name")
        return
    for key in (key for key in _REQUIRED if not entry.get(key)):
        yield Issue("missing-key", path, line, f"[{name}] has no {key}", ", ".join(_REQUIRED))
    for key, value in entry.items():
        if key not in _KEYS:
            yield Issue("unknown-key", path, line, f"[{name}] has {key}", nearest(key, _KEYS) or ", ".join(_KEYS))
        elif not (_is_keywords(value) if key == "keywords" else isinstance(value, str)):
            expected = "lists of words in a list" if key == "keywords" else "text"
            yield Issue("wrong-type", path, line, f"[{name}]: {key} = {value!r}", expected)
        elif isinstance(value, str) and (hidden := first_hidden(value)):
            yield Issue("hidden-character", path, line, f"[{name}]: {key} holds {hidden}", "visible characters only")
    if isinstance(entry.get("repo"), str) and not re.fullmatch(r"[\w.-]+/[\w.-]+", entry["repo"]):
        yield Issue("bad-value", path, line, f"[{name}] repo = {entry['repo']}", "org/name")


def _is_keywords(value: object) -> bool:
    groups = value if isinstance(value, list) else []
    return bool(groups) and all(isinstance(g, list) and g and all(isinstance(w, str) and w for w in g) for g in groups)
