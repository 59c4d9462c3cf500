"""Documents as flat polars frames: a row an entity, a claim, a link, a figure. Nothing is read from disk here."""

from __future__ import annotations

from typing import Any, NamedTuple

import polars as pl

from sinorus_corpus.using.rows import documents_table

_NESTED = ("segments", "attribution", "quantities")


class Flat(NamedTuple):
    """Frames that join on `doc_id` and `claim_id`; offsets are code points of the document's `text`, half-open.

    Attributes:
        entities: one row a mention.
        claims: one row a claim; `start` and `end` from its first segment to its last, `segments` and `depth` numbers of them.
        segments: one row a segment of a claim, numbered from 0.
        links: one row a link of a claim's chain, numbered from 0 for the outermost.
        quantities: one row a figure of a claim, numbered from 0.
        unaligned: `doc_id`, `id`, `start`, `end`, `said`, `stands`: where the text at a span is not what the row says. Empty
            unless somebody changed the text.
    """

    entities: pl.DataFrame
    claims: pl.DataFrame
    segments: pl.DataFrame
    links: pl.DataFrame
    quantities: pl.DataFrame
    unaligned: pl.DataFrame


def to_polars(documents: Any) -> Flat:
    """Flat frames of documents, whole columns at a time.

    Args:
        documents: a `Dataset` of one split of the config `documents`, or an Arrow table of it.

    Raises:
        SinorusError: it is neither.
    """
    made = pl.from_arrow(documents_table(documents, ("doc_id", "origin", "text", "entities", "claims")))
    assert isinstance(made, pl.DataFrame)  # noqa: S101 - from_arrow gives a Series for arrays only
    keys = ["doc_id", "origin"]
    entities = _rows(made.select(*keys, "entities"), "entities")
    claims = _rows(made.select(*keys, "claims"), "claims").rename({"id": "claim_id"})
    segments, links, quantities = (_parts(claims, name) for name in _NESTED)
    hull = segments.group_by("doc_id", "claim_id").agg(pl.col("start").min(), pl.col("end").max())
    counted = claims.with_columns(pl.col("segments").list.len(), depth=pl.col("attribution").list.len())
    flat = counted.drop("attribution", "quantities").join(hull, ["doc_id", "claim_id"], "left", maintain_order="left")
    said = [
        entities.select("doc_id", "id", "start", "end", said="text"),
        *(
            links.select("doc_id", id="claim_id", start=f"{role}_start", end=f"{role}_end", said=role)
            for role in ("source", "cue")
        ),
        flat.filter(pl.col("segments") == 1).select("doc_id", "start", "end", id="claim_id", said="text"),
    ]
    columns = ["doc_id", "id", "start", "end", "said"]
    spans = pl.concat([frame.select(columns) for frame in said]).filter(pl.col("start") >= 0)
    return Flat(entities, flat, segments, links, quantities, _unaligned(spans, made.select("doc_id", "text")))


def _rows(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """A row for each struct of a list, its fields as columns."""
    return frame.filter(pl.col(column).list.len() > 0).explode(column).unnest(column)


def _parts(claims: pl.DataFrame, column: str) -> pl.DataFrame:
    numbered = claims.select("doc_id", "claim_id", column, number=pl.int_ranges(pl.col(column).list.len()))
    return numbered.filter(pl.col(column).list.len() > 0).explode(column, "number").unnest(column)


def _unaligned(spans: pl.DataFrame, texts: pl.DataFrame) -> pl.DataFrame:
    length = (pl.col("end") - pl.col("start")).clip(lower_bound=0)
    stands = spans.join(texts, "doc_id", "left", maintain_order="left").with_columns(
        stands=pl.col("text").str.slice(pl.col("start"), length)
    )
    return stands.filter(pl.col("stands") != pl.col("said")).drop("text")
