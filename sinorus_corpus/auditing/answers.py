"""Takes in the answers to an audit's task: checks them strictly, puts them in their place. No figure is made here.

Answers are lines of JSON in `answers/` of the task's folder: verdicts on a label, labels by quote in a paragraph (drafts, as
`annotation/anchor.py` reads them), and that a paragraph is done.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sinorus_corpus.annotation.anchor import Anchorer, anchor_draft
from sinorus_corpus.annotation.canonical import format_audit
from sinorus_corpus.annotation.offsets import check_offsets
from sinorus_corpus.annotation.scheme import aspects, check_rights, check_structure, check_values
from sinorus_corpus.annotation.standoff import parse_annotations, parse_audit
from sinorus_corpus.annotation.strict_json import BadJsonError, parse_object
from sinorus_corpus.auditing.sampling import Sizes, draw, kept_regions
from sinorus_corpus.auditing.tasks import KEY
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.corpus import Corpus, require_name
from sinorus_corpus.files import decode, read_bytes, read_text, write_atomic
from sinorus_corpus.records import (
    Article,
    Audit,
    Claim,
    Entity,
    Header,
    Issue,
    Judgement,
    Paragraph,
    SinorusError,
    Span,
    Verdict,
)
from sinorus_corpus.schema import GUIDELINES_VERSION, SCHEMA_VERSION, Schema, nearest, read_schema
from sinorus_corpus.validate import validate

Json = dict[str, Any]
Place = tuple[str, int]
Key = tuple[str, tuple[Span, ...]]


@dataclass
class _Given:
    """What was answered so far, each with the file and line that said so."""

    judged: dict[str, tuple[Place, Judgement]] = field(default_factory=dict)
    done: dict[str, Place] = field(default_factory=dict)
    labels: list[tuple[Place, str, Json]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)


def receive(corpus: Corpus, folder: Path, annotator: str, kind: str) -> tuple[Path, list[str], list[Issue]]:
    """Checks the answers in a task's folder and stores them under `annotations/audits/<annotator>/`.

    Args:
        kind: `human` or `model`.

    Returns:
        The file of answers (written if there are no findings), names that the registry lacks, and the findings.

    Raises:
        SinorusError: the annotator has an audit already, or the folder is no task of this corpus.
    """
    schema = read_schema(corpus.schemas)
    path = corpus.audit(require_name(annotator, "annotator"))
    if path.parent.exists():
        raise SinorusError(
            f"{corpus.relative(path.parent)} is there already; answers are kept as made. Use another --annotator"
        )
    content = read_content(corpus, schema, "hydrated")
    asked = _asked(corpus, folder, content, schema)
    given = _read(folder, asked, schema)
    header = replace(asked.header, annotator=annotator, kind=kind, status="pass", guidelines=GUIDELINES_VERSION)
    audit = _answered(replace(asked, header=header), given)
    readings, unknown = _readings(content, audit, given, schema)
    issues = [*given.issues, *_missing(audit, given, folder, schema)]
    if not issues:
        issues = _store(corpus, audit, readings, schema)
    return path, unknown, issues


def _asked(corpus: Corpus, folder: Path, content: Content, schema: Schema) -> Audit:
    """What the task asks: as it was noted when it was drawn or, on another machine, drawn again from the same gold."""
    try:
        task = parse_object(" ".join(read_text(folder / KEY)[1].split("\n")))
    except BadJsonError as error:
        raise SinorusError(f"{folder / KEY}: {error.code}: found {error.found}; expected {error.expected}") from None
    numbers = [task.get(name) for name in ("entities", "claims", "paragraphs", "seed")]
    if not isinstance(task.get("audit"), str) or not all(isinstance(n, int) and n >= 0 for n in numbers):
        raise SinorusError(f"{folder / KEY}: expected the file that sinorus audit --out wrote")
    key = corpus.audit_key(task["audit"])
    if key.is_file():
        found, issues = parse_audit(read_text(key)[1], str(key), schema)
        if found is not None and not issues:
            return found
    *sizes, seed = (int(str(n)) for n in numbers)
    sample = draw(content, schema, Sizes(*sizes), seed)
    if sample.name != task["audit"]:
        expected = "the revision that the task was drawn from; check that out, receive, and carry the answers over"
        raise SinorusError(f"{folder / KEY}: gold has changed since {task['audit']} was drawn; expected {expected}")
    return sample.audit("reader", "model", schema)


def _read(folder: Path, asked: Audit, schema: Schema) -> _Given:
    given = _Given()
    files = sorted((folder / "answers").glob("*.jsonl"))
    if not files:
        raise SinorusError(
            f"{folder / 'answers'}: found no .jsonl file; expected the answers to {folder / 'README.md'}"
        )
    for path in files:
        data, issues = read_bytes(path, str(path))
        text = ""
        if not issues:
            text, issues = decode(data, str(path), final_newline=False)
        given.issues += issues
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                given.issues += _line(given, (str(path), number), line, asked, schema)
    return given


def _line(given: _Given, place: Place, line: str, asked: Audit, schema: Schema) -> Iterator[Issue]:
    try:
        data = parse_object(line)
    except BadJsonError as error:
        yield Issue(error.code, *place, error.found, error.expected)
        return
    name = data.get("paragraph", data.get("id"))
    judgements = {j.id: j for j in asked.judgements}
    paragraphs = [p.id for p in asked.paragraphs]
    known = paragraphs if "paragraph" in data else [*judgements, *paragraphs]
    if not isinstance(name, str) or name not in known:
        meant = nearest(str(name), known) or "an id of the task, such as " + ", ".join(known[:3])
        yield Issue("unknown-reference", *place, f"{'paragraph' if 'paragraph' in data else 'id'} {name!r:.60}", meant)
    elif "paragraph" in data:
        given.labels.append((place, name, {key: value for key, value in data.items() if key != "paragraph"}))
    elif name in given.judged or name in given.done:
        earlier = given.judged[name][0] if name in given.judged else given.done[name]
        yield Issue("duplicate-id", *place, name, f"one answer; another stands in {earlier[0]}:{earlier[1]}")
    elif name in judgements:
        yield from _judgement(given, place, data, judgements[name], schema)
    else:
        given.done[name] = place
        if data.keys() != {"id", "done"} or data["done"] is not True:
            yield Issue("wrong-type", *place, f"{name}: {', '.join(sorted(data))}", f'{{"id": "{name}", "done": true}}')


def _judgement(given: _Given, place: Place, data: Json, asked: Judgement, schema: Schema) -> Iterator[Issue]:
    names = aspects(asked.of, schema)
    for key in data.keys() - {"id", "note", *names}:
        yield Issue("unknown-key", *place, f"{asked.id}: {key}", nearest(key, names) or ", ".join(names))
    allowed = schema.labels["verdict"].active
    for name in (n for n in names if n in data):
        if data[name] not in allowed:
            expected = nearest(str(data[name]), allowed) or ", ".join(allowed)
            yield Issue("unknown-label", *place, f"{asked.id}: {name}: {data[name]!r:.60}", expected)
    if not isinstance(data.get("note", ""), str):
        yield Issue("wrong-type", *place, f"{asked.id}: note", "text")
        return
    verdicts = tuple(Verdict(n, data[n]) for n in names if n in data and data[n] in allowed)
    given.judged[asked.id] = place, replace(asked, verdicts=verdicts, note=str(data.get("note", "")))


def _answered(asked: Audit, given: _Given) -> Audit:
    judgements = tuple(given.judged[j.id][1] if j.id in given.judged else j for j in asked.judgements)
    paragraphs = tuple(replace(p, done=p.id in given.done) for p in asked.paragraphs)
    return replace(asked, judgements=judgements, paragraphs=paragraphs)


def _missing(audit: Audit, given: _Given, folder: Path, schema: Schema) -> Iterator[Issue]:
    """What is not answered: verdicts at their line, whole items at the folder."""
    nowhere = (str(folder / "answers"), 0)
    for judgement in audit.judgements:
        place = given.judged[judgement.id][0] if judgement.id in given.judged else nowhere
        said = {v.of for v in judgement.verdicts}
        if missing := [name for name in aspects(judgement.of, schema) if name not in said]:
            told = "no answer" if place == nowhere else f"no verdict of {', '.join(missing)}"
            yield Issue(
                "missing-answer", *place, f"{judgement.id} has {told}", ", ".join(schema.labels["verdict"].active)
            )
    for paragraph in audit.paragraphs:
        if not paragraph.done:
            yield Issue(
                "missing-answer", *nowhere, f"{paragraph.id} is not done", f'{{"id": "{paragraph.id}", "done": true}}'
            )


def _readings(content: Content, audit: Audit, given: _Given, schema: Schema) -> tuple[dict[str, bytes], list[str]]:
    """The labels made from empty as annotation files, by document; findings go to `given`."""
    made, unknown = {}, set[str]()
    for doc_id in dict.fromkeys(p.doc_id for p in audit.paragraphs):
        article, raw = content.articles[doc_id], content.texts[doc_id]
        regions = kept_regions(content, doc_id, schema)
        own = {p.id: p for p in audit.paragraphs if p.doc_id == doc_id}
        labels = [(place, _at_home(label, own[name])) for place, name, label in given.labels if name in own]
        anchorer = Anchorer(raw, regions, list(content.known.values()), withheld=not article.redistribute)
        versions = (article.sha256, SCHEMA_VERSION, GUIDELINES_VERSION)
        header = Header(doc_id, *versions, audit.header.annotator, "pass")
        made[doc_id], issues = _anchored([label for _, label in labels], header, anchorer, schema)
        places = [place for place, _ in labels]
        given.issues += [_moved(issue, places) for issue in issues]
        if not issues:
            origin = {
                key: place
                for place, label in labels
                for key in _keys(_anchored([label], header, anchorer, schema)[0], schema)
            }
            given.issues += _faults(made[doc_id], origin, article, raw, schema)
        unknown |= set(anchorer.unknown)
    return made, sorted(unknown)


def _anchored(labels: list[Json], header: Header, anchorer: Anchorer, schema: Schema) -> tuple[bytes, list[Issue]]:
    draft = "\n".join(json.dumps(label, ensure_ascii=False) for label in labels)
    return anchor_draft(draft, "", header, anchorer, schema)


def _keys(data: bytes, schema: Schema) -> list[Key]:
    """What tells the labels of a file apart: layer, spans and type."""
    found, _ = parse_annotations(data.decode("utf-8"), "", ("entity", "claim"), schema)
    return [_key(record) for _, record in found.numbered_labels()] if found else []


def _key(record: Entity | Claim) -> Key:
    return (record.label, (record.span,)) if isinstance(record, Entity) else ("", record.segments)


def _faults(data: bytes, origin: dict[Key, Place], article: Article, raw: str, schema: Schema) -> Iterator[Issue]:
    """What the validator would find in labels, at the lines of the answers that they come from."""
    found, _ = parse_annotations(data.decode("utf-8"), "", ("entity", "claim"), schema)
    if found is None:
        return
    lines = {line: origin[_key(record)] for line, record in found.numbered_labels()}
    checks = (
        check_values([found], schema),
        check_offsets(found, raw),
        check_structure(found),
        check_rights(found, article),
    )
    for issue in (issue for check in checks for issue in check):
        path, line = lines[issue.line]
        yield replace(issue, path=path, line=line)


def _at_home(label: Json, paragraph: Paragraph) -> Json:
    """A draft whose quotes are looked for in its paragraph; those of sources and cues in theirs."""
    quotes = label.get("quotes")
    if isinstance(quotes, list):
        label = label | {"quotes": [q | {"in": paragraph.region} if isinstance(q, dict) else q for q in quotes]}
    return label | {"in": paragraph.region}


def _moved(issue: Issue, places: list[Place]) -> Issue:
    path, line = places[issue.line - 1] if 0 < issue.line <= len(places) else places[0]
    return replace(issue, path=path, line=line)


def _store(corpus: Corpus, audit: Audit, readings: dict[str, bytes], schema: Schema) -> list[Issue]:
    """Writes an audit, and takes it away again if the validator finds an error in it."""
    name = audit.header.annotator
    folder = corpus.audit(name).parent
    try:
        for doc_id, data in readings.items():
            write_atomic(corpus.audit_reading(name, doc_id), data)
        write_atomic(corpus.audit(name), format_audit(audit, schema))
        errors = validate(corpus, [folder]).errors
    except BaseException:
        take_away(folder)
        raise
    if errors:
        take_away(folder)
    return errors


def take_away(folder: Path) -> None:
    """Leaves nothing of an audit that was not found sound."""
    for path in folder.glob("*.jsonl"):
        path.unlink()
    if folder.is_dir():
        folder.rmdir()
    if folder.parent.is_dir() and not any(folder.parent.iterdir()):
        folder.parent.rmdir()
