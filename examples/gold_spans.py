"""What the labels on claims are worth where the spans are given: type, certainty, polarity and who vouches for a claim.

    python -m examples.gold_spans dist/sinorus-corpus build/gold_spans.jsonl

Type, certainty and polarity: TF-IDF of the claim's words and of its context, and logistic regression. Attribution: logistic
regression over the tokens of the line around the claim, each of them the innermost source, its cue, or neither; the best run of
tokens wins, and where none is likely the author vouches. Links further out and sources in other lines are not guessed.
Predictions are written for test and transfer, for `sinorus score`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Dataset
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from examples.load_and_look import HELD_OUT, open_config

ATTRIBUTES = ("ctype", "cert", "pol")
ROLES = ("source", "cue")
STARTS, GOES_ON = 0.3, 0.05  # Chosen on validation.
_TOKEN = re.compile(r"\w+|[^\w\s]")
Row = dict[str, Any]


def classifier() -> Pipeline:
    """Words and pairs of words of the claim, words of its context, and the ends of its words."""
    parts = [
        ("claim", _of("text", TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True))),
        ("ends", _of("text", TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True))),
        ("context", _of("context", TfidfVectorizer(sublinear_tf=True))),
    ]
    return make_pipeline(FeatureUnion(parts), LogisticRegression(C=10, class_weight="balanced", max_iter=500))


def _of(column: str, vectorizer: TfidfVectorizer) -> Pipeline:
    return make_pipeline(FunctionTransformer(lambda rows: [row[column] for row in rows]), vectorizer)


def tokens(row: Row) -> list[tuple[int, int]]:
    """The tokens of the claim's line outside of the claim, at offsets of the text."""
    at = row["context_start"]
    found = [(at + m.start(), at + m.end()) for m in _TOKEN.finditer(row["context"])]
    return [(s, e) for s, e in found if not any(p["start"] < e and s < p["end"] for p in row["segments"])]


def features(row: Row) -> list[dict[str, Any]]:
    """What is known of each of these tokens: its words around, and where it stands from the claim."""
    spans, base = tokens(row), row["context_start"]
    words = [row["context"][s - base : e - base] for s, e in spans]
    first, last = row["segments"][0]["start"], row["segments"][-1]["end"]
    made = []
    for n, ((start, end), word) in enumerate(zip(spans, words, strict=True)):
        side = "before" if end <= first else "after" if start >= last else "inside"
        gap = (
            row["context"][end - base : first - base]
            if side == "before"
            else row["context"][last - base : start - base]
        )
        near = {f"{k:+d}={words[n + k].casefold()}": 1.0 for k in range(-3, 4) if 0 <= n + k < len(words)}
        made.append(
            {
                **near,
                "shape": ("X" if word[0].isupper() else "x") + word[-3:].casefold(),
                f"{side}, {len(re.findall(r'[.!?;]', gap))} stops": 1.0,
                f"{side}, {min(12, len(gap.split()))} words": 1.0,
                f"{side} {word.casefold()}": 1.0,
                f"{side} quoted": float("“" in gap or "”" in gap),
            }
        )
    return made


def roles(row: Row) -> list[str]:
    """Of each of these tokens: whether it belongs to the innermost source, its cue, or neither."""
    link = row["attribution"][-1] if row["attribution"] else {}
    return [
        next((r for r in ROLES if link.get(f"{r}_start", -1) < e and s < link.get(f"{r}_end", -1)), "none")
        for s, e in tokens(row)
    ]


def best_run(spans: list[tuple[int, int]], likely: Any) -> list[int] | None:
    """The most likely token and the likely ones beside it, as offsets; nothing where none is likely."""
    if not len(spans) or likely.max() < STARTS:
        return None
    top = int(likely.argmax())
    runs = (list(g) for on, g in groupby(range(len(spans)), lambda n: bool(likely[n] >= GOES_ON)) if on)
    run = next(run for run in runs if top in run)
    return [spans[run[0]][0], spans[run[-1]][1]]


class Attribution:
    """Finds the innermost source and its cue in the line of a claim."""

    def __init__(self, rows: list[Row]) -> None:
        made = [feature for row in rows for feature in features(row)]
        self.words = DictVectorizer().fit(made)
        self.model = LogisticRegression(C=3, max_iter=300)
        self.model.fit(self.words.transform(made), [role for row in rows for role in roles(row)])

    def chain(self, row: Row) -> list[Row]:
        """The chain of one claim: one link, or none."""
        if not (made := features(row)):
            return []
        likely = self.model.predict_proba(self.words.transform(made))
        source, cue = (likely[:, list(self.model.classes_).index(role)] for role in ROLES)
        spans = tokens(row)
        found = {
            "source": best_run(spans, np.where(source >= cue, source, 0.0)),
            "cue": best_run(spans, np.where(cue > source, cue, 0.0)),
        }
        return [found] if found["source"] else []


def predictions(rows: list[Row], models: dict[str, Pipeline], attribution: Attribution) -> Iterator[Row]:
    """A line of predictions for each document, with the spans of gold."""
    said = {name: model.predict(rows).tolist() for name, model in models.items()}
    claims = [
        {
            "doc_id": row["doc_id"],
            "segments": [[p["start"], p["end"]] for p in row["segments"]],
            **{name: said[name][n] for name in models},
            "attribution": attribution.chain(row),
        }
        for n, row in enumerate(rows)
    ]
    for doc_id, group in groupby(claims, lambda claim: claim["doc_id"]):
        yield {"doc_id": doc_id, "claims": [{k: v for k, v in claim.items() if k != "doc_id"} for claim in group]}


def named(data: Dataset) -> list[Row]:
    """The rows with label names in place of their numbers."""
    names = {name: data.features[name].names for name in ATTRIBUTES}
    return [row | {name: names[name][row[name]] for name in names} for row in data.to_list()]


def main(dataset: str, out: Path) -> None:
    """Trains, predicts and writes."""
    data = {split: named(rows) for split, rows in open_config(dataset, "claims").items()}
    train = data["train"]
    models = {name: classifier().fit(train, [row[name] for row in train]) for name in ATTRIBUTES}
    attribution = Attribution(train)
    out.parent.mkdir(parents=True, exist_ok=True)
    held_out = [rows for split, rows in data.items() if split in HELD_OUT]
    lines = [json.dumps(row) + "\n" for rows in held_out for row in predictions(rows, models, attribution)]
    out.write_text("".join(lines))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
