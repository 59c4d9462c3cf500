"""Label Studio: JSON tasks with a labelling interface for them. Nothing about other tools may live here.

A mark is a region of the control `label`; its attributes are per-region `choices` (closed sets, flags, small numbers) and
`textarea`s (the rest), which share the id of the region; relations carry their label. Offsets count code points in
`data.text` (releases before 1.0: UTF-16). The labels go out as a prediction, so that what nobody has looked at never comes back
as somebody's reading; on the way back `annotations` alone are read, skipped ones (`was_cancelled`) with a warning.
Format: https://labelstud.io/guide/export
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from xml.sax.saxutils import quoteattr

from sinorus_corpus.annotation.formats.convert import attribute_columns, closed_values
from sinorus_corpus.annotation.formats.markup import (
    CLAIM,
    ROLES,
    SEGMENT,
    SOURCE,
    Files,
    Format,
    Mark,
    Markup,
    Parsed,
    Relation,
    relation_labels,
)
from sinorus_corpus.annotation.formats.reading import BadItemError, read_json, take, take_span, take_strings
from sinorus_corpus.records import Issue
from sinorus_corpus.schema import Column, Schema

_CONTROLS = {"choices": "choices", "textarea": "text"}


def format_label_studio(markups: Sequence[Markup], schema: Schema) -> Files:
    """`tasks.json` to import and `labels.xml`, the labelling interface of the project to import it into."""
    tasks = [_task(markup, schema) for markup in markups]
    return {
        "tasks.json": (json.dumps(tasks, ensure_ascii=False, indent=1) + "\n").encode("utf-8"),
        "labels.xml": _interface(schema).encode("utf-8"),
    }


def _task(markup: Markup, schema: Schema) -> dict[str, Any]:
    result = [r for mark in markup.marks for r in _regions(mark, schema)]
    result += [
        {"type": "relation", "from_id": r.source, "to_id": r.target, "direction": "right", "labels": [r.label]}
        for r in markup.relations
    ]
    task: dict[str, Any] = {"data": {"text": markup.text, "doc_id": markup.doc_id}}
    return task | ({"predictions": [{"model_version": markup.by, "result": result}]} if result else {})


def _regions(mark: Mark, schema: Schema) -> Iterator[dict[str, Any]]:
    value = {"start": mark.spans[0].start, "end": mark.spans[0].end, "text": "".join(mark.quotes[:1])}
    same = {"id": mark.id, "to_name": "text"}
    yield same | {"from_name": "label", "type": "labels", "value": value | {"labels": [mark.label]}}
    for column in attribute_columns(schema, mark.label):
        if column.name in mark.attributes:
            kind = "textarea" if closed_values(column, schema) is None else "choices"
            held = value | {_CONTROLS[kind]: list(mark.attributes[column.name])}
            yield same | {"from_name": column.name, "type": kind, "value": held}


def _interface(schema: Schema) -> str:
    entities = schema.labels["entity"].active
    lines = ["<View>", '  <Labels name="label" toName="text">']
    for label in schema.labels["entity"].labels:
        if label.name in entities:
            lines.append(f"    <Label value={quoteattr(label.name)} hint={quoteattr(label.definition)}/>")
    lines += [f"    <Label value={quoteattr(name)}/>" for name in (CLAIM, *ROLES, SEGMENT)]
    lines += ["  </Labels>", '  <Text name="text" value="$text" granularity="symbol"/>', "  <Relations>"]
    lines += [f"    <Relation value={quoteattr(name)}/>" for name in relation_labels()]
    lines.append("  </Relations>")
    users: dict[str, list[str]] = {}
    columns: dict[str, Column] = {}
    for label_name in (*entities, CLAIM, SOURCE, *ROLES[1:]):
        for column in attribute_columns(schema, label_name):
            users.setdefault(column.name, []).append(label_name)
            columns[column.name] = column
    for name, column in columns.items():
        lines += _control(column, ",".join(users[name]), schema)
    return "\n".join([*lines, "</View>"]) + "\n"


def _control(column: Column, labels: str, schema: Schema) -> list[str]:
    shown = f'perRegion="true" visibleWhen="region-selected" whenTagName="label" whenLabelValue={quoteattr(labels)}'
    name = f'name={quoteattr(column.name)} toName="text" {shown}'
    choices = closed_values(column, schema)
    header = f'  <Header value={quoteattr(f"{column.name}: {column.description}")} size="6"/>'
    if choices is None:
        return [header, f'  <TextArea {name} maxSubmissions="{0 if column.list else 1}" editable="true"/>']
    body = [f"    <Choice value={quoteattr(choice)}/>" for choice in choices]
    kind = "multiple" if column.type == "bool" else "single-radio"
    return [header, f'  <Choices {name} choice="{kind}">', *body, "  </Choices>"]


def parse_label_studio(files: Files) -> Parsed:
    """The annotations of a JSON export, one document for each; findings for what cannot be read."""
    markups: list[Markup] = []
    issues: list[Issue] = []
    for name, data in files.items():
        tasks, found = read_json(name, data)
        issues += found
        if tasks is not None and not isinstance(tasks, list):
            issues.append(
                Issue("wrong-type", name, 0, f"a {type(tasks).__name__}", "a list of tasks, as JSON export writes it")
            )
        for number, task in enumerate(tasks if isinstance(tasks, list) else [], 1):
            try:
                markups += _read_task(
                    task, name, f"task {task.get('id', number)}" if isinstance(task, dict) else "", issues
                )
            except BadItemError as error:
                issues.append(error.issue(name, 0, f"task {number}"))
    return markups, issues


def _read_task(task: Any, path: str, shown: str, issues: list[Issue]) -> Iterator[Markup]:
    data = take(task, "data", dict)
    annotations = take(task, "annotations", list, [])
    if not annotations:
        issues.append(Issue("item-skipped", path, 0, f"{shown} has no annotation", "a task that somebody submitted"))
    for number, annotation in enumerate(annotations, 1):
        by = annotation.get("completed_by", number) if isinstance(annotation, dict) else number
        by = by.get("id", number) if isinstance(by, dict) else by
        if take(annotation, "was_cancelled", bool, False):
            issues.append(Issue("item-skipped", path, 0, f"{shown} was skipped by {by}", "a task that was not skipped"))
            continue
        empty = Markup(take(data, "doc_id", str, ""), take(data, "text", str), by=str(by), path=path)
        yield _read_result(take(annotation, "result", list, []), empty, shown, issues)


def _read_result(result: list[Any], markup: Markup, shown: str, issues: list[Issue]) -> Markup:
    marks: dict[str, Mark] = {}
    relations: list[Relation] = []
    extras: list[tuple[str, str, tuple[str, ...]]] = []
    for number, item in enumerate(result, 1):
        where = f"{shown} result {number}"
        try:
            kind = take(item, "type", str)
            if kind == "relation":
                ends = take(item, "from_id", str), take(item, "to_id", str)
                labels = take_strings(item, "labels") if item.get("labels") else ("",)
                relations += [Relation(label, *ends) for label in labels]
            elif kind == "labels":
                mark = _read_region(item, f"{shown} region {item.get('id')}")
                if mark.id in marks:
                    raise BadItemError("duplicate-id", mark.id, "an id for each region")
                marks[mark.id] = mark
            elif kind in _CONTROLS:
                strings = take_strings(take(item, "value", dict), _CONTROLS[kind])
                extras.append((take(item, "id", str), take(item, "from_name", str), strings))
            else:
                raise BadItemError(
                    "not-imported", f"a result of type {kind}", f"labels, relation, {', '.join(_CONTROLS)}"
                )
        except BadItemError as error:
            issues.append(error.issue(markup.path, markup.line, where))
    for mark_id, name, strings in extras:
        if mark_id not in marks:
            issues.append(
                Issue("unknown-reference", markup.path, 0, f"{shown}: {name} of {mark_id}", "a region with a label")
            )
        elif strings:
            marks[mark_id] = replace(marks[mark_id], attributes={**marks[mark_id].attributes, name: strings})
    return replace(markup, marks=tuple(marks.values()), relations=tuple(relations))


def _read_region(item: dict[str, Any], where: str) -> Mark:
    value = take(item, "value", dict)
    labels = take_strings(value, "labels")
    if len(labels) != 1:
        raise BadItemError("not-imported", f"labels {', '.join(labels)}", "one label for each region")
    quote = take(value, "text", str, "").replace("\\n", "\n")
    return Mark(take(item, "id", str), labels[0], (take_span(value),), {}, (quote,), where)


FORMAT = Format(format_label_studio, parse_label_studio, units=("code-point", "utf-16"))
