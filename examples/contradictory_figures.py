"""Figures of different articles that answer one question and do not agree, side by side, each with who says so.

    python -m examples.contradictory_figures dist/sinorus-corpus ["words of the question" …]

Two claims are rivals where the pair is `contradicts` or `tension`, or where both give a figure of one unit and period and these
differ by more than rounding. Words choose clusters by their proposition.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import Any

from rich.console import Console
from rich.table import Table

from examples.load_and_look import frame, open_config

Row = dict[str, Any]
ROUNDED = 0.01  # Figures that differ by less say the same in other digits.


def rivals(pair: Row) -> bool:
    """Whether a pair of claims gives two figures that pull apart."""
    if not (pair["quantities_a"] and pair["quantities_b"]):
        return False
    return pair["relation"] in ("contradicts", "tension") or any(
        differ(a, b) for a in pair["quantities_a"] for b in pair["quantities_b"]
    )


def differ(a: Row, b: Row) -> bool:
    """Whether two figures of one unit and period are not the same figure, rounded."""
    if a["value"] is None or b["value"] is None or (a["unit"], a["period"]) != (b["unit"], b["period"]):
        return False
    return bool(abs(a["value"] - b["value"]) > ROUNDED * max(abs(a["value"]), abs(b["value"])))


def claim(pair: Row, side: str) -> Row:
    """One claim of a pair."""
    return {name.removesuffix(f"_{side}"): value for name, value in pair.items() if name.endswith(f"_{side}")}


def figure(quantity: Row) -> str:
    """A figure with its unit, the currency it was computed in, and its period."""
    value = quantity["value"]
    if value is None:
        return str(quantity["direction"])
    size, word = next((s for s in ((1e12, " tn"), (1e9, " bn"), (1e6, " m")) if abs(value) >= s[0]), (1, ""))
    basis = f" in {quantity['basis']}" if quantity["basis"] not in ("", quantity["unit"]) else ""
    about = "about " if quantity["approx"] else ""
    return f"{about}{value / size:,.4g}{word} {quantity['unit']}{basis} ({quantity['period'] or 'no period'})"


def clusters(pairs: list[Row]) -> dict[str, dict[str, Row]]:
    """The rival claims by proposition and id."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for pair in filter(rivals, pairs):
        for one in (claim(pair, "a"), claim(pair, "b")):
            found[pair["proposition"]][one["claim_id"]] = one
    return found


def main(dataset: str, *words: str) -> None:
    """Prints a table for each question."""
    console = Console()
    pairs = frame(open_config(dataset, "pairs")).to_dicts()
    asked = [pair for pair in pairs if all(word.casefold() in pair["proposition"].casefold() for word in words)]
    for proposition, claims in clusters(asked).items():
        table = Table("claim", "figures", "who says so", "to the proposition", title=proposition, title_justify="left")
        for one in claims.values():
            chain = " < ".join(source or "(unnamed)" for source in one["chain"]) or "the author"
            table.add_row(
                one["gloss"] or one["text"], "\n".join(map(figure, one["quantities"])), chain, one["relation"]
            )
        console.print(table)


if __name__ == "__main__":
    main(*sys.argv[1:])
