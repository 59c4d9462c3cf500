"""The baseline's suggestions for documents without labels, as mentions marked as such. No rule of the baseline lives here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from sinorus_corpus.annotation.registry import parse_registry
from sinorus_corpus.bulk.mentions import Mentions
from sinorus_corpus.cleaning.alignment import Alignment
from sinorus_corpus.cleaning.propose import Regions
from sinorus_corpus.cleaning.text import Published
from sinorus_corpus.files import read_text, refuse
from sinorus_corpus.records import Entity, KnownEntity, Region
from sinorus_corpus.schema import Schema
from sinorus_corpus.strings import Texts
from sinorus_corpus.suggestions.suggest import suggest_entities


class Suggester:
    """The baseline with one entity registry.

    Raises:
        SinorusError: the registry cannot be read.
    """

    def __init__(self, schema: Schema, registry: Path | None) -> None:
        self._schema = schema
        self._known: list[KnownEntity] = []
        if registry is not None:
            found, issues = parse_registry(read_text(registry)[1], str(registry))
            refuse(issues)
            self._known = [entity for _, entity in found]

    def suggest(self, raw: str, kept: list[Region]) -> tuple[Entity, ...]:
        """Entities of one document, at raw offsets."""
        return suggest_entities(raw, kept, self._known, self._schema)


def add_suggestions(
    mentions: Mentions,
    suggester: Suggester,
    raws: list[str],
    found: Regions,
    made: Published,
    texts: Texts,
    alignment: Alignment,
) -> Mentions:
    """The mentions, and suggestions for documents that have none."""
    rows = []
    for number in np.flatnonzero(np.bincount(mentions.document, minlength=len(raws)) == 0).tolist():
        part = slice(found.offsets[number], found.offsets[number + 1])
        spans = zip(found.start[part].tolist(), found.end[part].tolist(), made.kept[part].tolist(), strict=True)
        kept = [Region("", start, end, "") for start, end, inside in spans if inside]
        rows += [(number, e.start, e.end, e.label, e.id) for e in suggester.suggest(raws[number], kept)]
    if not rows:
        return mentions
    columns = list(zip(*rows, strict=True))
    document, raw_start, raw_end = (np.array(column, dtype=np.int64) for column in columns[:3])
    start, end, inside, _ = alignment.project(document, raw_start, raw_end)
    document, raw_start, raw_end, start, end = (c[inside] for c in (document, raw_start, raw_end, start, end))
    words = texts.slices(document, start, end)
    label, ids = (pa.array(column, pa.string()).filter(pa.array(inside)) for column in columns[3:])
    added = Mentions(
        document, raw_start, raw_end, start, end, words, label, ids, np.ones(len(document), dtype=np.bool_)
    )
    return _together(mentions, added)


def _together(first: Mentions, second: Mentions) -> Mentions:
    """Both, by document; no document has mentions in both."""
    order = np.argsort(np.concatenate([first.document, second.document]), kind="stable")
    made = []
    for a, b in zip(first, second, strict=True):
        if isinstance(a, np.ndarray):
            made.append(np.concatenate([a, b])[order])
        else:
            made.append(pa.concat_arrays([a, b]).take(pa.array(order)))
    return Mentions(*made)
