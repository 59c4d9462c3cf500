"""The data dictionary: the columns of each config with their meaning, from `schemas/tables/`."""

from __future__ import annotations

from collections.abc import Sequence

from sinorus_corpus.schema import Column, Schema


def dictionary(schema: Schema, names: Sequence[str], *, folded: bool = False) -> str:
    """The columns of these configs with their meaning.

    Args:
        folded: each table unfolds when it is asked for.
    """
    parts = ["## Columns\n"]
    for name in names:
        table = schema.tables[name]
        rows = [line for column in table.columns for line in _column_lines(column, "")]
        shown = "\n".join(["| column | type | meaning |", "|---|---|---|", *rows])
        parts += [f"### {name}\n", table.description + "\n", fold("its columns", shown) if folded else shown, ""]
    return "\n".join(parts)


def fold(title: str, text: str) -> str:
    """Markdown that a reader unfolds."""
    return f"<details><summary>{title}</summary>\n\n{text}\n\n</details>"


def _column_lines(column: Column, outer: str) -> list[str]:
    kind = f"list of {column.type}" if column.list else column.type
    kind += f" of `{column.labels}`" if column.labels else ""
    unit = f" ({column.unit})" if column.unit else ""
    line = f"| `{outer}{column.name}` | {kind} | {column.description}{unit} |"
    return [line, *(inner for f in column.fields for inner in _column_lines(f, f"{outer}{column.name}."))]
