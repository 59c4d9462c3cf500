"""Prodigy: JSON lines with tokens, spans and relations (`rel.manual`, `spans.manual`). Nothing about other tools may live here.

Offsets count code points; `token_end` is inclusive, and `head` and `child` of a relation are the last tokens of their spans,
which `head_span` and `child_span` repeat. Tokens are cut where a span begins or ends, so that each span is whole tokens. No
attribute and no id is carried. Examples that were not accepted are said and left. Format: https://prodi.gy/docs/api-interfaces
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sinorus_corpus.annotation.formats.markup import Files, Format, Mark, Markup, Parsed, Relation
from sinorus_corpus.annotation.formats.reading import BadItemError, read_jsonl, take, take_span
from sinorus_corpus.annotation.tokens import cut_tokens
from sinorus_corpus.records import Issue
from sinorus_corpus.schema import Schema


def format_prodigy(markups: Sequence[Markup], schema: Schema) -> Files:
    """`examples.jsonl`, an example for each document."""
    lines = [json.dumps(_example(markup), ensure_ascii=False) + "\n" for markup in markups]
    return {"examples.jsonl": "".join(lines).encode("utf-8")}


def _example(markup: Markup) -> dict[str, Any]:
    text = markup.text or ""
    tokens = cut_tokens(text, [span for mark in markup.marks for span in mark.spans])
    first = {token.start: n for n, token in enumerate(tokens)}
    last = {token.end: n for n, token in enumerate(tokens)}
    spans = {
        mark.id: {
            "start": mark.spans[0].start,
            "end": mark.spans[0].end,
            "token_start": first[mark.spans[0].start],
            "token_end": last[mark.spans[0].end],
            "label": mark.label,
        }
        for mark in markup.marks
    }
    return {
        "text": text,
        "meta": {"doc_id": markup.doc_id},
        "tokens": [
            {
                "text": text[t.start : t.end],
                "start": t.start,
                "end": t.end,
                "id": n,
                "ws": text[t.end : t.end + 1] == " ",
            }
            for n, t in enumerate(tokens)
        ],
        "spans": list(spans.values()),
        "relations": [
            {
                "head": spans[r.source]["token_end"],
                "child": spans[r.target]["token_end"],
                "head_span": spans[r.source],
                "child_span": spans[r.target],
                "label": r.label,
            }
            for r in markup.relations
        ],
    }


def parse_prodigy(files: Files) -> Parsed:
    """The accepted examples of JSONL files, as `db-out` writes them."""
    markups: list[Markup] = []
    issues: list[Issue] = []
    for name, data in files.items():
        for line, found in read_jsonl(name, data):
            if isinstance(found, Issue):
                issues.append(found)
                continue
            try:
                answer = take(found, "answer", str, "accept")
                if answer == "accept":
                    markups.append(_read(found, name, line, issues))
                else:
                    issues.append(Issue("item-skipped", name, line, f"answer {answer}", "an accepted example"))
            except BadItemError as error:
                issues.append(error.issue(name, line, "example"))
    return markups, issues


def _read(data: dict[str, Any], path: str, line: int, issues: list[Issue]) -> Markup:
    marks, relations = [], []
    for n, item in enumerate(take(data, "spans", list, []), 1):
        try:
            quotes = (take(item, "text", str, ""),) if isinstance(item, dict) else ()
            marks.append(Mark(f"span{n}", take(item, "label", str), (take_span(item),), {}, quotes, f"span {n}"))
        except BadItemError as error:
            issues.append(error.issue(path, line, f"span {n}"))
    by_place = {(*mark.spans[0], mark.label): mark.id for mark in marks}
    for n, item in enumerate(take(data, "relations", list, []), 1):
        try:
            ends = [_end(take(item, key, dict), by_place) for key in ("head_span", "child_span")]
            relations.append(Relation(take(item, "label", str), *ends))
        except BadItemError as error:
            issues.append(error.issue(path, line, f"relation {n}"))
    by = take(data, "_annotator_id", str, "") or take(data, "_session_id", str, "")
    doc_id = take(take(data, "meta", dict, {}), "doc_id", str, "")
    return Markup(doc_id, take(data, "text", str), tuple(marks), tuple(relations), by, path, line)


def _end(span: dict[str, Any], by_place: dict[tuple[int, int, str], str]) -> str:
    place = (*take_span(span), take(span, "label", str, ""))
    if place not in by_place:
        raise BadItemError("unknown-reference", f"{place}", "start, end and label of one of the spans")
    return by_place[place]


FORMAT = Format(format_prodigy, parse_prodigy, ids=False, attributes=frozenset())
