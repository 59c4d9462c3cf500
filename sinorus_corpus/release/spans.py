"""Checks that every offset of a built dataset cuts out the words beside it. Works on columns; nothing is read from disk here."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

_BATCH = 1000  # documents at a time: each span carries its document's text while it is looked at


def wrong_spans(documents: pl.DataFrame, claims: pl.DataFrame, ner: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    """Spans that do not cut the words beside them out of the text of their document.

    Args:
        documents, claims, ner: tables of the configs of those names.

    Yields:
        The layer, and the failures: `place` (document and id), `said` (the words beside it) and `cut` (those of the text).

    Raises:
        polars.exceptions.PolarsError: a column that offsets need is missing or of another type.
    """
    for batch in documents.iter_slices(_BATCH):
        yield "documents.entities", _failures(_entities(batch))
        yield "documents.claims", _failures(_claims(_exploded(batch, "claims")))
        yield "documents.claims.attribution", _failures(_links(_exploded(batch, "claims")))
    texts = documents.select("doc_id", document=pl.col("text"))
    for batch in claims.iter_slices(_BATCH):
        rows = batch.join(texts, on="doc_id", how="left")
        rows = rows.select("document", pl.exclude("document", "claim_id"), id=pl.col("claim_id"))
        yield "claims", _failures(_claims(rows))
        yield "claims.attribution", _failures(_links(rows))
        yield "claims.context", _failures(_contexts(rows))
    for batch in ner.iter_slices(_BATCH):
        yield "ner.tokens", _failures(_tokens(batch.join(texts, on="doc_id", how="left")))


def _cut(start: str, end: str) -> pl.Expr:
    """The code points `[start, end)` of `document`; null where the offsets do not lie in it."""
    first, last = pl.col(start), pl.col(end)
    inside = (first >= 0) & (first < last) & (last <= pl.col("document").str.len_chars())
    return pl.when(inside).then(pl.col("document").str.slice(first, (last - first).clip(lower_bound=0)))


def _failures(found: pl.DataFrame) -> pl.DataFrame:
    return found.filter(pl.col("said").ne_missing(pl.col("cut"))).select("place", "said", "cut")


def _exploded(documents: pl.DataFrame, layer: str) -> pl.DataFrame:
    rows = documents.select("doc_id", layer, document=pl.col("text")).explode(layer)
    return rows.filter(pl.col(layer).is_not_null()).unnest(layer)


def _place() -> pl.Expr:
    return pl.col("doc_id") + " " + pl.col("id")


def _entities(documents: pl.DataFrame) -> pl.DataFrame:
    rows = _exploded(documents, "entities")
    return rows.select(place=_place(), said=pl.col("text"), cut=_cut("start", "end"))


def _claims(rows: pl.DataFrame) -> pl.DataFrame:
    """A claim's text is its segments joined by a space."""
    parts = rows.with_row_index("row").explode("segments").unnest("segments")
    cut = parts.with_columns(cut=_cut("start", "end")).group_by("row", maintain_order=True)
    # A segment out of its text makes the whole claim null.
    whole = pl.when(pl.col("cut").is_not_null().all()).then(pl.col("cut").str.join(" "))
    return cut.agg(place=_place().first(), said=pl.col("text").first(), cut=whole.first())


def _links(rows: pl.DataFrame) -> pl.DataFrame:
    links = rows.select("doc_id", "id", "document", "attribution").explode("attribution")
    links = links.filter(pl.col("attribution").is_not_null()).unnest("attribution")
    found = [
        links.filter((pl.col(f"{name}_start") != -1) | (pl.col(f"{name}_end") != -1) | (pl.col(name) != "")).select(
            place=_place(), said=pl.col(name), cut=_cut(f"{name}_start", f"{name}_end")
        )
        for name in ("source", "cue")
    ]
    return pl.concat(found)


def _contexts(claims: pl.DataFrame) -> pl.DataFrame:
    ends = claims.with_columns(context_end=pl.col("context_start") + pl.col("context").str.len_chars().cast(pl.Int32))
    return ends.select(place=_place(), said=pl.col("context"), cut=_cut("context_start", "context_end"))


def _tokens(lines: pl.DataFrame) -> pl.DataFrame:
    rows = lines.explode("tokens", "starts", "ends").filter(pl.col("tokens").is_not_null())
    return rows.select(place=pl.col("line_id"), said=pl.col("tokens"), cut=_cut("starts", "ends"))
