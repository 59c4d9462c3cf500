"""Labelled lines of public pages as arrays, and the measures of the keep class. Pages are read, never stored."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from sinorus_corpus.cleaning.features import Lines, line_features
from sinorus_corpus.cleaning.scoring import bucket

FOLDS = 5


class Pages(NamedTuple):
    """Lines of many pages with their labels.

    Attributes:
        prose: which share of the page's kept text stands in long lines: how like an article it is.
        kind: `full` or `half` (half-clean) for public pages, `reviewed` for articles of this corpus, `moved` for copies
            of either with their furniture moved.
    """

    lines: Lines
    keep: npt.NDArray[np.bool_]
    fold: npt.NDArray[np.int64]
    prose: npt.NDArray[np.float64]
    kind: npt.NDArray[np.str_]
    weight: npt.NDArray[np.float64]
    texts: list[str]


Record = dict[str, Any]


def read_records(path: Path) -> list[Record]:
    """The `{id, site, text, lines: [{start, end, keep}]}` records of a file that have lines."""
    records = [json.loads(line) for line in path.open(encoding="utf-8")]
    return [record | {"kind": "half" if "partial" in path.name else "full"} for record in records if record["lines"]]


def to_pages(records: list[Record]) -> Pages:
    """Records as columns; folds are by site, and a record may have a weight."""
    lines = line_features([record["text"] for record in records])
    keep = np.array([line["keep"] for record in records for line in record["lines"]], dtype=bool)
    if len(keep) != len(lines.page):
        raise SystemExit("the labelled lines are not the lines of the texts")
    fold = np.array([_fold(record["site"]) for record in records])
    prose = np.array([_prose(record) for record in records])
    kind = np.array([record["kind"] for record in records])
    weight = np.array([record.get("weight", 1.0) for record in records])
    texts = [record["text"][line["start"] : line["end"]] for record in records for line in record["lines"]]
    page = lines.page
    return Pages(lines, keep, fold[page], prose[page], kind[page], weight[page], texts)


def _fold(site: str) -> int:
    return int(hashlib.md5(site.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def _prose(record: dict[str, Any]) -> float:
    """Which share of the kept characters stands in long lines that end like sentences."""
    kept = [line for line in record["lines"] if line["keep"]]
    size = [line["end"] - line["start"] for line in kept]
    long = [n for n, line in zip(size, kept, strict=True) if n > 80 and record["text"][line["end"] - 1] in '.!?"”’)']
    return float(sum(long) / max(1, sum(size)))


def bags(lines: Lines, bits: int) -> sparse.csr_matrix:
    """Hashed words of each line, scaled by the square root of their number as `Linear.word_score` does."""
    count = np.diff(lines.offsets)
    row = np.repeat(np.arange(len(count)), count)
    values = 1 / np.sqrt(count[row])
    return sparse.csr_matrix((values, (row, bucket(lines.words, bits))), shape=(len(count), 2**bits))


def f1(gold: npt.NDArray[np.bool_], found: npt.NDArray[np.bool_], weight: npt.NDArray[Any] | None = None) -> float:
    """F1 of the keep class, by line or by weight (characters)."""
    w = np.ones(len(gold)) if weight is None else weight
    both = float(w[gold & found].sum())
    total = float(w[gold].sum()) + float(w[found].sum())
    return float(2 * both / total) if total else 1.0
