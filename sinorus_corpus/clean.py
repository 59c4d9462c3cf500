"""What `sinorus clean` does: articles shown line by line, or a stream of texts to a stream of regions. Models live elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from rich.console import Console
from rich.text import Text

from sinorus_corpus.annotation.strict_json import BadJsonError, parse_object
from sinorus_corpus.characters import escape
from sinorus_corpus.cleaning.propose import BATCH_CHARS, Proposal, propose, propose_columns, require_size
from sinorus_corpus.cleaning.sites import SiteRule, read_site_rules
from sinorus_corpus.files import read_text
from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import Schema

_MAX_LINE = 128 << 20


def clean_files(files: Sequence[Path], schema: Schema, site: str, rules: Path) -> None:
    """Prints each article with dropped lines struck through.

    Raises:
        SinorusError: a file cannot be read as text.
    """
    console = Console(highlight=False, soft_wrap=True)
    known = read_site_rules(rules, schema.labels["region"])
    for path in files:
        _, text = read_text(path)
        (found,) = propose([text], schema, [site], known)
        for proposal in found:
            console.print(_shown(text, proposal))


def _shown(text: str, proposal: Proposal) -> Text:
    region = proposal.region
    label = f"{region.label} of {region.dup_of}" if region.dup_of else region.label
    scores = f"{proposal.score:4.2f} {label:>18} {proposal.type_score:4.2f}  "
    line = Text(scores, style="cyan" if proposal.keep else "dim")
    line.append(escape(text[region.start : region.end]), style="" if proposal.keep else "strike dim")
    if proposal.reason:
        line.append(f"  ({escape(proposal.reason)})", style="yellow")
    return line


def clean_jsonl(files: Sequence[Path], schema: Schema, rules: Path) -> int:
    """Reads `{"id", "text", "site"?}` lines, writes `{"id", "regions"}` lines in the same order, in flat memory.

    Returns:
        How many lines were refused; each is named on standard error and has no answer.
    """
    known = read_site_rules(rules, schema.labels["region"])
    refused = 0
    with ExitStack() as stack:
        streams: list[tuple[str, BinaryIO]] = [(str(p), stack.enter_context(p.open("rb"))) for p in files]
        streams = streams or [("standard input", sys.stdin.buffer)]
        for batch in _batches(_texts(streams)):
            sound = [record for record in batch if isinstance(record, dict)]
            answers = _answers(sound, schema, known)
            for record in batch:
                if isinstance(record, dict):
                    sys.stdout.write(next(answers) + "\n")
                else:
                    refused += 1
                    sys.stderr.write(record + "\n")
    return refused


def _texts(streams: Iterable[tuple[str, BinaryIO]]) -> Iterator[dict[str, Any] | str]:
    """Each record, or why the line was refused."""
    for name, stream in streams:
        for number, line in enumerate(iter(lambda: stream.readline(_MAX_LINE), b""), 1):  # noqa: B023 - read at once
            try:
                yield _record(line.decode("utf-8"))
            except UnicodeDecodeError as error:
                yield f"{name}:{number}: not-utf8: found byte {error.start}; expected UTF-8"
            except BadJsonError as error:
                yield f"{name}:{number}: {error.code}: found {escape(error.found)}; expected {escape(error.expected)}"
            except SinorusError as error:
                yield f"{name}:{number}: {error}"


def _record(line: str) -> dict[str, Any]:
    record = parse_object(line)
    for key, kinds in (("id", (str, int)), ("text", (str,)), ("site", (str, type(None)))):
        if not isinstance(record.get(key), kinds) and (key in record or key != "site"):
            raise BadJsonError("wrong-type", f"{key}: {str(record.get(key))[:40]!r}", '{"id", "text", "site"?}')
    require_size(record["text"])
    return record


def _batches(records: Iterable[dict[str, Any] | str]) -> Iterator[list[dict[str, Any] | str]]:
    batch: list[dict[str, Any] | str] = []
    size = 0
    for record in records:
        batch.append(record)
        size += len(record["text"]) if isinstance(record, dict) else 0
        if size >= BATCH_CHARS or len(batch) >= 1000:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _answers(records: list[dict[str, Any]], schema: Schema, rules: list[SiteRule]) -> Iterator[str]:
    """Each record's answer as a line of JSON, from columns: a dictionary a region would take longer than the models."""
    texts, sites = [r["text"] for r in records], [r.get("site") or "" for r in records]
    found = propose_columns(texts, schema, sites, rules)
    labels = [json.dumps(label) for label in found.labels]
    reasons = [f', "reason": {json.dumps(rule.reason, ensure_ascii=False)}' for rule in rules] + [""]
    regions = []
    for start, end, label, keep, score, type_score, dup_of, rule in zip(
        *(c.tolist() for c in found[1:-1]), strict=True
    ):
        copy = f', "dup_of": "r{dup_of + 1}"' if dup_of >= 0 else ""
        decided = f'"keep": {"true" if keep else "false"}, "score": {score}, "type_score": {type_score}'
        regions.append(f'{{"start": {start}, "end": {end}, "label": {labels[label]}, {decided}{copy}{reasons[rule]}}}')
    for record, first, end in zip(records, found.offsets[:-1], found.offsets[1:], strict=True):
        yield f'{{"id": {json.dumps(record["id"], ensure_ascii=False)}, "regions": [{", ".join(regions[first:end])}]}}'
