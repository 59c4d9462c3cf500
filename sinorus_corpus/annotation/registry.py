"""The entity registry, `annotations/entities.tsv`: canonical name, type, aliases, verified Wikidata id."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sinorus_corpus.characters import first_hidden
from sinorus_corpus.records import Issue, KnownEntity
from sinorus_corpus.schema import Schema, nearest

COLUMNS = ["entity_id", "name", "type", "aliases", "wikidata_qid"]


def parse_registry(text: str, path: str) -> tuple[list[tuple[int, KnownEntity]], list[Issue]]:
    """Parses the registry into entities with their lines; cells are separated by tabs, aliases by `|`."""
    known, issues = [], []
    lines = text.removesuffix("\n").split("\n")
    if lines[0].split("\t") != COLUMNS:
        return [], [Issue("bad-registry", path, 1, lines[0], "\\t".join(COLUMNS))]
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS):
            issues.append(Issue("bad-registry", path, number, f"{len(cells)} cells", f"{len(COLUMNS)} cells"))
        elif hidden := first_hidden("".join(cells)):
            issues.append(Issue("hidden-character", path, number, hidden, "visible characters only"))
        else:
            aliases = tuple(alias for alias in cells[3].split("|") if alias)
            known.append((number, KnownEntity(cells[0], cells[1], cells[2], aliases, cells[4])))
    return known, issues


def check_registry(known: list[tuple[int, KnownEntity]], path: str, schema: Schema) -> Iterator[Issue]:
    """Checks ids, types and QIDs, and that no id or name stands twice."""
    types = schema.labels["entity"]
    seen: dict[str, int] = {}
    for line, entity in known:
        if not re.fullmatch(r"SR[0-9]{4,}", entity.entity_id):
            yield Issue("bad-value", path, line, f"entity_id {entity.entity_id}", "SR and four digits or more")
        if entity.type not in types:
            expected = nearest(entity.type, types.names) or ", ".join(types.names)
            yield Issue("unknown-label", path, line, f"type {entity.type}", expected)
        elif instead := types[entity.type].replaced_by:
            yield Issue("retired-label", path, line, f"type {entity.type}", instead)
        if not re.fullmatch(r"(Q[1-9][0-9]*)?", entity.wikidata_qid):
            yield Issue("bad-value", path, line, f"wikidata_qid {entity.wikidata_qid}", "Q and a number, or nothing")
        for key in (entity.entity_id, f"{entity.name}\t{entity.type}"):
            if (first := seen.setdefault(key, line)) != line:
                yield Issue("duplicate-id", path, line, f"{entity.entity_id} {entity.name}", f"not also line {first}")
