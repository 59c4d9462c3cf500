"""Gathers what the card tells: counts, consistency, audits, baselines, how to cite. Nothing is worded here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml

from sinorus_corpus.agreement.clusters import given_before
from sinorus_corpus.auditing.figures import AuditFigures, audit_figures
from sinorus_corpus.comparing import Comparison, agree
from sinorus_corpus.files import read_text
from sinorus_corpus.likeness import tell_likeness
from sinorus_corpus.records import SinorusError
from sinorus_corpus.stats import Count, stats
from sinorus_corpus.validate import Report

T = TypeVar("T")


@dataclass(frozen=True)
class Score:
    """One measure of a system: by group of documents its value with its interval, `None` where it has none."""

    name: str
    groups: dict[str, tuple[float | None, float | None, float | None]]


@dataclass(frozen=True)
class Baseline:
    """A system of `examples/`: what it is, how many documents of each group it was scored on, and its scores."""

    name: str
    about: str
    documents: dict[str, int]
    scores: list[Score]


@dataclass(frozen=True)
class Baselines:
    """The committed scores, with the command and the version of the corpus that made them."""

    command: str
    version: str
    systems: list[Baseline]


@dataclass(frozen=True)
class Citation:
    """How to cite, as `CITATION.cff` says."""

    title: str
    abstract: str
    authors: list[str]
    keywords: list[str] = field(default_factory=list)
    released: str = ""


@dataclass(frozen=True)
class Findings:
    """What the card tells of the labels.

    Attributes:
        compared: the two readings that most of gold was settled from, compared.
        relations: two readings of relations alone, over settled clusters.
        audits: third readings of a sample of gold, those by humans first.
        likeness: how far written articles differ from published ones, as a section; empty where nobody has measured.
        picture: a first look at the explorer, as PNG; empty where there is none.
    """

    counts: list[Count]
    compared: Comparison | None
    relations: Comparison | None = None
    audits: list[AuditFigures] = field(default_factory=list)
    baselines: Baselines | None = None
    citation: Citation | None = None
    likeness: str = ""
    picture: bytes = b""


def read_findings(report: Report) -> Findings:
    """Everything that is measured over a validated corpus or stands in its files.

    Raises:
        SinorusError: `CITATION.cff` or the scores of the baselines cannot be read.
    """
    corpus = report.corpus
    return Findings(
        stats(report.content, report.schema),
        _compared(report),
        _relations(report),
        audit_figures(report.content, report.schema),
        _read(corpus.baselines, json.loads, parse_baselines),
        _read(corpus.citation, yaml.safe_load, parse_citation),
        tell_likeness(corpus, report.content),
        corpus.first_look.read_bytes() if corpus.first_look.is_file() else b"",
    )


def _compared(report: Report) -> Comparison | None:
    """The two readings that most of adjudicated gold was settled from, compared as they were made."""
    pairs = Counter(s.header.passes for s in report.content.gold.values() if s.header.status == "adjudicated")
    if not pairs:
        return None
    first, second = pairs.most_common(1)[0][0]
    return agree(report.corpus, first, second)


def _relations(report: Report) -> Comparison | None:
    """The first two readers who were given the settled clusters and read the relations alone, if there are two."""
    base = [cluster for _, cluster in report.content.clusters]
    found = {who: [cluster for _, cluster in read] for who, read in sorted(report.content.cluster_passes.items())}
    readers = [who for who, read in found.items() if read and len(given_before(base, read)) == len(read)]
    return agree(report.corpus, readers[0], readers[1]) if len(readers) > 1 else None


def _read(path: Path, load: Callable[[str], Any], parse: Callable[[Any], T]) -> T | None:
    if not path.is_file():
        return None
    try:
        return parse(load(read_text(path)[1]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, yaml.YAMLError) as error:
        told = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise SinorusError(f"{path}: cannot be told in the card ({told})") from None


def parse_baselines(data: Any) -> Baselines:
    """The scores as `examples/record_scores.py` writes them."""
    systems = [
        Baseline(
            str(one["name"]),
            str(one["about"]),
            {str(group): int(number) for group, number in one["documents"].items()},
            [Score(str(name), {g: _triple(f) for g, f in groups.items()}) for name, groups in one["scores"].items()],
        )
        for one in data["systems"]
    ]
    return Baselines(str(data["command"]), str(data["version"]), systems)


def _triple(figure: dict[str, Any]) -> tuple[float | None, float | None, float | None]:
    value, low, high = (None if figure[key] is None else float(figure[key]) for key in ("value", "low", "high"))
    return value, low, high


def parse_citation(data: Any) -> Citation:
    """The fields of a citation file in the Citation File Format 1.2.0."""
    authors = [
        str(one["name"]) if "name" in one else f"{one['family-names']}, {one['given-names']}" for one in data["authors"]
    ]
    keywords = [str(word) for word in data.get("keywords", [])]
    abstract, released = " ".join(str(data["abstract"]).split()), str(data.get("date-released", ""))
    return Citation(str(data["title"]), abstract, authors, keywords, released)
