"""Random corpora of one document: nested entities, claims of several segments, chains, emoji with joiners, astral characters."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from sinorus_corpus.corpus import Corpus
from sinorus_corpus.schema import Schema, read_schema
from tests.conftest import TOY

# Words that a tool may count in its own way: joiners, modifiers, astral letters, composed and decomposed accents, Han.
_WORDS = [
    "Heihe",
    "opened",
    "👩‍🚀",
    "👍🏽",
    "𝄞",
    "café",
    "cafe\u0301",
    "黑河",
    "soft\u00adhyphen",
    "=1+1",
    "#3",
    "a:b;c",
    "ﬁ",
    "देवनागरी",
]
_NOTES = st.text(st.sampled_from("ab é黑👩\u200d🚀=+@'\"<&>;,|{}\\#-"), max_size=12).map(str.strip)
_IDS = ["SR0001", "SR0202"]


@dataclass(frozen=True)
class Line:
    """The words of a line of raw text and where they stand."""

    words: list[tuple[int, int]]


def _spans(draw: st.DrawFn, line: Line, count: int) -> list[list[int]]:
    """Up to `count` spans of whole words, apart from each other."""
    edges = draw(st.lists(st.integers(0, len(line.words) - 1), unique=True, min_size=2, max_size=2 * count))
    pairs = zip(sorted(edges)[::2], sorted(edges)[1::2], strict=False)
    return [[line.words[a][0], line.words[b - 1][1]] for a, b in pairs]


def _quantity(draw: st.DrawFn, schema: Schema) -> dict[str, Any]:
    values = st.one_of(
        st.none(), st.integers(-5, 10**12), st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6)
    )
    made = {"variable": draw(_NOTES.filter(bool)), "value": draw(values), "approx": draw(st.booleans())}
    return made | {"direction": draw(st.sampled_from(["", *schema.labels["direction"].active]))}


def _attributes(draw: st.DrawFn, schema: Schema, layer: str) -> dict[str, Any]:
    made: dict[str, Any] = {"unsure": draw(st.booleans()), "note": draw(_NOTES)}
    if layer == "entity":
        return made | {"entity": draw(st.sampled_from(["", *_IDS])), "metonym": draw(st.booleans())}
    for column in schema.layers["claim"].columns:
        if column.labels:
            made[column.name] = draw(st.sampled_from(schema.labels[column.labels].active))
    made |= {"check": draw(st.integers(0, 2)), "gloss": draw(_NOTES)}
    return made | {"quantities": [_quantity(draw, schema) for _ in range(draw(st.integers(0, 2)))]}


def _link(draw: st.DrawFn, lines: list[Line], raw: str) -> dict[str, Any]:
    held = draw(st.sampled_from([("source",), ("cue",), ("source", "cue")]))
    spans = {name: _spans(draw, draw(st.sampled_from(lines)), 1)[0] for name in held}
    quotes = [raw[slice(*spans[name])] if name in spans else "" for name in ("source", "cue")]
    return {**spans, "quotes": quotes, "who": draw(st.lists(st.sampled_from(_IDS), unique=True, max_size=2))}


def _records(draw: st.DrawFn, lines: list[Line], raw: str, schema: Schema) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = []
    labels = schema.labels["entity"].active
    for line in lines:
        for start, end in _spans(draw, line, 3):
            inner = [word for word in line.words if start <= word[0] and word[1] <= end][:1]
            for a, b in {(start, end), *inner}:
                label = draw(st.sampled_from(labels))
                place = {"start": a, "end": b, "quote": raw[a:b], "label": label}
                records.append({"layer": "entity", **place, **_attributes(draw, schema, "entity")})
        if segments := _spans(draw, line, 3) if draw(st.booleans()) else []:
            links = [_link(draw, lines, raw) for _ in range(draw(st.integers(0, 3)))]
            place = {"segments": segments, "quotes": [raw[a:b] for a, b in segments], "attribution": links}
            records.append({"layer": "claim", **place, **_attributes(draw, schema, "claim")})
    for n, record in enumerate(records, 1):
        record["id"] = f"{record['layer'][0]}{3 * n}"
    return records


@st.composite
def drafts(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A raw text and the lines of its region and gold files, headers left out."""
    schema = read_schema()
    raw, lines = "Home\n", []
    for _ in range(draw(st.integers(1, 3))):
        words = []
        for word in draw(st.lists(st.sampled_from(_WORDS), min_size=3, max_size=9)):
            words.append((len(raw), len(raw) + len(word)))
            raw += word + draw(st.sampled_from([" ", "\u00a0", "  "]))
        raw = raw.rstrip() + "\n\n"
        lines.append(Line(words))
    return raw, [json.dumps(record) for record in _records(draw, lines, raw, schema)]


def make_corpus(root: Path, raw: str, records: list[str]) -> Corpus:
    """A corpus of one document with reviewed regions and gold in canonical form."""
    from sinorus_corpus.labelling import fmt

    corpus, sha = Corpus(root), hashlib.sha256(raw.encode()).hexdigest()
    for folder in (corpus.raw, corpus.annotations / "gold", corpus.annotations / "regions"):
        folder.mkdir(parents=True)
    facts = {"title": "t", "publisher": "p", "license": "CC0-1.0", "genre": "news", "origin": "written"}
    facts |= {"language": "en", "split": "train", "sha256": sha}
    record = "".join(f'{key} = "{value}"\n' for key, value in facts.items())
    corpus.record("doc").write_text(f"{record}redistribute = true\ndate = 2024-05-01\n")
    corpus.text("doc").write_bytes(raw.encode())
    corpus.registry.write_bytes((TOY / "annotations" / "entities.tsv").read_bytes())
    head = {"doc_id": "doc", "sha256": sha, "schema": "1.0", "guidelines": "1.0"}
    regions: list[str] = []
    at = 0
    for line in raw.split("\n"):
        if line.strip():
            region = {"id": f"r{len(regions) + 1}", "layer": "region", "start": at, "end": at + len(line)}
            regions.append(json.dumps(region | {"label": "body" if regions else "nav"}))
        at += len(line) + 1
    reviewed = json.dumps(head | {"annotator": "a", "status": "reviewed"})
    single = json.dumps(head | {"annotator": "gold", "status": "single", "passes": ["a"]})
    corpus.regions("doc").write_text("\n".join([reviewed, *regions]) + "\n")
    corpus.gold("doc").write_text("\n".join([single, *records]) + "\n")
    assert fmt(corpus)[1] == []
    return corpus
