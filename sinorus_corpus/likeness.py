"""How far written articles differ from published ones: figures read from a file, told in the card. Nothing is measured here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from sinorus_corpus.content import Content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import read_bytes, read_text
from sinorus_corpus.files import sha256 as digest
from sinorus_corpus.records import SinorusError

ORIGINS = ("written", "published")

_SECTION = """## How far written articles differ from published ones

Measured on {date} by `{command}`, with copies of the
published articles at hand: {documents}, {paragraphs} of {paragraph_words} words or more. Names,
subjects and publishers differ as well as style, and so few published articles cannot stand for all that is published.
{older}
**Told apart by a classifier.** Area under the ROC curve of a logistic regression on TF-IDF of paragraphs: the chance that a
published paragraph is scored above a written one, no text of either document having been seen in training. .5 is chance; near
1 means **easily told apart**: then a score on the written articles need not carry over to real ones, and is no estimate of it.
In brackets: 95 % of bootstrap samples over documents. The control tells {drawn} written articles, drawn at random, from the rest.

| features | AUC |
|---|---|
{auc}

**Shared n-grams.** Share of the distinct n-grams of one document that stand in another, mean over pairs of documents, each
cut to its first {words} words.

| words in a row | written in written | published in published | between the two |
|---|---|---|---|
{ngrams}

**Plain measures**, labels from gold. In brackets: 95 % of bootstrap samples over documents.

| measure | written | published |
|---|---|---|
{measures}
"""

_OLDER = "\n**Texts or labels have changed since; these figures are of those before.**\n"


class Interval(NamedTuple):
    """A value with the ends of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Likeness:
    """What `benchmarks/written_or_published.py` measured.

    Attributes:
        command, date: what made the figures, on which ISO day.
        inputs: SHA-256 of all texts and of all gold, as `input_digests` makes them.
        documents, paragraphs: how many, by origin.
        paragraph_words: the words that a paragraph has at least.
        words: to how many words each document was cut where sizes have to be equal.
        drawn: how many written articles the control tells from the others.
        auc: by features.
        ngrams: for each n the shares written in written, published in published, and between.
        measures: for each name the values of the written and of the published articles.
    """

    command: str
    date: str
    inputs: dict[str, str]
    documents: dict[str, int]
    paragraphs: dict[str, int]
    paragraph_words: int
    words: int
    drawn: int
    auc: dict[str, Interval]
    ngrams: dict[str, tuple[float, float, float]]
    measures: dict[str, tuple[Interval, Interval]]


def input_digests(corpus: Corpus, content: Content) -> dict[str, str]:
    """SHA-256 of the digests of all texts, and of all gold files, by document."""
    golds = {doc_id: digest(read_bytes(corpus.gold(doc_id), doc_id)[0]) for doc_id in content.gold}
    texts = {doc_id: article.sha256 for doc_id, article in content.articles.items()}
    return {"texts": _digest(texts), "gold": _digest(golds)}


def _digest(digests: dict[str, str]) -> str:
    lines = (f"{doc_id} {found}\n" for doc_id, found in sorted(digests.items()))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def read_likeness(corpus: Corpus) -> Likeness | None:
    """The figures of a corpus; `None` where nobody has measured them.

    Raises:
        SinorusError: the file is not what the command wrote.
    """
    if not corpus.likeness.is_file():
        return None
    try:
        return _parse(json.loads(read_text(corpus.likeness)[1]))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise SinorusError(
            f"{corpus.likeness}: {type(error).__name__} {error}; expected the figures that "
            "python -m benchmarks.written_or_published --write makes; run it again, or take the file from git"
        ) from None


def _parse(data: dict[str, Any]) -> Likeness:
    told = {name: {str(k): int(v) for k, v in data[name].items()} for name in ("documents", "paragraphs")}
    ngrams = {str(n): (float(w), float(p), float(b)) for n, (w, p, b) in data["ngrams"].items()}
    sides = {str(n): (_interval(w), _interval(p)) for n, (w, p) in data["measures"].items()}
    return Likeness(
        command=str(data["command"]),
        date=str(data["date"]),
        inputs={str(name): str(data["inputs"][name]) for name in ("texts", "gold")},
        documents={origin: told["documents"][origin] for origin in ORIGINS},
        paragraphs={origin: told["paragraphs"][origin] for origin in ORIGINS},
        paragraph_words=int(data["paragraph_words"]),
        words=int(data["words"]),
        drawn=int(data["drawn"]),
        auc={str(name): _interval(found) for name, found in data["auc"].items()},
        ngrams=ngrams,
        measures=sides,
    )


def _interval(found: Iterable[float]) -> Interval:
    value, low, high = found
    return Interval(float(value), float(low), float(high))


def tell_likeness(corpus: Corpus, content: Content) -> str:
    """The section of the card on a corpus; empty where nobody has measured.

    Raises:
        SinorusError: the file of figures is not what the command wrote.
    """
    found = read_likeness(corpus)
    return likeness_section(found, input_digests(corpus, content)) if found else ""


def likeness_section(found: Likeness, inputs: dict[str, str]) -> str:
    """The figures as a section of the card.

    Args:
        inputs: the digests of what is there now.
    """
    counted = " and ".join(f"{found.documents[origin]} {origin}" for origin in ORIGINS)
    paragraphs = " and ".join(str(found.paragraphs[origin]) for origin in ORIGINS)
    return _SECTION.format(
        date=found.date,
        command=found.command,
        documents=f"{counted} articles",
        paragraphs=f"{paragraphs} paragraphs",
        paragraph_words=found.paragraph_words,
        older="" if inputs == found.inputs else _OLDER,
        drawn=found.drawn,
        words=found.words,
        auc=_rows((name, _told(value)) for name, value in found.auc.items()),
        ngrams=_rows((n, *(f"{share:.3f}" for share in shares)) for n, shares in found.ngrams.items()),
        measures=_rows((name, *(_told(side) for side in sides)) for name, sides in found.measures.items()),
    )


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _told(found: Interval) -> str:
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"
