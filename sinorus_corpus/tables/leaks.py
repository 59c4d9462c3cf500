"""Checks finished tables against the split of each document: no row, and no words of a pair, on two sides. No other check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from sinorus_corpus.characters import shorten
from sinorus_corpus.records import Issue
from sinorus_corpus.tables.near_duplicates import RUN, near_duplicates, shared_runs

Tables = Mapping[str, Mapping[str, pa.Table]]

_PAIR_WORDS = ("proposition", "text_a", "text_b", "context_a", "context_b", "gloss_a", "gloss_b")


def check_splits(tables: Tables, split_of: Mapping[str, str]) -> Iterator[Issue]:
    """Checks that every document named in a row stands in the split of that row, and that pairs of two splits share no words.

    Args:
        tables: by config and split.
        split_of: the split of each document.
    """
    for config, splits in tables.items():
        for split, table in splits.items():
            for doc_id in _documents(table):
                if (meant := split_of.get(doc_id, "no split")) != split:
                    yield _leak(config, f"{doc_id} in {split}", f"rows of {doc_id} in {meant} alone")
    yield from _check_pairs(tables.get("pairs", {}))


def _documents(table: pa.Table) -> list[str]:
    """The documents that the rows of a table name, in whichever column."""
    found = {doc_id for name in table.column_names if name.startswith("doc_id") for doc_id in table[name].to_pylist()}
    if "members" in table.column_names:
        found.update(pc.struct_field(pc.list_flatten(table["members"]), "doc_id").to_pylist())
    return sorted(found)


def _check_pairs(splits: Mapping[str, pa.Table]) -> Iterator[Issue]:
    homes: dict[str, str] = {}
    for split, table in splits.items():
        for cluster in sorted(set(table["cluster_id"].to_pylist())):
            if (home := homes.setdefault(cluster, split)) != split:
                yield _leak("pairs", f"{cluster} in {home} and {split}", "all pairs of a cluster in one split")
    named = [(split, text) for split, table in splits.items() for text in _texts(table)]
    texts = [text for _, text in named]
    why = {(run.first, run.second): f"shares “{run.words}” with" for run in shared_runs(texts)}
    why |= {(one.first, one.second): f"{one.similarity:.2f} alike to" for one in near_duplicates(texts)}
    for (first, second), reason in sorted(why.items()):
        (split, text), (other, words) = named[first], named[second]
        if split != other:
            found = f"“{shorten(text)}” in {split} {reason} “{shorten(words)}” in {other}"
            yield _leak("pairs", found, "the words of a pair in one split")


def _texts(table: pa.Table) -> list[str]:
    """All texts of pairs that are long enough for a likeness to be no chance."""
    found = {text for name in _PAIR_WORDS for text in table[name].to_pylist()}
    return sorted(text for text in found if len(text.split()) >= RUN)


def _leak(config: str, found: str, expected: str) -> Issue:
    return Issue("table-leak", f"schemas/tables/{config}.toml", 0, found, expected)
