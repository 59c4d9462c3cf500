"""The labels of a state as flat frames, one row a record: what is compared, layer by layer. Works on columns; no comparing here.

Regions, entities and claims are compared by where they stand in raw: their place in the text follows from that and the cleaning.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from sinorus_corpus.release.states import State

KEYS = ("doc_id", "id")
# Offsets of links count in the text, so they say nothing where the text itself has changed.
TEXT_OFFSETS = ("source_start", "source_end", "cue_start", "cue_end")
# The configs that the layers are nested in; all others are made from the same records.
_HOLDERS = ("documents", "withheld")
_NESTED = ("regions", "entities", "claims", "alignment")
# Columns that follow from others: offsets in the text, words that offsets cut out, the registry's columns, digests of both.
_DERIVED = {
    "documents": ("text", "text_sha256", "removed_characters", *_NESTED),
    "regions": ("start", "end", "keep"),
    "entities": ("start", "end", "text", "name", "wikidata_qid"),
    "claims": ("text", "attribution", "quantities"),
}
_EMPTY = pl.DataFrame(schema={"doc_id": pl.String, "id": pl.String})


def _holders(state: State) -> dict[str, pl.DataFrame]:
    return {name: state.tables[name] for name in _HOLDERS if name in state.tables and state.tables[name].height}


def texts(state: State) -> pl.DataFrame:
    """`doc_id`, `text` and `raw_sha256` of each document; the text is empty where it is withheld."""
    types = {"doc_id": pl.String, "text": pl.String, "raw_sha256": pl.String}
    found = [
        frame.select("doc_id", pl.col("text") if "text" in frame.columns else pl.lit("").alias("text"), "raw_sha256")
        for frame in _holders(state).values()
    ]
    return pl.concat([pl.DataFrame(schema=types), *found])


def _documents(state: State) -> pl.DataFrame:
    found = [
        frame.drop(_DERIVED["documents"], strict=False).with_columns(config=pl.lit(name), id=pl.lit(""))
        for name, frame in _holders(state).items()
    ]
    return _stacked(found)


def _records(state: State, layer: str) -> pl.DataFrame:
    """The records of a nested layer with their offsets in raw, called `start` and `end`."""
    found = []
    for frame in _holders(state).values():
        if layer not in frame.columns:
            continue
        rows = frame.select("doc_id", layer).explode(layer).filter(pl.col(layer).is_not_null()).unnest(layer)
        if "raw_start" in rows.columns:
            rows = rows.drop(_DERIVED[layer], strict=False).rename({"raw_start": "start", "raw_end": "end"})
        if layer == "claims":
            rows = rows.with_columns(segments=_raw_segments(rows))
        found.append(rows.drop("digest", strict=False))
    return _stacked(found)


def _raw_segments(claims: pl.DataFrame) -> pl.Expr:
    kind = claims.schema["segments"]
    names = (
        {f.name for f in kind.inner.fields}
        if isinstance(kind, pl.List) and isinstance(kind.inner, pl.Struct)
        else set()
    )
    start, end = ("raw_start", "raw_end") if "raw_start" in names else ("start", "end")
    part = pl.element().struct
    return pl.col("segments").list.eval(pl.struct(start=part.field(start), end=part.field(end)))


def _claims(state: State) -> pl.DataFrame:
    return _records(state, "claims").drop(_DERIVED["claims"], strict=False)


def _inside_claims(state: State, layer: str) -> pl.DataFrame:
    """The links or quantities of all claims; their id is that of the claim and their place in it, from 1."""
    claims = _records(state, "claims")
    if layer not in claims.columns:
        return _EMPTY
    rows = claims.select("doc_id", "id", layer, place=pl.int_ranges(1, pl.col(layer).list.len() + 1))
    rows = rows.explode(layer, "place").filter(pl.col(layer).is_not_null())
    return rows.with_columns(id=pl.format("{}.{}", "id", "place")).drop("place").unnest(layer)


def _attribution(state: State) -> pl.DataFrame:
    """Links with offsets in the text, or in raw where the text is withheld."""
    return _inside_claims(state, "attribution").drop("who_names", strict=False)


def _registry(state: State) -> pl.DataFrame:
    if state.registry is None:
        return linked(state)
    return state.registry.with_columns(doc_id=pl.lit(""))


def linked(state: State) -> pl.DataFrame:
    """As much of the registry as the mentions that are linked to it tell."""
    found = [
        frame.select("entities").explode("entities").filter(pl.col("entities").is_not_null()).unnest("entities")
        for frame in _holders(state).values()
        if "entities" in frame.columns
    ]
    rows = _stacked([f.select("name", "wikidata_qid", id=pl.col("entity"), doc_id=pl.lit("")) for f in found])
    return rows.filter(pl.col("id") != "").unique(subset=["id"], keep="first", maintain_order=True)


def _clusters(state: State) -> pl.DataFrame:
    return _EMPTY if state.clusters is None else state.clusters.with_columns(doc_id=pl.lit(""))


def _stacked(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="diagonal_relaxed") if frames else _EMPTY


LAYERS: dict[str, Callable[[State], pl.DataFrame]] = {
    "documents": _documents,
    "regions": lambda state: _records(state, "regions"),
    "entities": lambda state: _records(state, "entities"),
    "claims": _claims,
    "attribution": _attribution,
    "quantities": lambda state: _inside_claims(state, "quantities"),
    "clusters": _clusters,
    "registry": _registry,
}
