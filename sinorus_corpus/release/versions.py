"""Which version a difference demands, by semantic versioning as data needs it. Nothing is read or written here.

| part | demanded by |
|---|---|
| major | a config, split, column or label that goes, is retired, moves or means something else; a document, or its text, that goes; a text or raw text that is another; a document in another split; a floor that is lowered |
| minor | a config, split, column or label more; a document, or its text, more; the first labels of a document; a cluster more |
| patch | every other label or record that was added, removed or corrected |
"""  # noqa: E501  # rows of a Markdown table are one line each

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import polars as pl

from sinorus_corpus.records import SinorusError
from sinorus_corpus.release.diff import Difference
from sinorus_corpus.release.layers import LAYERS

Part = Literal["major", "minor", "patch"]
PARTS: tuple[Part, ...] = ("major", "minor", "patch")
_VERSION = re.compile(r"(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})")


@dataclass(frozen=True)
class Reason:
    """Why a part of the version must rise, in words for a changelog."""

    part: Part
    text: str


def parse_version(text: str) -> tuple[int, int, int]:
    """The three numbers of a version.

    Raises:
        SinorusError: it is not MAJOR.MINOR.PATCH.
    """
    found = _VERSION.fullmatch(text)
    if not found:
        raise SinorusError(f"found version {text!r}; expected MAJOR.MINOR.PATCH such as 1.2.0")
    major, minor, patch = map(int, found.groups())
    return major, minor, patch


def raised(version: str, part: Part) -> str:
    """The version after `version` with one part raised, and those below it at 0."""
    numbers = list(parse_version(version))
    at = PARTS.index(part)
    return ".".join(map(str, [*numbers[:at], numbers[at] + 1, *[0] * (2 - at)]))


def demanded(reasons: list[Reason]) -> Part | None:
    """The highest part that a reason names; none where nothing differs."""
    return next((part for part in PARTS if any(reason.part == part for reason in reasons)), None)


def reasons(found: Difference) -> list[Reason]:
    """Why the version must rise, the strongest reasons first."""
    told = [*_contract(found), *_texts(found), *_documents(found), *_labels(found)]
    return sorted(told, key=lambda reason: PARTS.index(reason.part))


def _contract(found: Difference) -> Iterator[Reason]:
    for term in found.terms:
        change = f"{term.kind} `{term.name}` {term.change}"
        if term.change == "changed":
            change += f" from “{_line(term.old)}” to “{_line(term.new)}”"
        elif term.kind == "floor":
            change += f" from {term.old} to {term.new}"
        elif term.change == "retired":
            change += f", now `{term.new}`"
        if term.change == "raised":
            continue
        yield Reason("minor" if term.change == "added" else "major", change)


def _line(text: str) -> str:
    return " ".join(text.split())


def _texts(found: Difference) -> Iterator[Reason]:
    yield from (Reason("major", f"text of `{doc_id}` changed") for doc_id in found.texts)
    yield from (Reason("major", f"text of `{doc_id}` no longer ships") for doc_id in found.lost)
    yield from (Reason("minor", f"text of `{doc_id}` ships now") for doc_id in found.gained)
    others = (d for d in found.moved if d not in found.texts)
    yield from (Reason("major", f"raw text of `{doc_id}` changed, which raw offsets count in") for doc_id in others)


def _documents(found: Difference) -> Iterator[Reason]:
    yield from (Reason("major", f"document `{doc_id}` removed") for doc_id in found.documents("removed"))
    yield from (Reason("minor", f"document `{doc_id}` added") for doc_id in found.documents("added"))
    changed = found.records.filter((pl.col("layer") == "documents") & (pl.col("change") == "changed"))
    for doc_id, field, old, new in changed.select("doc_id", "field", "old", "new").iter_rows():
        if field == "split":
            yield Reason("major", f"document `{doc_id}` moved from {old[1:-1]} to {new[1:-1]}")
        elif (field, old) == ("status", '""'):
            yield Reason("minor", f"document `{doc_id}` labelled")
        elif field not in ("raw_sha256", "config"):
            yield Reason("patch", f"document `{doc_id}`: {field} corrected")


def _labels(found: Difference) -> Iterator[Reason]:
    """One reason a layer for each change, with numbers; records of whole documents that came or went are told with these."""
    whole = found.documents("added") + found.documents("removed")
    rows = found.records.filter(~pl.col("doc_id").is_in(whole) & (pl.col("layer") != "documents"))
    counts = rows.unique(subset=["layer", "doc_id", "id", "change"]).group_by("layer", "change").len()
    numbers = {(layer, change): number for layer, change, number in counts.iter_rows()}
    for layer in LAYERS:
        for change in ("added", "removed", "changed"):
            if number := numbers.get((layer, change)):
                part: Part = "minor" if (layer, change) == ("clusters", "added") else "patch"
                yield Reason(part, f"{layer}: {number:,} {change}")
