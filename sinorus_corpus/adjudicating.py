"""Settles two passes that stand in files: lists what differs, reads decisions, writes gold and what was decided."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sinorus_corpus.annotation.adjudication import adjudicate as settle
from sinorus_corpus.annotation.adjudication import compare
from sinorus_corpus.annotation.canonical import format_annotations, format_decisions, record_json
from sinorus_corpus.annotation.strict_json import BadJsonError, parse_object
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.corpus import Corpus, require_name
from sinorus_corpus.files import read_text, write_atomic
from sinorus_corpus.records import AnnotationSet, SinorusError
from sinorus_corpus.schema import read_schema, require


def read_passes(content: Content, doc_id: str, first: str, second: str) -> tuple[AnnotationSet, AnnotationSet]:
    """Two finished passes over one document.

    Raises:
        SinorusError: they are one, or one is missing, not sound or still a draft.
    """
    ready = {
        s.header.annotator: s
        for s in content.passes.values()
        if s.header.doc_id == doc_id and s.header.status == "pass"
    }
    for annotator in (first, second):
        require(annotator, ready, f"finished pass over {doc_id} by")
    if first == second:
        raise SinorusError(f"{first} twice; expected two annotators")
    return ready[first], ready[second]


def adjudicate(
    corpus: Corpus, doc_id: str, first: str, second: str, choices: Mapping[int, tuple[str, str]], adjudicator: str
) -> Path:
    """Settles two passes: writes gold, and what was decided to `annotations/decisions/`.

    Args:
        choices: for the number of each difference the choice (`a`, `b`, `both`, `none`) and why.

    Raises:
        SinorusError: a pass is not finished, or a choice is missing or unknown.
    """
    schema = read_schema(corpus.schemas)
    require_name(adjudicator, "annotator")
    a, b = read_passes(read_content(corpus, schema), doc_id, first, second)
    for choice, _ in choices.values():
        require(choice, schema.labels["choice"].active, "choice")
    gold, decisions = settle(a, b, choices, adjudicator)
    write_atomic(corpus.decisions(doc_id), format_decisions(gold.header, decisions, schema))
    write_atomic(corpus.gold(doc_id), format_annotations(gold, schema))
    return corpus.gold(doc_id)


def list_differences(corpus: Corpus, doc_id: str, first: str, second: str) -> Iterator[str]:
    """A line of JSON for each difference: its number `n`, the layer `of`, the `field`, and the records of `a` and `b`."""
    schema = read_schema(corpus.schemas)
    a, b = read_passes(read_content(corpus, schema), doc_id, first, second)
    for n, found in enumerate(compare(a, b).differences, 1):
        sides = {name: [record_json(r, schema) for r in side] for name, side in (("a", found.a), ("b", found.b))}
        yield json.dumps({"n": n, "of": found.of, "field": found.field, **sides}, ensure_ascii=False)


def read_choices(path: Path) -> dict[int, tuple[str, str]]:
    """Decisions from lines of JSON with `n`, `choice` and, if one likes, `note`.

    Raises:
        SinorusError: a line is none such, or a number stands twice.
    """
    choices: dict[int, tuple[str, str]] = {}
    for number, line in enumerate(read_text(path)[1].removesuffix("\n").split("\n"), 1):
        n, choice, note = _choice(f"{path}:{number}", line)
        if n in choices:
            raise SinorusError(f"{path}:{number}: difference {n} is decided twice; expected each number once")
        choices[n] = choice, note
    return choices


def _choice(place: str, line: str) -> tuple[int, str, str]:
    try:
        data: dict[str, Any] = parse_object(line)
    except BadJsonError as error:
        raise SinorusError(f"{place}: {error.code}: found {error.found}; expected {error.expected}") from None
    n, choice, note = data.get("n"), data.get("choice"), data.get("note", "")
    right = isinstance(n, int) and not isinstance(n, bool) and isinstance(choice, str) and isinstance(note, str)
    if not right or data.keys() - {"n", "choice", "note"}:
        raise SinorusError(
            f'{place}: expected {{"n": 1, "choice": "a", "note": ""}}, note only where there is something to say'
        )
    return int(str(n)), str(choice), str(note)
