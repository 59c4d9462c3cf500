"""What differs between two states: the contract (configs, columns, labels, floors), the records of each layer, the texts.

What a difference demands of the version is for `versions`; nothing is printed or written here.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

import polars as pl
from datasets import ClassLabel, Features

from sinorus_corpus.corpus import Corpus
from sinorus_corpus.release.layers import KEYS, LAYERS, TEXT_OFFSETS, linked, texts
from sinorus_corpus.release.states import State, read_state
from sinorus_corpus.schema import Column, Schema

Change = Literal["added", "removed", "changed", "moved", "retired", "lowered", "raised"]
_RECORDS = {"layer": pl.String, "doc_id": pl.String, "id": pl.String, "change": pl.String, "field": pl.String}
_RECORDS |= {"old": pl.String, "new": pl.String}


class Term(NamedTuple):
    """A difference in the contract: of what kind, at which name, what became of it."""

    kind: Literal["config", "split", "column", "label", "floor"]
    name: str
    change: Change
    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class Difference:
    """What differs between two states.

    Attributes:
        records: a row for each added or removed record, and one for each field that changed, its values as JSON.
        texts: a unified diff for each published text that differs, by document; an added or withheld text is none.
        lost, gained: documents of both sides whose text ships on one side only.
        moved: documents of both sides whose raw text is another.
        unknown: layers that one side does not tell, with the reason.
    """

    old: str
    new: str
    terms: list[Term]
    records: pl.DataFrame
    texts: dict[str, str]
    lost: list[str]
    gained: list[str]
    moved: list[str]
    unknown: dict[str, str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.terms or self.records.height or self.texts)

    def count(self, layer: str, change: str) -> int:
        """How many records of a layer were `added`, `removed` or `changed`."""
        rows = self.records.filter((pl.col("layer") == layer) & (pl.col("change") == change))
        return rows.select(KEYS).n_unique() if rows.height else 0

    def documents(self, change: str) -> list[str]:
        """The documents that were `added`, `removed` or `changed`."""
        rows = self.records.filter((pl.col("layer") == "documents") & (pl.col("change") == change))
        return sorted(rows["doc_id"].unique())


def diff(corpus: Corpus, old: str, new: str) -> Difference:
    """What differs between two built folders, corpus folders or revisions of a corpus.

    Raises:
        SinorusError: a side is none of these, or this version of the tool cannot read it.
    """
    return compare(read_state(corpus, old), read_state(corpus, new))


def compare(old: State, new: State) -> Difference:
    """What differs between two states."""
    unknown = {}
    if old.clusters is None or new.clusters is None:
        unknown["clusters"] = "a built folder holds none"
        old, new = replace(old, clusters=None), replace(new, clusters=None)
    if old.registry is None or new.registry is None:
        unknown["registry"] = "a built folder tells only the names that mentions are linked to; those were compared"
        old, new = (replace(s, registry=linked(s).drop("doc_id")) for s in (old, new))
    both = texts(old).join(texts(new), on="doc_id", suffix="_new")
    differ = both.filter(pl.col("text") != pl.col("text_new"))
    shipped = (pl.col("text") != "", pl.col("text_new") != "")
    return Difference(
        old.name,
        new.name,
        [*_terms(old, new), *_floors(old, new)],
        _records(old, new, differ["doc_id"]),
        {
            row[0]: _text_diff(*row)
            for row in sorted(differ.filter(*shipped).select("doc_id", "text", "text_new").rows())
        },
        sorted(differ.filter(~shipped[1])["doc_id"]),
        sorted(differ.filter(~shipped[0])["doc_id"]),
        sorted(both.filter(pl.col("raw_sha256") != pl.col("raw_sha256_new"))["doc_id"]),
        unknown,
    )


def _text_diff(doc_id: str, old: str, new: str) -> str:
    lines = difflib.unified_diff(old.split("\n"), new.split("\n"), f"a/{doc_id}", f"b/{doc_id}", n=1, lineterm="")
    return "\n".join(lines)


def _records(old: State, new: State, differ: pl.Series) -> pl.DataFrame:
    found = [pl.DataFrame(schema=_RECORDS)]
    for layer, flat in LAYERS.items():
        sides = [flat(state) for state in (old, new)]
        found.append(_layer(layer, *(_without_text_offsets(side, differ) for side in sides)))
    return pl.concat(found).sort("layer", *KEYS, "change", "field", maintain_order=True)


def _without_text_offsets(frame: pl.DataFrame, differ: pl.Series) -> pl.DataFrame:
    there = [name for name in TEXT_OFFSETS if name in frame.columns]
    same = ~pl.col("doc_id").is_in(differ.implode())
    return frame.with_columns(pl.when(same).then(pl.col(name)).alias(name) for name in there)


def _layer(layer: str, old: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    gone, come = old.join(new, on=KEYS, how="anti"), new.join(old, on=KEYS, how="anti")
    fields = [name for name in old.columns if name in new.columns and name not in KEYS]
    joined = _long(old, fields, "old").join(_long(new, fields, "new"), on=[*KEYS, "__field"])
    changed = joined.filter(pl.col("__old") != pl.col("__new")).rename(lambda name: name.removeprefix("__"))
    named = (_named(frame, layer, what) for frame, what in ((gone, "removed"), (come, "added"), (changed, "changed")))
    return pl.concat(named)


def _named(frame: pl.DataFrame, layer: str, change: str) -> pl.DataFrame:
    texts = [pl.col(name) if change == "changed" else pl.lit("").alias(name) for name in ("field", "old", "new")]
    return frame.select(pl.lit(layer).alias("layer"), *KEYS, pl.lit(change).alias("change"), *texts).cast(_RECORDS)  # type: ignore[arg-type]  # a dict of names and types is what cast takes


def _long(frame: pl.DataFrame, fields: list[str], side: str) -> pl.DataFrame:
    """One row a field, its value as JSON; the names of the new columns are none that a field may have."""
    if not fields:
        return pl.DataFrame(schema=dict.fromkeys((*KEYS, "__field", f"__{side}"), pl.String))
    values = [
        pl.struct(name).struct.json_encode().str.slice(len(name) + 4).str.strip_suffix("}").alias(name)
        for name in fields
    ]
    long = frame.select(*KEYS, *values)
    return long.unpivot(fields, index=KEYS, variable_name="__field", value_name=f"__{side}")


def _terms(old: State, new: State) -> Iterator[Term]:
    yield from _named_terms("config", set(old.tables), set(new.tables))
    for config in sorted(old.tables.keys() & new.tables.keys()):
        splits = [{f"{config}/{s}" for s in state.tables[config]["split"].unique()} for state in (old, new)]
        yield from _named_terms("split", *splits)
        columns = [_columns(state.features[config], config) for state in (old, new)]
        yield from _named_terms("column", set(columns[0]), set(columns[1]))
        for name in sorted(columns[0].keys() & columns[1].keys()):
            if columns[0][name] != columns[1][name]:
                yield Term("column", name, "changed", columns[0][name], columns[1][name])
    if old.schema and new.schema:
        yield from _meanings(old.schema, new.schema)
    else:
        yield from _label_lists(old, new)


def _named_terms(kind: Any, old: set[str], new: set[str]) -> Iterator[Term]:
    yield from (Term(kind, name, "removed") for name in sorted(old - new))
    yield from (Term(kind, name, "added") for name in sorted(new - old))


def _columns(feature: Any, name: str) -> dict[str, str]:
    """Every column and field below `name` with its type."""
    if inner := getattr(feature, "feature", None):
        found = _columns(inner, name)
        return {key: f"list of {kind}" if key == name else kind for key, kind in found.items()}
    if isinstance(feature, dict):
        inside = {k: v for key, value in feature.items() for k, v in _columns(value, f"{name}.{key}").items()}
        return inside if isinstance(feature, Features) else {name: "struct"} | inside
    return {name: "label" if isinstance(feature, ClassLabel) else str(feature.dtype)}


def _meanings(old: Schema, new: Schema) -> Iterator[Term]:
    """What `schemas/` says of labels and columns that both sides have."""
    for name in sorted(old.labels.keys() | new.labels.keys()):
        before, after = (s.labels[name].labels if name in s.labels else () for s in (old, new))
        yield from _label_terms(name, [x.name for x in before], [x.name for x in after])
        now = {label.name: label for label in after}
        for label in (x for x in before if x.name in now):
            place, other = f"{name}.{label.name}", now[label.name]
            if label.definition != other.definition:
                yield Term("label", place, "changed", label.definition, other.definition)
            if label.replaced_by != other.replaced_by:
                yield Term(
                    "label", place, "retired" if other.replaced_by else "changed", label.replaced_by, other.replaced_by
                )
    for table in sorted(old.tables.keys() & new.tables.keys()):
        before_columns, after_columns = (dict(_meaning(s.tables[table].columns, table)) for s in (old, new))
        for column in sorted(before_columns.keys() & after_columns.keys()):
            if before_columns[column] != after_columns[column]:
                yield Term("column", column, "changed", before_columns[column], after_columns[column])


def _meaning(columns: tuple[Column, ...], outer: str) -> Iterator[tuple[str, str]]:
    for column in columns:
        name = f"{outer}.{column.name}"
        told = (column.description, column.unit, column.labels, "may be empty" if column.nullable else "")
        yield name, "; ".join(part for part in told if part)
        yield from _meaning(column.fields, name)


def _label_terms(place: str, old: list[str], new: list[str]) -> Iterator[Term]:
    """Labels gone and new; `moved` where one that stays has another integer."""
    yield from _named_terms("label", {f"{place}.{x}" for x in old} - {f"{place}.{x}" for x in new}, set())
    yield from _named_terms("label", set(), {f"{place}.{x}" for x in new} - {f"{place}.{x}" for x in old})
    for label in (x for x in old if x in new and old.index(x) != new.index(x)):
        yield Term("label", f"{place}.{label}", "moved", str(old.index(label)), str(new.index(label)))


def _label_lists(old: State, new: State) -> Iterator[Term]:
    """The label names of columns, where a built folder tells no more."""
    for config in sorted(old.tables.keys() & new.tables.keys()):
        before, after = (dict(_names(state.features[config], config)) for state in (old, new))
        for column in sorted(before.keys() & after.keys()):
            yield from _label_terms(column, before[column], after[column])


def _names(feature: Any, name: str) -> Iterator[tuple[str, list[str]]]:
    if inner := getattr(feature, "feature", None):
        yield from _names(inner, name)
    elif isinstance(feature, dict):
        for key, value in feature.items():
            yield from _names(value, f"{name}.{key}")
    elif isinstance(feature, ClassLabel):
        yield name, list(feature.names)


def _floors(old: State, new: State) -> Iterator[Term]:
    if old.schema is None or new.schema is None:
        return
    for name in sorted(old.floors.keys() | new.floors.keys()):
        before, after = old.floors.get(name, 0), new.floors.get(name, 0)
        if before != after:
            yield Term("floor", name, "lowered" if after < before else "raised", str(before), str(after))
