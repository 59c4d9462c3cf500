"""Findings as text, JSON, GitHub annotations, SARIF or Markdown. Every untrusted value is escaped here. Nothing is printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from sinorus_corpus import __version__
from sinorus_corpus.characters import escape, inert
from sinorus_corpus.records import Issue
from sinorus_corpus.schema import Schema, require

_SUMMARY_BYTES = 900_000  # GitHub takes at most 1 MiB a step


def format_issues(issues: Sequence[Issue], schema: Schema, form: str = "text") -> str:
    """All findings in one of `FORMATS`."""
    require(form, FORMATS, "format")
    return FORMATS[form](issues, schema)


def message(issue: Issue, schema: Schema) -> str:
    """What was found, what was expected and how to mend it, on one line."""
    parts = [f"found {issue.found}" if issue.found else "", f"expected {issue.expected}" if issue.expected else ""]
    told = "; ".join(escape(part) for part in parts if part)
    return f"{told}. Mend: {escape(issue.mend or schema.rules[issue.code].mend)}"


def _text(issues: Sequence[Issue], schema: Schema) -> str:
    lines = []
    for issue in issues:
        warning = "warning: " if schema.severity(issue) == "warning" else ""
        lines.append(f"{escape(issue.path)}:{issue.line}: {warning}{issue.code}: {message(issue, schema)}")
    return "\n".join(lines)


def _json(issues: Sequence[Issue], schema: Schema) -> str:
    return json.dumps([issue_object(issue, schema) for issue in issues], indent=1)


def issue_object(issue: Issue, schema: Schema) -> dict[str, Any]:
    """A finding as JSON has it."""
    rule = schema.rules[issue.code]
    return {
        "path": issue.path,
        "line": issue.line,
        "code": issue.code,
        "level": rule.level,
        "severity": schema.severity(issue),
        "found": issue.found,
        "expected": issue.expected,
        "mend": issue.mend or rule.mend,
    }


def _github(issues: Sequence[Issue], schema: Schema) -> str:
    """Workflow commands; `%`, line ends and, in properties, `:` and `,` are percent-encoded as GitHub asks."""
    lines = []
    for issue in issues:
        place = f"file={_property(escape(issue.path))},line={max(issue.line, 1)},title={issue.code}"
        lines.append(f"::{schema.severity(issue)} {place}::{_percent(message(issue, schema))}")
    return "\n".join(lines)


def _markdown(issues: Sequence[Issue], schema: Schema) -> str:
    """A table for the summary of a CI job, as long as such a summary may be; every value stays inert."""
    errors = sum(schema.severity(issue) == "error" for issue in issues)
    lines = [f"### {errors} errors, {len(issues) - errors} warnings"]
    if issues:
        lines += ["", "| place | code | what |", "|---|---|---|"]
    left = _SUMMARY_BYTES
    for number, issue in enumerate(issues):
        cells = (f"{issue.path}:{issue.line}", f"{schema.severity(issue)} {issue.code}", message(issue, schema))
        row = "| " + " | ".join(inert(cell) for cell in cells) + " |"
        left -= len(row.encode("utf-8")) + 1
        if left < 0:
            lines += ["", f"and {len(issues) - number} more: the summary is full. `sinorus validate` shows them all."]
            break
        lines.append(row)
    return "\n".join(
        [*lines, "", "The same on your machine: `sinorus validate`. A code explained: `sinorus explain CODE`."]
    )


def _percent(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _percent(text).replace(":", "%3A").replace(",", "%2C")


def _sarif(issues: Sequence[Issue], schema: Schema) -> str:
    """SARIF 2.1.0, for code scanning."""
    codes = sorted({issue.code for issue in issues})
    rules = [{"id": code, "shortDescription": {"text": schema.rules[code].rule}} for code in codes]
    driver = {"name": "sinorus", "version": __version__, "rules": rules}
    results = [_sarif_result(issue, schema) for issue in issues]
    run = {"tool": {"driver": driver}, "results": results, "columnKind": "unicodeCodePoints"}
    schema_uri = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema_uri, "version": "2.1.0", "runs": [run]}, indent=1)


def _sarif_result(issue: Issue, schema: Schema) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": issue.path}, "region": {"startLine": max(issue.line, 1)}}
    return {
        "ruleId": issue.code,
        "level": schema.severity(issue),
        "message": {"text": message(issue, schema)},
        "locations": [{"physicalLocation": place}],
    }


FORMATS: dict[str, Callable[[Sequence[Issue], Schema], str]] = {
    "text": _text,
    "json": _json,
    "github": _github,
    "sarif": _sarif,
    "markdown": _markdown,
}


def explain(code: str, schema: Schema) -> str:
    """The rule behind an issue code, a bad example and its mend.

    Raises:
        SinorusError: there is no such code.
    """
    require(code, schema.rules, "issue code")
    rule = schema.rules[code]
    head = f"{code} ({rule.severity}, level {rule.level}, since {rule.since})"
    return f"{head}\n\n{rule.rule}\n\nBad:  {rule.bad}\nMend: {rule.mend}"
