"""Finds figures of different documents that may answer one question with different values and share no cluster.

These are candidates to be read, not contradictions. Nothing is printed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from scipy import sparse

from sinorus_corpus.content import Content
from sinorus_corpus.records import Cluster

# Of 169 pairs of rival figures in clusters that readers had found without this list, .6 are so alike; .1 would give .7 and
# three times as many to read.
ALIKE = 0.2
STEM = (
    4  # letters of a word that count, so that China and Chinese, export and exports are one (McNamee and Mayfield 2004)
)
FIRST, LAST = 0, 99999999  # of a period that is open or not told

_PAIR = {"a": pl.Int32, "b": pl.Int32, "alike": pl.Float64}

_WORD = re.compile(r"[a-z]{3,}")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?|Q([1-4]))?")


class Figure(NamedTuple):
    """A quantity with a value, and the claim it stands in."""

    claim: str
    gloss: str
    variable: str
    value: float
    unit: str
    basis: str
    period: str


class Rival(NamedTuple):
    """Two figures, and how alike they are (0 to 1): the cosine of their variables times the smaller by the larger value."""

    first: Figure
    second: Figure
    alike: float


def rival_figures(content: Content, least: float = ALIKE, *, within: bool = False) -> list[Rival]:
    """Pairs of figures in gold, the most alike first.

    The two stand in different documents and in no common cluster, have one unit, no different basis, periods that overlap (one
    that is not told overlaps all), different values, and variables that are alike: cosine of their stems weighted by
    1 + log(n/df) (Salton and Buckley 1988). The further the values are apart, the less likely they answer one question.

    Args:
        least: how alike a pair must be.
        within: also pairs of one document.
    """
    figures = _figures(content)
    if not figures:
        return []
    cosines = _cosines([f.variable for f in figures])
    joined = _joined([f.claim for f in figures], [cluster for _, cluster in content.clusters])
    alike = sparse.triu(cosines - cosines.multiply(joined.astype(bool)), k=1).tocoo()
    pairs = pl.DataFrame({"a": alike.row, "b": alike.col, "alike": alike.data}, schema_overrides=_PAIR)
    found = _rivals(pairs, _table(figures), least, within=within)
    return [Rival(figures[a], figures[b], cosine) for a, b, cosine in found.select("a", "b", "alike").iter_rows()]


def _figures(content: Content) -> list[Figure]:
    return [
        Figure(f"{doc_id}:{claim.id}", claim.gloss, q.variable, q.value, q.unit, q.basis, q.period)
        for doc_id, file in sorted(content.gold.items())
        for claim in file.claims
        for q in claim.quantities
        if q.value is not None
    ]


def _rivals(pairs: pl.DataFrame, table: pl.DataFrame, least: float, *, within: bool) -> pl.DataFrame:
    pairs = pairs.join(table, left_on="a", right_on="row").join(table, left_on="b", right_on="row", suffix="_b")
    smaller, larger = (
        f(pl.col("value").abs(), pl.col("value_b").abs()) for f in (pl.min_horizontal, pl.max_horizontal)
    )
    return (
        pairs.with_columns(alike=pl.col("alike") * smaller / larger)
        .filter(
            pl.col("alike") >= least,
            within | (pl.col("doc_id") != pl.col("doc_id_b")),
            pl.col("claim") != pl.col("claim_b"),
            pl.col("unit") == pl.col("unit_b"),
            (pl.col("basis") == pl.col("basis_b")) | (pl.col("basis") == "") | (pl.col("basis_b") == ""),
            pl.max_horizontal("start", "start_b") <= pl.min_horizontal("end", "end_b"),
            pl.col("value") != pl.col("value_b"),
        )
        .sort("alike", "a", "b", descending=[True, False, False])
    )


def _table(figures: Sequence[Figure]) -> pl.DataFrame:
    bounds = [_bounds(f.period) for f in figures]
    columns = {name: [getattr(f, name) for f in figures] for name in ("claim", "value", "unit", "basis")}
    columns |= {"doc_id": [f.claim.partition(":")[0] for f in figures], "row": list(range(len(figures)))}
    columns |= {"start": [first for first, _ in bounds], "end": [last for _, last in bounds]}
    return pl.DataFrame(columns, schema_overrides={"row": pl.Int32})


def _bounds(period: str) -> tuple[int, int]:
    """First and last day of a period as written in a quantity, as numbers yyyymmdd."""
    first, slash, last = period.partition("/")
    if not slash:
        last = first
    return _day(first, last=False), _day(last, last=True)


def _day(text: str, *, last: bool) -> int:
    found = _DATE.fullmatch(text)
    if not found:
        return LAST if last else FIRST
    year, month, day, quarter = (int(part) if part else 0 for part in found.groups())
    if quarter:
        month = 3 * quarter if last else 3 * quarter - 2
    return year * 10_000 + (month or (12 if last else 1)) * 100 + (day or (31 if last else 1))


def _cosines(texts: Iterable[str]) -> sparse.csr_array:
    words = [sorted({word[:STEM] for word in _WORD.findall(text.casefold())}) for text in texts]
    known = {word: n for n, word in enumerate(sorted({w for found in words for w in found}))}
    there = _incidence(words, known)
    weight = 1 + np.log(there.shape[0] / there.sum(axis=0))
    weighted = there.multiply(weight).tocsr()
    length = np.sqrt(weighted.multiply(weighted).sum(axis=1))
    weighted = sparse.diags_array(1 / np.maximum(length, 1e-12)) @ weighted
    return sparse.csr_array(weighted @ weighted.T)


def _joined(claims: Sequence[str], clusters: Sequence[Cluster]) -> sparse.csr_array:
    """How many clusters any two of the claims share."""
    stands: dict[str, list[str]] = {claim: [] for claim in claims}
    for cluster in clusters:
        for member in cluster.members:
            stands.setdefault(member.claim, []).append(cluster.id)
    there = _incidence([stands[claim] for claim in claims], {cluster.id: n for n, cluster in enumerate(clusters)})
    return sparse.csr_array(there @ there.T)


def _incidence(rows: Sequence[Sequence[str]], columns: dict[str, int]) -> sparse.csr_array:
    ends = np.cumsum([0, *(len(row) for row in rows)])
    places = np.array([columns[name] for row in rows for name in row], dtype=np.int32)
    return sparse.csr_array((np.ones(len(places)), places, ends), shape=(len(rows), max(1, len(columns))))
