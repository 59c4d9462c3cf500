"""The last gate: a built dataset against its own card, offsets, splits and digests, without a network. Nothing is written here.

Readers' clients load a dataset that breaks any of these without a word, or not at all; the corpus itself was validated before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import polars as pl
import pyarrow as pa
from datasets import ClassLabel, Features

from sinorus_corpus.card import content_digest
from sinorus_corpus.characters import shorten
from sinorus_corpus.files import sha256
from sinorus_corpus.provenance import PROVENANCE, table_digest
from sinorus_corpus.records import Issue
from sinorus_corpus.release.dataset import README, Config, Dataset, named_files, read_dataset
from sinorus_corpus.release.spans import wrong_spans
from sinorus_corpus.tables.near_duplicates import near_duplicates, shared_runs

_SHOWN = 20  # failures of one layer that are named; their number is told


def check_dist(folder: Path) -> list[Issue]:
    """Every finding on a built dataset, by path.

    Raises:
        SinorusError: there is no such folder.
    """
    dataset = read_dataset(folder)
    checks = (_defaults, _files, _tables, _splits, _leaks, _spans, _digests)
    issues = chain(dataset.issues, *(check(dataset) for check in checks))
    return sorted(set(issues), key=lambda i: (i.path, i.code, i.found))


def _defaults(dataset: Dataset) -> Iterator[Issue]:
    found = [config.name for config in dataset.configs.values() if config.default]
    if dataset.configs and len(found) != 1:
        yield Issue("default-config", README, 1, ", ".join(found) or "no default", "one config with default: true")


def _files(dataset: Dataset) -> Iterator[Issue]:
    """Files that the card or the provenance name and that are not there, and the other way round."""
    patterns = {
        pattern for config in dataset.configs.values() for paths in config.patterns.values() for pattern in paths
    }
    for pattern in sorted(patterns):
        if not named_files(dataset, [pattern]):
            yield Issue("missing-file", README, 1, f"no {pattern}", "every file that the card names")
    for path in sorted(dataset.pictures - set(dataset.files)):
        yield Issue("missing-file", README, 1, f"no picture {path}", "every file that the card names")
    listed = dataset.provenance.get("files", {})
    for path in sorted(listed.keys() - set(dataset.files)):
        yield Issue("missing-file", PROVENANCE, 1, f"no {path}", "every file that the provenance names")
    named = set(named_files(dataset, sorted(patterns)))
    for path in dataset.files:
        loose = dataset.configs and path.endswith(".parquet") and path not in named
        if loose or (listed and path != PROVENANCE and path not in listed):
            where = "card" if loose else "provenance"
            yield Issue(
                "orphan-file", path, 0, f"a file that the {where} does not name", "only files that belong to it"
            )


def _tables(dataset: Dataset) -> Iterator[Issue]:
    for config in dataset.configs.values():
        for path, table in chain.from_iterable(dataset.parts[config.name].values()):
            if config.features:
                yield from _columns(config, path, table)
                yield from _labels(config.features, path, table)


def _columns(config: Config, path: str, table: pa.Table) -> Iterator[Issue]:
    told, there = config.features, table.schema.names
    for name in (n for n in told if n not in there):
        yield Issue("ghost-column", path, 0, f"no column {name}", "every column that the card names")
    for name in (n for n in there if n not in told):
        yield Issue("missing-column", README, 1, f"no column {name} in {config.name}", "every column of the table")
    footer, expected = _footer(table.schema), told.arrow_schema
    for name in (n for n in told if n in there):
        if footer.get(name) != told[name] or table.schema.field(name).type != expected.field(name).type:
            found = f"{name}: {_short(footer.get(name))}, as {table.schema.field(name).type}"
            yield Issue("column-mismatch", path, 0, found, f"{_short(told[name])}, as the card says")


def _footer(schema: pa.Schema) -> Features:
    """The features that a client reads from the table alone; none where its metadata is no such thing."""
    try:
        return Features.from_arrow_schema(schema)
    except (KeyError, TypeError, ValueError, AttributeError):
        return Features()


def _short(feature: object) -> str:
    return shorten(str(feature), 200)


def _labels(features: Features, path: str, table: pa.Table) -> Iterator[Issue]:
    """Checks that every integer of a label column has a name, by the card and by the table."""
    for source, told in ((README, features), (path, _footer(table.schema))):
        for name in (n for n in told if n in table.schema.names):
            for column, feature, values in _label_values(name, told[name], pl.Series(table[name])):
                low, high = values.min(), values.max()
                if isinstance(low, int) and isinstance(high, int) and (low < 0 or high >= feature.num_classes):
                    found = f"{column} holds {low} to {high}, and {feature.num_classes} names"
                    yield Issue("short-labels", source, 0, found, "a name for every label")


def _label_values(name: str, feature: object, values: pl.Series) -> Iterator[tuple[str, ClassLabel, pl.Series]]:
    """The label columns in a column, lists and structs opened."""
    while (inner := getattr(feature, "feature", None)) is not None and isinstance(values.dtype, pl.List):
        feature, values = inner, values.explode()
    if isinstance(feature, ClassLabel) and values.dtype.is_integer():
        yield name, feature, values
    if isinstance(feature, dict) and isinstance(values.dtype, pl.Struct):
        fields = {field.name for field in values.dtype.fields}
        for key in (k for k in feature if k in fields):
            yield from _label_values(f"{name}.{key}", feature[key], values.struct.field(key))


def _splits(dataset: Dataset) -> Iterator[Issue]:
    for config in dataset.configs.values():
        rows = _row_numbers(dataset, config)
        for split in sorted(s for s, number in rows.items() if number == 0):
            yield Issue("empty-split", README, 1, f"no row in {split} of {config.name}", "splits with rows alone")
        if not config.features:
            continue
        for split in sorted(s for s in rows if rows[s] != config.rows.get(s)):
            found = f"{config.rows.get(split, 'no')} rows in {split} of {config.name}"
            yield Issue("count-drift", README, 1, found, f"{rows[split]}, as there are")
        for split in sorted(config.rows.keys() - config.patterns.keys()):
            yield Issue("count-drift", README, 1, f"{split} of {config.name}, which has no file", "splits with files")


def _row_numbers(dataset: Dataset, config: Config) -> dict[str, int]:
    """The rows of each split whose files are there and can all be read."""
    found = {}
    for split, patterns in config.patterns.items():
        parts = dataset.parts[config.name][split]
        if parts and len(parts) == len(named_files(dataset, patterns)):
            found[split] = sum(table.num_rows for _, table in parts)
    return found


def _leaks(dataset: Dataset) -> Iterator[Issue]:
    """Checks that a document is in one split of all configs, and that no two splits share text at length."""
    homes: dict[str, dict[str, str]] = {}
    for name in dataset.configs:
        for split, table in dataset.tables(name).items():
            for doc_id in _strings(table, "doc_id", unique=True):
                homes.setdefault(doc_id, {}).setdefault(split, name)
    for doc_id, splits in sorted(homes.items()):
        if len(splits) > 1:
            places = ", ".join(f"{split} of {config}" for split, config in sorted(splits.items()))
            yield Issue("split-leak", "data", 0, f"{doc_id} in {places}", "one split for each document")
    yield from _alike(dataset, homes)


def _alike(dataset: Dataset, homes: dict[str, dict[str, str]]) -> Iterator[Issue]:
    texts: dict[str, str] = {}
    for table in dataset.tables("documents").values():
        pairs = zip(_strings(table, "doc_id"), _strings(table, "text"), strict=False)
        texts |= {doc_id: text for doc_id, text in pairs if text}
    ids, found = list(texts), list(texts.values())
    why = {(run.first, run.second): f"shares {shorten(run.words)} with" for run in shared_runs(found)}
    why |= {(one.first, one.second): f"is {one.similarity:.2f} alike to" for one in near_duplicates(found)}
    for (a, b), reason in sorted(why.items()):
        first, second = sorted(homes[ids[a]]), sorted(homes[ids[b]])
        if first != second:
            told = f"{ids[b]} ({', '.join(second)}) {reason} {ids[a]} ({', '.join(first)})"
            yield Issue("split-leak", "data", 0, told, "one split for texts that are alike")


def _strings(table: pa.Table, name: str, *, unique: bool = False) -> list[str]:
    if name not in table.schema.names or not pa.types.is_string(table.schema.field(name).type):
        return []
    column = table[name].unique() if unique else table[name]
    return [value or "" for value in column.to_pylist()]


def _spans(dataset: Dataset) -> Iterator[Issue]:
    needed = [dataset.configs[name] for name in ("documents", "claims", "ner") if name in dataset.configs]
    if len(needed) < 3 or any(_row_numbers(dataset, c).keys() != c.patterns.keys() for c in needed):
        return  # what is missing or unreadable has a finding of its own
    try:
        frames = {config.name: _frame(dataset, config.name) for config in needed}
        for layer, wrong in wrong_spans(**frames):
            for row in wrong.head(_SHOWN).iter_rows(named=True):
                found = f"{layer}, {row['place']}: {shorten(str(row['cut'] or 'offsets outside the text'))}"
                yield Issue("span-mismatch", "data", 0, f"{found}, one of {wrong.height}", shorten(str(row["said"])))
    except pl.exceptions.PolarsError as error:
        told = shorten(" ".join(str(error).split()), 200)
        yield Issue(
            "column-mismatch", "data", 0, told, "the columns that offsets are checked with, in one type throughout"
        )


def _frame(dataset: Dataset, config: str) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(table) for table in dataset.tables(config).values()])


def _digests(dataset: Dataset) -> Iterator[Issue]:
    listed = dataset.provenance.get("files", {})
    data = {path: (dataset.folder / path).read_bytes() for path in dataset.files}
    for path in sorted(listed.keys() & data.keys()):
        if (found := sha256(data[path])) != listed[path]:
            yield Issue(
                "digest-mismatch", path, 0, f"sha256 {found[:16]}…", f"{listed[path][:16]}… as {PROVENANCE} says"
            )
    for config in dataset.configs.values():
        paths = chain.from_iterable(named_files(dataset, patterns) for patterns in config.patterns.values())
        found = content_digest({path: data[path] for path in paths})
        if config.digest != found:
            yield Issue(
                "digest-mismatch", README, 1, f"{config.name}: {config.digest[:24]}", f"{found[:24]}… of its files"
            )
    if dataset.provenance:
        yield from _told_tables(dataset)


def _told_tables(dataset: Dataset) -> Iterator[Issue]:
    version = dataset.provenance["version"]
    for name in sorted({c.name for c in dataset.configs.values() if c.version != version}):
        found = f"version {version}, but {dataset.configs[name].version} of {name} in the card"
        yield Issue("bad-provenance", PROVENANCE, 1, found, "one version")
    told = {(c, s): t for c, splits in dataset.provenance["tables"].items() for s, t in splits.items()}
    tables = {(c, s): t for c in dataset.configs for s, t in dataset.tables(c).items() if t.num_columns}
    for config, split in sorted(told.keys() | tables.keys()):
        yield from _told_table(f"{split} of {config}", told.get((config, split)), tables.get((config, split)))


def _told_table(place: str, told: dict[str, object] | None, table: pa.Table | None) -> Iterable[Issue]:
    if told is None:
        return [Issue("digest-mismatch", PROVENANCE, 1, f"nothing of {place}", "a digest of every table")]
    if table is None:
        return []  # a table that is gone or unreadable has a finding of its own
    found = {"rows": table.num_rows, "digest": table_digest(table)}
    if found == told:
        return []
    return [Issue("digest-mismatch", PROVENANCE, 1, f"{place}: {told}", f"{found}, as the table says")]
