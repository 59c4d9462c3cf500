"""A table of claims, CSV or XLSX, whose attributes are edited and come back by claim id. No other format may live here.

One row a claim: `doc_id`, `id`, `from` (the reading that the row is of), `text` (to read, not to edit) and a column for each
attribute that is one value. Everything else of the reading (entities, segments, attribution, quantities) stays as it is there; a
row or column that is left out changes nothing, an empty cell empties. A cell that a spreadsheet might run begins with an
apostrophe, which is taken off again.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from sinorus_corpus.annotation.canonical import format_annotations
from sinorus_corpus.annotation.formats.archive import open_archive
from sinorus_corpus.annotation.formats.convert import attribute_columns, from_strings
from sinorus_corpus.annotation.formats.markup import CLAIM, Files, Format, Mark, Markup, Named, Parsed
from sinorus_corpus.annotation.formats.reading import check_xml
from sinorus_corpus.annotation.formats.units import squeeze
from sinorus_corpus.characters import shorten
from sinorus_corpus.files import decode
from sinorus_corpus.records import AnnotationSet, Issue
from sinorus_corpus.schema import Column, Schema, nearest

MAX_ROWS = 20_000
_KEYS = ("doc_id", "id", "from", "text")
_GAP = " … "
_RUNS = "[=+\\-@\t\r]"

Row = tuple[int, list[str]]


def guard(cell: str) -> str:
    """The cell with an apostrophe before it, if a spreadsheet might run it; see OWASP, "CSV Injection"."""
    return f"'{cell}" if re.match(f"'*{_RUNS}", cell) else cell


def unguard(cell: str) -> str:
    """What `guard` made this cell of."""
    return cell[1:] if re.match(f"'+{_RUNS}", cell) else cell


def _columns(schema: Schema) -> list[Column]:
    return [c for c in attribute_columns(schema, CLAIM) if not c.list and c.type != "struct"]


def _rows(markups: Sequence[Markup], schema: Schema) -> list[list[str]]:
    names = [column.name for column in _columns(schema)]
    rows = [[*_KEYS, *names]]
    for markup in markups:
        for mark in (m for m in markup.marks if m.label == CLAIM):
            values = ["".join(mark.attributes.get(name, ())) for name in names]
            rows.append([markup.doc_id, mark.id, markup.by, _GAP.join(mark.quotes), *values])
    return [[guard(cell) for cell in row] for row in rows]


def format_csv(markups: Sequence[Markup], schema: Schema) -> Files:
    """`claims.csv`, UTF-8."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(_rows(markups, schema))
    return {"claims.csv": out.getvalue().encode("utf-8")}


def format_xlsx(markups: Sequence[Markup], schema: Schema) -> Files:
    """`claims.xlsx`, every cell text, with the values of closed columns to choose from."""
    from openpyxl import Workbook
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = "claims"
    rows = _rows(markups, schema)
    for r, row in enumerate(rows, 1):
        for c, cell in enumerate(row, 1):
            sheet.cell(r, c, cell).data_type = "s"
    sheet.freeze_panes = "E2"
    for c, column in enumerate(_columns(schema), len(_KEYS) + 1):
        choices = ",".join(schema.labels[column.labels].active) if column.labels else ""
        if 0 < len(choices) <= 255:  # what a list inside a validation may hold
            rule = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True)
            letter = sheet.cell(1, c).column_letter
            rule.add(f"{letter}2:{letter}{max(len(rows), 2)}")
            sheet.add_data_validation(rule)
    out = io.BytesIO()
    book.save(out)
    return {"claims.xlsx": out.getvalue()}


def parse_table(files: Files) -> Parsed:
    """The rows of CSV and XLSX files, for each document and reading those of its claims."""
    markups: list[Markup] = []
    issues: list[Issue] = []
    for name, data in files.items():
        rows, found = (_read_xlsx if data.startswith(b"PK") else _read_csv)(name, data)
        issues += found
        markups += _documents(name, rows, issues)
    return markups, issues


def _read_csv(name: str, data: bytes) -> tuple[list[Row], list[Issue]]:
    text, issues = decode(
        data.removeprefix(b"\xef\xbb\xbf"), name, final_newline=False
    )  # spreadsheets put a mark there
    if issues:
        return [], issues
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)  # some write semicolons, by the country they run in
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [(reader.line_num, row) for row in reader if any(row)], []
    except csv.Error as error:
        return [], [
            Issue("not-imported", name, reader.line_num, str(error), "a row of cells, quoted where they need be")
        ]


def _read_xlsx(name: str, data: bytes) -> tuple[list[Row], list[Issue]]:
    from openpyxl import load_workbook

    members, issues = open_archive(name, data)
    markup = {member: held for member, held in members.items() if member.endswith((".xml", ".rels", ".vml"))}
    issues += [issue for member, held in markup.items() for issue in check_xml(member, held)]
    if issues:
        return [], issues
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book["claims"] if "claims" in book.sheetnames else book.worksheets[0]
        cells = [list(row) for row in sheet.iter_rows(max_row=MAX_ROWS + 1, max_col=64)]
    except Exception as error:  # a hostile file can make the library fail in any way; nothing of it is used
        return [], [Issue("not-imported", name, 0, f"{type(error).__name__}: {shorten(str(error))}", "a workbook")]
    if len(cells) > MAX_ROWS:
        return [], [Issue("file-too-large", name, 0, "more rows", f"at most {MAX_ROWS}")]
    skipped = [Issue("item-skipped", name, 0, f"sheet {s}", "one sheet") for s in book.sheetnames if s != sheet.title]
    rows, faults = [], []
    for number, row in enumerate(cells, 1):
        faults += [
            Issue("not-imported", name, number, f"{shorten(str(c.value))}, a formula or error", "a value")
            for c in row
            if c.data_type in ("f", "e")
        ]
        if any(cell.value is not None for cell in row):
            rows.append((number, [_cell(cell.value) for cell in row]))
    return rows, [*skipped, *faults]


def _cell(value: Any) -> str:
    """A cell that a spreadsheet typed by itself, as it was written: TRUE, 2.0 for 2, a day with midnight for a day."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _documents(name: str, rows: list[Row], issues: list[Issue]) -> Iterator[Markup]:
    if not rows:
        return
    line, head = rows[0]
    head = [cell.strip() for cell in head]
    if missing := [key for key in _KEYS[:3] if head.count(key) != 1]:
        issues.append(
            Issue("missing-key", name, line, f"columns {', '.join(head)}", f"one column {', '.join(missing)}")
        )
        return
    found: dict[tuple[str, str], list[Mark]] = {}
    for number, row in rows[1:]:
        if len(row) > len(head) and any(row[len(head) :]):
            expected = f"{len(head)} cells, as in the first row"
            issues.append(Issue("not-imported", name, number, f"{len(row)} cells", expected))
            continue
        cells = {key: unguard(cell) for key, cell in zip(head, row, strict=False) if key}
        attributes = {key: (cell,) for key, cell in cells.items() if key not in _KEYS}
        quotes = (cells["text"],) if "text" in cells else ()
        mark = Mark(cells.get("id", ""), CLAIM, (), attributes, quotes, f"row {number}", number)
        found.setdefault((cells.get("doc_id", ""), cells.get("from", "")), []).append(mark)
    for (doc_id, by), marks in found.items():
        yield Markup(doc_id, None, tuple(marks), by=by, path=name, line=marks[0].line)


def edit_claims(markup: Markup, base: AnnotationSet, there: Markup, schema: Schema) -> tuple[list[Named], list[Issue]]:
    """The records of a reading with the attributes of its claims as a table gives them.

    Args:
        base: the reading.
        there: the same as marks, for its quotes.
    """
    lines = format_annotations(base, schema).decode("utf-8").split("\n")[1:-1]
    records = {data["id"]: data for data in map(json.loads, lines)}
    quotes = {mark.id: _GAP.join(mark.quotes) for mark in there.marks}
    columns = {column.name: column for column in _columns(schema)}
    issues: list[Issue] = []
    rows: dict[str, Mark] = {}
    for mark in markup.marks:
        if fault := _fault(mark, records, rows, quotes):
            code, found, expected = fault
            issues.append(Issue(code, markup.path, mark.line, f"{mark.id}: {found}", expected))
            continue
        rows[mark.id] = mark
        for key, (cell,) in mark.attributes.items():
            if key not in columns:
                expected = nearest(key, columns) or ", ".join(columns)
                issues.append(Issue("unknown-key", markup.path, 1, f"column {shorten(key)}", expected))
            elif cell:
                records[mark.id][key] = from_strings(columns[key], [cell])
            else:
                records[mark.id].pop(key, None)
    named = [(rows.get(name, Mark(name, "", ())), data) for name, data in records.items()]
    return named, list(dict.fromkeys(issues))


def _fault(
    mark: Mark, records: dict[str, Any], rows: dict[str, Mark], quotes: dict[str, str]
) -> tuple[str, str, str] | None:
    if mark.id not in records or records[mark.id]["layer"] != CLAIM:
        claims = [name for name, data in records.items() if data["layer"] == CLAIM]
        return "unknown-reference", "no such claim", nearest(mark.id, claims) or f"one of {', '.join(claims)}"
    if mark.id in rows:
        return "duplicate-id", "a second row", f"one row, as {rows[mark.id].where}"
    if mark.quotes and squeeze(mark.quotes[0]) != squeeze(quotes[mark.id]):
        return (
            "quote-mismatch",
            f"text {shorten(mark.quotes[0])}",
            f"{shorten(quotes[mark.id])}; text is not edited here",
        )
    return None


FORMAT = Format(format_csv, parse_table, relations=True, discontinuous=True, edit=edit_claims)
XLSX_FORMAT = Format(format_xlsx, parse_table, relations=True, discontinuous=True, edit=edit_claims)
