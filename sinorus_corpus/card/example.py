"""Draws one row with its labels, chosen by rule: a sentence, and under it a mark for each label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sinorus_corpus.card.front import DEFAULT

_MOST = 110  # code points of a sentence that a screen shows in one line
_RULE = """Chosen by rule: the shortest sentence of train that holds one claim, whole, with an entity, a quantity with a unit
and a chain of attribution, of two links at least where there is such a sentence. This is `{claim}`."""


@dataclass(frozen=True)
class Drawn:
    """A sentence of a document at its offsets, with the claim and the entities inside it."""

    doc_id: str
    text: str
    start: int
    claim: Mapping[str, Any]
    entities: list[Mapping[str, Any]]


def worked_example(tables: Mapping[str, Mapping[str, pa.Table]]) -> str:
    """The section of the card; empty where no sentence fits."""
    found = min(_candidates(tables), key=_order, default=None)
    return _section(found) if found else ""


def _order(drawn: Drawn) -> tuple[bool, int, str, int]:
    return len(drawn.claim["attribution"]) < 2, len(drawn.text), drawn.doc_id, drawn.start


def _candidates(tables: Mapping[str, Mapping[str, pa.Table]]) -> Iterator[Drawn]:
    if "train" not in tables.get(DEFAULT, {}) or "train" not in tables.get("sentences", {}):
        return
    columns = ["doc_id", "text", "entities", "claims"]
    documents = {row["doc_id"]: row for row in tables[DEFAULT]["train"].select(columns).to_pylist()}
    for sentence in tables["sentences"]["train"].to_pylist():
        start, end, row = sentence["start"], sentence["end"], documents[sentence["doc_id"]]
        claims = [c for c in row["claims"] if any(s["start"] < end and start < s["end"] for s in c["segments"])]
        entities = [e for e in row["entities"] if start <= e["start"] and e["end"] <= end]
        if len(claims) == 1 and entities and end - start <= _MOST and _is_whole(claims[0], start, end):
            yield Drawn(row["doc_id"], row["text"][start:end], start, claims[0], entities)


def _is_whole(claim: Mapping[str, Any], start: int, end: int) -> bool:
    """Whether the claim has a chain and a quantity with a unit, and all its spans stand between the offsets."""
    chain, quantities = claim["attribution"], claim["quantities"]
    spans = [(s["start"], s["end"]) for s in claim["segments"]]
    spans += [(link[f"{part}_start"], link[f"{part}_end"]) for link in chain for part in ("source", "cue")]
    measured = any(q["value"] is not None and q["unit"] for q in quantities)
    return bool(chain) and measured and all(start <= s < e <= end for s, e in spans)


def _section(drawn: Drawn) -> str:
    claim = drawn.claim
    marks = sorted(_marks(drawn), key=lambda mark: mark[0])
    picture = "\n".join([drawn.text, *(f"{' ' * s}{'─' * (e - s)} {label}" for s, e, label in marks)])
    chain = " → ".join(["the author", *(f"{link['source']} ({link['cue']})" for link in claim["attribution"])])
    rows = [("in its own words", claim["gloss"]), ("who vouches", chain), *_quantities(claim)]
    rows += [(name, f"`{claim[name]}`") for name in ("ctype", "cert", "pol", "check", "topic", "rel")]
    table = "\n".join(["| | |", "|---|---|", *(f"| {name} | {_cell(value)} |" for name, value in rows if value)])
    rule = _RULE.format(claim=f"{drawn.doc_id}:{claim['id']}")
    return f"## One row with its labels\n\n```text\n{picture}\n```\n\n{table}\n\n{rule}\n"


def _marks(drawn: Drawn) -> Iterator[tuple[int, int, str]]:
    """Each span, from the start of the sentence, with its label."""
    at, claim = drawn.start, drawn.claim
    for entity in drawn.entities:
        name = f" = {entity['name']}" if entity["name"] and entity["name"] != entity["text"] else ""
        yield entity["start"] - at, entity["end"] - at, entity["label"] + name
    for segment in claim["segments"]:
        yield segment["start"] - at, segment["end"] - at, f"claim: {claim['ctype']}, {claim['cert']}, {claim['topic']}"
    for number, link in enumerate(claim["attribution"], 1):
        for part in ("source", "cue"):
            yield link[f"{part}_start"] - at, link[f"{part}_end"] - at, f"{part} {number}"


def _quantities(claim: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for quantity in claim["quantities"]:
        number = "" if quantity["value"] is None else f"{quantity['value']:,.12g} "
        told = f"{quantity['variable']}: {number}{quantity['unit'] or quantity['direction']}"
        told += f", {quantity['period']}" if quantity["period"] else ""
        yield "quantity", told + (", about" if quantity["approx"] else "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
