"""Pages of the documentation that are made from `schemas/` and from documents elsewhere: they cannot say anything else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from sinorus_corpus.schema import Column, Schema, Table, read_schema

ROOT = Path(__file__).parent.parent
MOVED = {"how-to/contribute.md": "CONTRIBUTING.md", "guidelines.md": "annotations/GUIDELINES.md"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the generated pages."""
    schema = read_schema()
    pages = {"columns": columns_page, "labels": labels_page, "findings": findings_page}
    made = {f"reference/{name}.md": "\n".join(page(schema)) + "\n" for name, page in pages.items()}
    made |= {name: moved_page(source, name.count("/")) for name, source in MOVED.items()}
    for name, content in made.items():
        files.append(File.generated(config, name, content=content))
    return files


def moved_page(source: str, depth: int) -> str:
    """A document of the repository as a page `depth` folders down, its links turned to the pages of the same things."""
    text = (ROOT / source).read_text(encoding="utf-8")
    for there, here in {"docs/": "", "annotations/GUIDELINES.md": "guidelines.md"}.items():
        text = text.replace(f"]({there}", f"]({'../' * depth}{here}")
    return text


def columns_page(schema: Schema) -> Iterator[str]:
    """Every column of the published configs and every field of the files that people write."""
    yield from ["# Columns", "", "Offsets are code points, half-open.", "", "## Configs of the dataset"]
    for table in schema.tables.values():
        yield from _table(table)
    yield "## Records of annotation files"
    for table in schema.layers.values():
        yield from _table(table)


def _table(table: Table) -> Iterator[str]:
    yield from ["", f"### `{table.name}`", "", table.description, "", "| column | type | meaning |", "|---|---|---|"]
    for column in table.columns:
        yield from _rows(column, "")
    yield ""


def _rows(column: Column, outer: str) -> Iterator[str]:
    kind = f"list of {column.type}" if column.list else column.type
    kind += f", one of [`{column.labels}`](labels.md#{column.labels})" if column.labels else ""
    unit = f" Unit: {column.unit}." if column.unit else ""
    yield f"| `{outer}{column.name}` | {kind} | {_cell(column.description)}{unit} |"
    for field in column.fields:
        yield from _rows(field, f"{outer}{column.name}.")


def labels_page(schema: Schema) -> Iterator[str]:
    """Every label of every set."""
    yield from ["# Labels", "", "The integer of a label in the dataset is its place in its set, from 0.", ""]
    for name, found in schema.labels.items():
        yield from [f"## {name}", "", "| label | is | yes | no | since |", "|---|---|---|---|---|"]
        for label in found.labels:
            old = f" Replaced by `{label.replaced_by}`." if label.replaced_by else ""
            cells = (label.definition + old, label.example, label.counter_example)
            yield f"| `{label.name}` | {' | '.join(map(_cell, cells))} | {label.since} |"
        yield ""


def findings_page(schema: Schema) -> Iterator[str]:
    """Every issue code, as `sinorus explain` tells it."""
    yield from ["# Findings", "", "What `sinorus validate` and the other commands find, and how to mend it.", ""]
    for code, rule in schema.rules.items():
        yield from [f"## `{code}`", "", f"{rule.severity}, level {rule.level}, since {rule.since}. {rule.rule}", ""]
        yield from [f"Bad: {_code(rule.bad)}", "", f"Mend: {rule.mend}", ""]


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"
