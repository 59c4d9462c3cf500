"""A comparison as terminal tables and as JSON. Nothing is measured or printed here; untrusted values are escaped."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape as escape_markup
from rich.table import Table

from sinorus_corpus.agreement.bootstrap import Figure, Tally
from sinorus_corpus.agreement.disagreements import Disagreement
from sinorus_corpus.agreement.tallies import BARS
from sinorus_corpus.characters import escape
from sinorus_corpus.comparing.challenges import Recall
from sinorus_corpus.comparing.comparison import LAYERS, Comparison
from sinorus_corpus.records import Claim, Entity


def comparison_tables(found: Comparison, *, listed: bool = False) -> list[Table | str]:
    """What a terminal shows: headline, each section, documents, disagreements by kind, what was left out.

    Args:
        listed: also each disagreement by itself.
    """
    sections: dict[str, list[Tally]] = {}
    for tally in found.tallies:
        if tally not in found.headline:
            sections.setdefault(tally.section, []).append(tally)
    tables: list[Table | str] = [_title(found), _headline(found)]
    tables += [_figures(found, name, tallies) for name, tallies in sections.items()]
    tables += [_documents(found), *([_kinds(found)] if found.attributes else [])]
    if listed:
        tables.append(_list(found))
    return [*tables, *(f"note: {escape(note)}" for note in found.notes), *_left_out(found)]


def _safe(text: str) -> str:
    """Untrusted text for a cell: neither controls nor markup."""
    return escape_markup(escape(text))


def _title(found: Comparison) -> str:
    counts = ", ".join(f"{int(chosen.sum())} {name}" for name, chosen in found.groups.items())
    rests = "after F1 stands how many A and B have, after kappa and alpha how many things were compared; – has no value"
    return f"A = {escape(found.a)}, B = {escape(found.b)}; documents: {counts}\n95 % intervals over documents; {rests}"


def _left_out(found: Comparison) -> list[str]:
    return [f"left out: {escape(doc_id)}: {escape(reason)}" for doc_id, reason in found.left_out.items()]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True)
    for column in columns:
        table.add_column(_safe(column), justify="right")
    return table


def _headline(found: Comparison) -> Table:
    """The figures that have a bar; one between passes that could not be measured is shown as such."""
    table = _table("headline", *([] if found.scored else ["bar"]), *found.groups)
    measured = {tally.name: tally for tally in found.headline}
    for name, bar in BARS.items():
        bars = [] if found.scored else [_share(bar)]
        if name in measured:
            table.add_row(name, *bars, *(_cell(f, found) for f in found.figures(measured[name]).values()))
        elif not found.scored and len(found.attributes) == len(LAYERS):
            table.add_row(name, *bars, *("not measured" for _ in found.groups))
    return table


def _figures(found: Comparison, title: str, tallies: list[Tally]) -> Table:
    table = _table(title, *found.groups)
    for tally in tallies:
        table.add_row(_safe(tally.name), *(_cell(f, found) for f in found.figures(tally).values()))
    return table


def _cell(figure: Figure, found: Comparison) -> str:
    """The value, its interval, precision and recall where they mean something, and what it rests on."""
    interval = "" if figure.low is None else f" [{_share(figure.low)}, {_share(figure.high)}]"
    scores = precision_recall(figure) if found.scored else {}
    shown = "".join(f" {name[0].upper()} {_share(value)}" for name, value in scores.items())
    support = "/".join(f"{n:,}" for n in list(figure.support.values())[: 2 if figure.statistic == "F1" else 1])
    return f"{_share(figure.value)}{interval}{shown} [dim]{support}[/dim]"


def _share(value: float | None) -> str:
    """Three digits, cut and not rounded up, so that neither 1 nor a bar is said to be reached by less."""
    if value is None:
        return "–"
    return f"{math.floor(value * 1000 + 1e-9) / 1000:.3f}"


def precision_recall(figure: Figure) -> dict[str, float | None]:
    """Precision and recall of A where B is the truth; nothing for other measures than F1."""
    if figure.statistic != "F1":
        return {}
    a, b, both = figure.support["a"], figure.support["b"], figure.support["both"]
    return {"precision": both / a if a else None, "recall": both / b if b else None}


def _documents(found: Comparison) -> Table:
    table = _table("documents", *(tally.name for tally in found.headline))
    columns = [found.of_documents(tally) for tally in found.headline]
    for reading in found.readings:
        table.add_row(_safe(reading.doc_id), *(_share(column[reading.doc_id].value) for column in columns))
    return table


def _kinds(found: Comparison) -> Table:
    table = _table("disagreements", *found.attributes)
    counts = Counter((d.kind, d.layer) for listed in found.disagreements().values() for d in listed)
    totals: Counter[str] = Counter()
    for (kind, _), number in counts.items():
        totals[kind] += number
    for kind, _ in totals.most_common():
        table.add_row(kind, *(f"{counts[kind, layer]:,}" if counts[kind, layer] else "" for layer in found.attributes))
    return table


def _list(found: Comparison) -> Table:
    table = Table("document", "kind", "A", "B", title="each disagreement", title_justify="left", box=SIMPLE_HEAD)
    for listed in found.disagreements().values():
        for one in listed:
            sides = [_side(record, value) for record, value in zip((one.a, one.b), one.values, strict=True)]
            table.add_row(_safe(one.doc_id), f"{one.layer}: {one.kind}", *sides)
    return table


def _side(record: Entity | Claim | None, value: str) -> str:
    if record is None:
        return "–"
    spans = [record.span] if isinstance(record, Entity) else record.segments
    words = record.quote if isinstance(record, Entity) else record.gloss or " … ".join(record.quotes)
    label = value or (record.label if isinstance(record, Entity) else "")
    place = " ".join(f"{start}-{end}" for start, end in spans)
    parts = [_safe(record.id), place, _safe(label), _safe(words)]
    return " ".join(part for part in parts if part)


def comparison_json(found: Comparison) -> str:
    """Everything as one JSON object; offsets are those of the files compared."""
    data = {
        "a": found.a,
        "b": found.b,
        "documents": {reading.doc_id: reading.group for reading in found.readings},
        "left_out": found.left_out,
        "notes": found.notes,
        "headline": [tally.name for tally in found.headline],
        "measures": [_measure(found, tally) for tally in found.tallies],
        "disagreements": {d: [_disagreement(one) for one in listed] for d, listed in found.disagreements().items()},
    }
    return json.dumps(data, indent=1, ensure_ascii=True)


def _measure(found: Comparison, tally: Tally) -> dict[str, Any]:
    bar = {} if found.scored or tally.name not in BARS else {"bar": BARS[tally.name]}
    return {
        "section": tally.section,
        "name": tally.name,
        **bar,
        "groups": {name: _figure(f, found) for name, f in found.figures(tally).items()},
        "documents": {doc_id: _figure(f, found) for doc_id, f in found.of_documents(tally).items()},
    }


def _figure(figure: Figure, found: Comparison) -> dict[str, Any]:
    return asdict(figure) | (precision_recall(figure) if found.scored else {})


def _disagreement(one: Disagreement) -> dict[str, Any]:
    sides = {
        name: None if record is None else {"id": record.id, "spans": spans, "value": value}
        for name, record, spans, value in zip(("a", "b"), (one.a, one.b), one.spans, one.values, strict=True)
    }
    return {"layer": one.layer, "kind": one.kind, **sides}


def recall_table(recall: Recall) -> Table:
    """Recall by difficulty: a row for each kind, a column for each reader."""
    table = Table(
        title="difficulties met, of those there are (planted, or found later)", title_justify="left", box=SIMPLE_HEAD
    )
    table.add_column("")
    for reader in recall.readers:
        table.add_column(f"{Path(reader).name}\n{recall.documents[reader]} documents", justify="right")
    kinds = sorted({kind for _, kind in recall.planted})
    for kind in kinds:
        table.add_row(kind, *(_recalled(recall.met[r, kind], recall.planted[r, kind]) for r in recall.readers))
    met, planted = ([sum(c[r, k] for k in kinds) for r in recall.readers] for c in (recall.met, recall.planted))
    table.add_section()
    table.add_row("all", *(_recalled(m, p) for m, p in zip(met, planted, strict=True)))
    return table


def _recalled(met: int, planted: int) -> str:
    return f"{met / planted:.2f} {met}/{planted}" if planted else "–"
