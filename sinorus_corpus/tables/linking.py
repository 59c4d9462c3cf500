"""Rows of the configs `linking` (one a mention) and `registry` (one an entry that mentions are linked to)."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping

from sinorus_corpus.records import KnownEntity
from sinorus_corpus.tables import Labelled
from sinorus_corpus.tables.documents import Row, entities

Names = Mapping[str, list[KnownEntity]]


def registry_rows(known: Mapping[str, KnownEntity]) -> list[Row]:
    """One row for each entry of the registry."""
    return [
        {
            "entity_id": entry.entity_id,
            "name": entry.name,
            "type": entry.type,
            "aliases": list(entry.aliases),
            "wikidata_qid": entry.wikidata_qid,
        }
        for _, entry in sorted(known.items())
    ]


def parse_registry_rows(rows: Iterable[Row]) -> dict[str, KnownEntity]:
    """The registry that rows of `registry` were made from."""
    made = (KnownEntity(r["entity_id"], r["name"], r["type"], tuple(r["aliases"]), r["wikidata_qid"]) for r in rows)
    return {entry.entity_id: entry for entry in made}


def linking_rows(labelled: Labelled) -> list[Row]:
    """One row for each mention of a type that the registry has."""
    types = {entry.type for entry in labelled.known.values()}
    names = _by_name(labelled.known)
    lines = [line for _, line in labelled.line_starts()]
    starts = [line.start for line in lines]
    rows = []
    for mention in entities(labelled):
        if mention["label"] in types:
            line = lines[bisect_right(starts, mention["start"]) - 1]
            rows.append(
                {
                    **{key: mention[key] for key in ("start", "end", "label", "entity", "name", "wikidata_qid")},
                    "mention_id": f"{labelled.doc_id}:{mention['id']}",
                    "doc_id": labelled.doc_id,
                    "origin": labelled.document.article.origin,
                    "mention": mention["text"],
                    "context": labelled.document.text[line.start : line.end],
                    "context_start": line.start,
                    "candidates": [_candidate(entry) for entry in names.get(mention["text"].casefold(), ())],
                }
            )
    return rows


def _by_name(known: Mapping[str, KnownEntity]) -> Names:
    """The entries that bear a name or alias, by that name whatever its case."""
    found: dict[str, list[KnownEntity]] = defaultdict(list)
    for _, entry in sorted(known.items()):
        for name in sorted({one.casefold() for one in (entry.name, *entry.aliases)}):
            found[name].append(entry)
    return found


def _candidate(entry: KnownEntity) -> Row:
    return {"entity": entry.entity_id, "name": entry.name, "type": entry.type, "wikidata_qid": entry.wikidata_qid}
