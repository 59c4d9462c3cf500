"""Puts the claims of a cluster into columns, one for each answer, with the figure that is compared. No drawing here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sinorus_corpus.records import Claim, Cluster, Member, Quantity
from sinorus_corpus.schema import Schema
from sinorus_corpus.site.quantities import digits, is_money, rounds_to, say_value

# Groups of relations in the order of columns; those of `cluster_relation.toml` that are not here come last.
_ORDER = ("agrees", "rival", "scope", "time")

Claims = Mapping[str, Claim]


@dataclass
class Column:
    """One answer to the question of a cluster, and who gives it.

    Attributes:
        group: what its relations mean to a reader, as the label set says.
        figure: the figure that is compared; `None` where the answer is in words.
        members: each member with the number of the compared quantity in its claim, or -1.
        gap: how far the figure lies from the first column's, in words; empty where it answers another question or cannot be
            compared.
    """

    group: str
    figure: Quantity | None
    members: list[tuple[Member, int]] = field(default_factory=list)
    gap: str = ""


def columns(cluster: Cluster, claims: Claims, schema: Schema) -> list[Column]:
    """The answers of a cluster: those that agree with its proposition first, then rivals, then what is beside it."""
    labels = schema.labels["cluster_relation"]
    asked = _asked(cluster, claims, schema)
    made: list[Column] = []
    for member in cluster.members:
        group = labels[member.relation].group
        quantities = claims[member.claim].quantities
        chosen = _nearest(quantities, asked)
        figure = quantities[chosen] if chosen >= 0 else None
        there = next((c for c in made if c.group == group and _is_same(c.figure, figure)), None)
        if there is None:
            made.append(there := Column(group, figure))
        there.members.append((member, chosen))
    made.sort(key=lambda c: (*_ORDER, c.group).index(c.group))
    for column in made[1:]:
        if column.group in _ORDER[:2]:
            column.gap = _gap(column.figure, made[0].figure)
    return made


def order(clusters: Iterable[Cluster], schema: Schema) -> list[Cluster]:
    """Clusters with a contradiction first, then those with other rivals, then the rest; each as in the file."""
    labels = schema.labels["cluster_relation"].labels
    rivals = [label.name for label in labels if label.group == "rival"]

    def rank(cluster: Cluster) -> int:
        return min((rivals.index(m.relation) for m in cluster.members if m.relation in rivals), default=len(rivals))

    return sorted(clusters, key=rank)


def _asked(cluster: Cluster, claims: Claims, schema: Schema) -> Quantity | None:
    """The quantity that the proposition is about: of those of agreeing members the one whose digits it gives first."""
    labels = schema.labels["cluster_relation"]
    agreeing = [m for m in cluster.members if labels[m.relation].group == "agrees"]
    found = [q for m in agreeing for q in claims[m.claim].quantities if q.value is not None]
    placed = [(at, n) for n, q in enumerate(found) if (at := _place(q, cluster.proposition)) >= 0]
    return found[min(placed)[1]] if placed else next(iter(found), None)


def _place(quantity: Quantity, text: str) -> int:
    match = re.search(rf"(?<![\d.,]){re.escape(digits(quantity.value or 0))}(?![\d]|[.,]\d)", text)
    return match.start() if match else -1


def _nearest(quantities: tuple[Quantity, ...], asked: Quantity | None) -> int:
    """The number of the quantity that answers what is asked: of the same kind, best of the same period and subject."""
    alike = [n for n, q in enumerate(quantities) if asked and q.value is not None and _same_kind(q, asked)]
    return max(alike, key=lambda n: (*_likeness(quantities[n], asked), -n)) if alike else -1


def _same_kind(a: Quantity, b: Quantity) -> bool:
    return a.unit == b.unit or (is_money(a.unit) and is_money(b.unit))


def _likeness(a: Quantity, asked: Quantity | None) -> tuple[int, ...]:
    if asked is None:
        return ()
    shared = len(_words(a.variable) & _words(asked.variable))
    return (int(a.period == asked.period), int(a.unit == asked.unit), int(a.basis == asked.basis), shared)


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower()))


def _is_same(a: Quantity | None, b: Quantity | None) -> bool:
    """Whether two figures are one: of one unit and period, and equal but for rounding."""
    if a is None or b is None or a.value is None or b.value is None:
        return False
    return (a.unit, a.basis, a.period) == (b.unit, b.basis, b.period) and rounds_to(a.value, b.value)


def _gap(figure: Quantity | None, first: Quantity | None) -> str:
    if figure is None or first is None or figure.value is None or first.value is None or figure.value == first.value:
        return ""
    if figure.unit != first.unit or figure.period != first.period:
        return ""
    apart = figure.value - first.value
    more = "more" if apart > 0 else "less"
    if figure.unit == "percent":
        return f"{digits(apart)} point{'' if digits(apart) == '1' else 's'} {more}"
    share = abs(apart / first.value) if first.value else 1.0
    told = f" ({100 * share:.1f} %)" if 0.0005 <= share < 1 else ""
    return f"{say_value(abs(apart), figure.unit)}{told} {more}"
