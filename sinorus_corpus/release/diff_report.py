"""A difference as tables for a terminal, as JSON, as Markdown. Every value is escaped here; nothing is printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from rich.table import Table

from sinorus_corpus.characters import escape, inert, shorten
from sinorus_corpus.release.diff import Difference, Term
from sinorus_corpus.release.layers import LAYERS

_SHOWN = 40  # rows of records that are listed; JSON has them all
CHANGES = ("added", "removed", "changed")


def difference_json(found: Difference) -> str:
    """Everything, as JSON."""
    told = {
        "old": found.old,
        "new": found.new,
        "counts": {layer: {change: found.count(layer, change) for change in CHANGES} for layer in LAYERS},
        "contract": [term._asdict() for term in found.terms],
        "records": found.records.to_dicts(),
        "texts": found.texts,
        "texts_lost": found.lost,
        "texts_gained": found.gained,
        "raw_changed": found.moved,
        "unknown": found.unknown,
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def difference_tables(found: Difference) -> Iterator[Table | str]:
    """Counts by layer, the contract, the records as far as they fit, then the texts as unified diffs."""
    if found.is_empty:
        yield f"nothing differs between {escape(found.old)} and {escape(found.new)}"
    else:
        yield counts_table(found)
    if found.terms:
        yield _table("contract", ["what", "name", "change", "old", "new"], _term_rows(found.terms))
    if found.records.height:
        yield _table("records", ["layer", "place", "change", "field", "old", "new"], _record_rows(found))
    yield from _notes(found)
    yield from ("\n".join(escape(line) for line in text.split("\n")) for text in found.texts.values())


def counts_table(found: Difference) -> Table:
    """How many records of each layer were added, removed and changed."""
    return _table(f"{_plain(found.old)} → {_plain(found.new)}", ["layer", *CHANGES], _count_rows(found))


def difference_markdown(found: Difference) -> str:
    """The same as Markdown, for a pull request."""
    lines = [f"## {inert(found.old)} → {inert(found.new)}", ""]
    if found.is_empty:
        return "\n".join([*lines, "Nothing differs."])
    lines += _markdown(["layer", *CHANGES], _count_rows(found))
    if found.terms:
        lines += ["", "### Contract", "", *_markdown(["what", "name", "change", "old", "new"], _term_rows(found.terms))]
    if found.records.height:
        head = ["layer", "place", "change", "field", "old", "new"]
        lines += ["", "### Records", "", *_markdown(head, _record_rows(found))]
    lines += [line for note in _notes(found) for line in ("", inert(note))]
    for text in found.texts.values():
        lines += ["", *_fenced(text)]
    return "\n".join(lines)


def _notes(found: Difference) -> Iterator[str]:
    if (left := found.records.height - _SHOWN) > 0:
        yield f"and {left} more records: --format json has them all"
    for told, documents in (("no longer ships", found.lost), ("ships now", found.gained)):
        if documents:
            yield f"text that {told}: {', '.join(documents)}"
    for layer, reason in found.unknown.items():
        yield f"{layer}: {reason}"


def _count_rows(found: Difference) -> list[list[str]]:
    layers = [layer for layer in LAYERS if layer != "clusters" or layer not in found.unknown]
    rows = [[layer, *(f"{found.count(layer, change):,}" for change in CHANGES)] for layer in layers]
    return [*rows, ["texts", f"{len(found.gained):,}", f"{len(found.lost):,}", f"{len(found.texts):,}"]]


def _term_rows(terms: list[Term]) -> list[list[str]]:
    return [[t.kind, t.name, t.change, t.old, t.new] for t in terms]


def _record_rows(found: Difference) -> list[list[str]]:
    shown = found.records.head(_SHOWN).rows()
    return [
        [layer, f"{doc_id} {item}".strip(), change, field, _short(old), _short(new)]
        for layer, doc_id, item, change, field, old, new in shown
    ]


def _short(value: str) -> str:
    return shorten(value, 80)[1:-1]


def _table(title: str, head: list[str], rows: list[list[str]]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in head:
        table.add_column(name, justify="right" if name in CHANGES else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    return table


def _plain(text: str) -> str:
    """`text` so that rich reads no markup in it."""
    return escape(text).replace("[", r"\[")


def _markdown(head: list[str], rows: list[list[str]]) -> list[str]:
    bars = "|".join("---" for _ in head)
    return [f"| {' | '.join(head)} |", f"|{bars}|", *(f"| {' | '.join(inert(cell) for cell in row)} |" for row in rows)]


def _fenced(text: str) -> list[str]:
    """A block of code whose fence is longer than any run of backticks in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}diff", *(escape(line) for line in text.split("\n")), fence]
