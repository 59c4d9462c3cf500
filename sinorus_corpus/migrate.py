"""Renames retired labels to what replaced them, in every file of a corpus. No check may live here.

Passes are renamed too: a replacement means what the retired label meant, so the reading stays what it was, and a pass that kept a
label nobody may use could no longer be compared. Headers stay as they are: they say by which version a reading was made.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, NamedTuple

from sinorus_corpus.annotation.canonical import format_annotations, format_clusters
from sinorus_corpus.annotation.registry import COLUMNS
from sinorus_corpus.articles import LABEL_KEYS
from sinorus_corpus.content import Content, failed_paths, read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import read_text, refuse, write_atomic
from sinorus_corpus.records import AnnotationSet
from sinorus_corpus.schema import Column, Schema, read_schema

Renames = Mapping[str, Mapping[str, str]]


class Migrated(NamedTuple):
    """A file that holds retired labels: its new bytes, and how often each rename is made."""

    path: Path
    data: bytes
    counts: Counter[str]


def renames(schema: Schema) -> dict[str, dict[str, str]]:
    """For each label set its retired labels with the label in use that stands at the end of their replacements."""
    made: dict[str, dict[str, str]] = {}
    for labels in schema.labels.values():
        ends = {}
        for label in labels.labels:
            at = label
            while at.replaced_by:
                at = labels[at.replaced_by]
            if at is not label:
                ends[label.name] = at.name
        if ends:
            made[labels.name] = ends
    return made


def rename_labels(found: AnnotationSet, schema: Schema, counts: Counter[str] | None = None) -> AnnotationSet:
    """An annotation file with its retired labels replaced; each rename is counted as `old -> new`."""
    names, counted = renames(schema), Counter[str]() if counts is None else counts
    return replace(
        found,
        header=_renamed(found.header, schema.layers["header"].columns, names, counted),
        regions=tuple(_renamed(r, schema.layers["region"].columns, names, counted) for r in found.regions),
        entities=tuple(_renamed(e, schema.layers["entity"].columns, names, counted) for e in found.entities),
        claims=tuple(_renamed(c, schema.layers["claim"].columns, names, counted) for c in found.claims),
    )


def _renamed(record: Any, columns: tuple[Column, ...], names: Renames, counts: Counter[str]) -> Any:
    own = {field.name for field in fields(record)}
    changes: dict[str, Any] = {}
    for column in columns:
        if column.name not in own:
            continue
        value = getattr(record, column.name)
        if column.type == "struct" and value:
            changes[column.name] = tuple(_renamed(item, column.fields, names, counts) for item in value)
        elif isinstance(value, str) and column.labels in names:
            changes[column.name] = _rename(value, names[column.labels], counts)
    return replace(record, **changes) if changes else record


def _rename(value: str, names: Mapping[str, str], counts: Counter[str]) -> str:
    if value in names:
        counts[f"{value} -> {names[value]}"] += 1
    return names.get(value, value)


def migrate(corpus: Corpus, *, dry_run: bool = False) -> list[Migrated]:
    """Renames retired labels in regions, passes, gold, clusters, the registry and the records of articles.

    Args:
        dry_run: write nothing.

    Returns:
        The files that change. A second run finds none.

    Raises:
        SinorusError: a file cannot be read; nothing is written.
    """
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema)
    failed = failed_paths(content.issues, schema)
    refuse([issue for issue in content.issues if issue.path in failed])
    changed = [file for file in _migrated(corpus, schema, content) if file.counts]
    for file in changed if not dry_run else ():
        write_atomic(file.path, file.data)
    return changed


def _migrated(corpus: Corpus, schema: Schema, content: Content) -> Iterator[Migrated]:
    names = renames(schema)
    for found in content.annotation_sets:
        counts = Counter[str]()
        made = rename_labels(found, schema, counts)
        yield Migrated(corpus.root / found.path, format_annotations(made, schema), counts)
    readings = {corpus.cluster_pass(who): found for who, found in content.cluster_passes.items()}
    for path, found_clusters in ({corpus.clusters: content.clusters} | readings).items():
        counts = Counter[str]()
        clusters = [_renamed(c, schema.layers["cluster"].columns, names, counts) for _, c in found_clusters]
        yield Migrated(path, format_clusters(clusters, schema), counts)
    if content.registry:
        yield _registry(corpus.registry, names.get("entity", {}))
    for doc_id in content.articles:
        yield _record(corpus.record(doc_id), names)


def _registry(path: Path, names: Mapping[str, str]) -> Migrated:
    counts, at = Counter[str](), COLUMNS.index("type")
    head, *lines = read_text(path)[1].removesuffix("\n").split("\n")
    rows = [line.split("\t") for line in lines]
    made = [[*row[:at], _rename(row[at], names, counts), *row[at + 1 :]] for row in rows]
    return Migrated(path, "".join(f"{line}\n" for line in (head, *map("\t".join, made))).encode("utf-8"), counts)


def _record(path: Path, names: Renames) -> Migrated:
    text, counts = read_text(path)[1], Counter[str]()
    for key, label_set in LABEL_KEYS.items():
        for old, new in names.get(label_set, {}).items():
            text, count = re.subn(
                rf"(?m)^({key}\s*=\s*)([\"']){re.escape(old)}\2", rf"\g<1>\g<2>{new}\g<2>", text, count=1
            )
            counts += Counter({f"{old} -> {new}": count})
    return Migrated(path, text.encode("utf-8"), counts)
