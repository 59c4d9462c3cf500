"""What the labels are worth: an entity tagger and a claim tagger of spaCy, trained on train, on two cores in minutes.

    python -m examples.train_tagger dist/sinorus-corpus build/tagger.jsonl [ROUNDS]

The entity tagger learns the outermost mentions. The claim tagger reads one line at a time and learns the first segment of each
claim with its type as the label. Both are small convolutional networks with nothing pretrained. Predictions are written for test
and transfer, at offsets of `text`, for `sinorus score`. Thirty rounds of training unless told; one is enough to see it run.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import spacy
from datasets import Dataset, DatasetDict
from spacy.language import Language
from spacy.training import Example
from spacy.util import filter_spans
from thinc.api import fix_random_seed

from examples.load_and_look import HELD_OUT, open_config

ROUNDS, BATCH, DROPOUT = 30, 8, 0.2
Labelled = tuple[str, list[tuple[int, int, str]]]


def lines(text: str) -> Iterator[tuple[int, str]]:
    """Each line with its offset in code points."""
    at = 0
    for line in text.split("\n"):
        yield at, line
        at += len(line) + 1


def in_lines(text: str, spans: list[tuple[int, int, str]]) -> Iterator[Labelled]:
    """Each line with the spans inside it."""
    for at, line in lines(text):
        yield line, [(s - at, e - at, label) for s, e, label in spans if at <= s and e <= at + len(line)]


def entities(row: dict[str, Any]) -> list[tuple[int, int, str]]:
    """The mentions of a document."""
    return [(e["start"], e["end"], e["label"]) for e in row["entities"]]


def claims(row: dict[str, Any]) -> list[tuple[int, int, str]]:
    """The first segment of each claim of a document."""
    return [(c["segments"][0]["start"], c["segments"][0]["end"], c["ctype"]) for c in row["claims"]]


def train(examples: list[Labelled], rounds: int) -> Language:
    """A tagger of spans, trained from nothing; where spans overlap the longest is learnt."""
    fix_random_seed(0)
    tagger = spacy.blank("en")
    tagger.add_pipe("ner")
    made = [_example(tagger, text, spans) for text, spans in examples if text.strip()]
    optimizer = tagger.initialize(lambda: made)
    shuffled = random.Random(0)  # noqa: S311 - an order of training, no secret
    for number in range(rounds):
        shuffled.shuffle(made)
        losses: dict[str, float] = {}
        for at in range(0, len(made), BATCH):
            tagger.update(made[at : at + BATCH], sgd=optimizer, drop=DROPOUT, losses=losses)
        print(f"round {number + 1} of {rounds}, loss {losses['ner']:.0f}", end="\r", file=sys.stderr)
    return tagger


def _example(tagger: Language, text: str, spans: list[tuple[int, int, str]]) -> Example:
    doc = tagger.make_doc(text)
    found = [doc.char_span(s, e, label, alignment_mode="expand") for s, e, label in spans]
    doc.ents = filter_spans([span for span in found if span is not None])
    return Example(tagger.make_doc(text), doc)


def predict(tagger: Language, text: str) -> Iterator[tuple[int, int, str]]:
    """The spans that a tagger finds, at offsets of the whole text."""
    for at, line in lines(text):
        yield from ((at + e.start_char, at + e.end_char, e.label_) for e in tagger(line).ents)


def predictions(data: DatasetDict, of_entities: Language, of_claims: Language) -> Iterator[dict[str, Any]]:
    """A line of predictions for each document that was not trained on."""
    for split in (name for name in data if name in HELD_OUT):
        for row in data[split]:
            found = [{"start": s, "end": e, "label": label} for s, e, label in predict(of_entities, row["text"])]
            made = [{"segments": [[s, e]], "ctype": label} for s, e, label in predict(of_claims, row["text"])]
            yield {"doc_id": row["doc_id"], "entities": found, "claims": made}


def labelled(data: Dataset, spans: Callable[[dict[str, Any]], list[tuple[int, int, str]]]) -> list[Labelled]:
    """All lines of the documents that have labels."""
    rows: Iterable[Any] = (row for row in data if row["entities"])
    return [line for row in rows for line in in_lines(row["text"], spans(row))]


def main(dataset: str, out: Path, rounds: int = ROUNDS) -> None:
    """Trains, predicts and writes."""
    data = open_config(dataset, "documents")
    of_entities = train(labelled(data["train"], entities), rounds)
    of_claims = train(labelled(data["train"], claims), rounds)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("".join(json.dumps(row) + "\n" for row in predictions(data, of_entities, of_claims)))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:]))
