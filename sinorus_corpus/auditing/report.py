"""Figures of audits as terminal tables. Nothing is counted here; untrusted values are escaped."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rich.box import SIMPLE_HEAD
from rich.markup import escape as escape_markup
from rich.table import Table

from sinorus_corpus.agreement.bootstrap import Figure
from sinorus_corpus.auditing.figures import AuditFigures, Rate
from sinorus_corpus.auditing.sampling import SEED
from sinorus_corpus.characters import escape

NO_HUMAN = "no human has checked this"


def audit_tables(found: list[AuditFigures]) -> list[Table | str]:
    """What a terminal shows: for each audit its figures by origin, and whether a human has made one."""
    shown: list[Table | str] = [part for one in found for part in (title(one), _table(one))]
    if not any(one.audit.header.kind == "human" for one in found):
        shown.append(f"{NO_HUMAN}: sinorus audit --annotator NAME takes an hour")
    return shown


def title(found: AuditFigures) -> str:
    """Who read, and of which gold the figures speak."""
    header = found.audit.header
    told = f"{escape(header.annotator)} ({header.kind}), sample of seed {header.seed}"
    told += "" if header.seed == SEED else " (not the usual one)"
    told += f", guidelines {escape(header.guidelines)}, gold {header.gold[:8]}"
    if found.changed is not None:
        told += (
            f"; gold has changed since: {found.changed} of the judged labels are no longer in it as they were judged"
        )
    return told


def rows(found: AuditFigures) -> list[tuple[str, Mapping[str, Rate | Figure]]]:
    """Every figure with what it is called, by origin."""
    layers = {"entity": "entities", "claim": "claims"}
    made: list[tuple[str, Mapping[str, Rate | Figure]]] = []
    made += [(f"{layers[layer]}, error rate, {aspect}", by) for (layer, aspect), by in found.errors.items()]
    made += [(f"paragraphs, {name}", by) for name, by in found.recall.items()]
    made += [(f"altered {layers[layer]} noticed", by) for layer, by in found.caught.items()]
    return made


def _table(found: AuditFigures) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("", no_wrap=True)
    for group in found.groups:
        table.add_column(escape_markup(escape(group)), justify="right")
    for name, by in rows(found):
        table.add_row(name, *(escape_markup(cell(by[group])) for group in found.groups))
    return table


def cell(found: Rate | Figure) -> str:
    """The value with its interval and what it rests on."""
    if isinstance(found, Rate):
        value, between = found.value, found.interval
        counts = f"{found.hits}/{found.of}" + (f", {found.unsure} unsure" if found.unsure else "")
    else:
        value = found.value
        between = None if found.low is None or found.high is None else (found.low, found.high)
        a, b, both = (*found.support.values(), 0, 0, 0)[:3]
        counts = f"{both} of {a}, gold {b}"
    if value is None:
        return "–"
    shown = "" if between is None else f" [{_digits(between[0])}, {_digits(between[1])}]"
    return f"{_digits(value)}{shown} {counts}"


def _digits(value: float) -> str:
    return f"{math.floor(value * 1000 + 0.5) / 1000:.3f}"
