"""Label sets as Markdown tables, and the guidelines with those tables in their places. No file is read or written here."""

from __future__ import annotations

import re

from sinorus_corpus.schema import LabelSet, Schema

_PLACE = re.compile(r"<!-- labels:(\w+) -->\n(?:.*?\n)?<!-- /labels:\1 -->", re.S)


def label_table(labels: LabelSet) -> str:
    """One row a label that is in use: name, definition, example, counter-example."""
    rows = [
        f"| `{label.name}` | {_cell(label.definition)} | {_cell(label.example)} | {_cell(label.counter_example)} |"
        for label in labels.labels
        if not label.replaced_by
    ]
    return "\n".join([f"| {labels.name} | is | yes | no |", "|---|---|---|---|", *rows])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def with_label_tables(text: str, schema: Schema) -> str:
    """`text` with the table of each set between its two markers, `<!-- labels:SET -->` and `<!-- /labels:SET -->`."""

    def table(match: re.Match[str]) -> str:
        name = match.group(1)
        made = label_table(schema.labels[name])
        return f"<!-- labels:{name} -->\n{made}\n<!-- /labels:{name} -->"

    return _PLACE.sub(table, text)
