"""Spans to IOB2 tags: our columns beside spaCy and plain Python rows, in one run on one core.

Usage: python -m benchmarks.tagging [DOCUMENTS]

Generated documents of 600 tokens and 60 spans. Each tool gets its input in the form that it wants, made beforehand; the least
CPU time of some rounds counts. Copying the array of tags is the limit.
"""

from __future__ import annotations

import random
import sys
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import spacy
from rich.console import Console
from rich.table import Table
from spacy.tokens import Doc
from spacy.training import offsets_to_biluo_tags

from sinorus_corpus.annotation.tokens import bio_codes
from sinorus_corpus.using.align import align_labels

ROUNDS, TOKENS, SPANS = 3, 600, 60
NAMES = ["PERSON", "GPE", "ORG"]
Spans = list[tuple[int, int, str]]


def generated(documents: int) -> tuple[list[list[tuple[int, int]]], list[Spans]]:
    """Tokens of three to nine characters with a space between, and spans of one to four of them."""
    chosen = random.Random(0)  # noqa: S311 - made-up texts, no secret
    tokens, spans = [], []
    for _ in range(documents):
        at, found = 0, []
        for _ in range(TOKENS):
            size = chosen.randint(3, 9)
            found.append((at, at + size))
            at += size + 1
        firsts = range(0, TOKENS - 4, TOKENS // SPANS)
        spans.append([(found[n][0], found[n + chosen.randint(0, 3)][1], chosen.choice(NAMES)) for n in firsts])
        tokens.append(found)
    return tokens, spans


def rows(tokens: list[list[tuple[int, int]]], spans: list[Spans]) -> list[list[str]]:
    """A careful Python loop with bisection."""
    made = []
    for found, marked in zip(tokens, spans, strict=True):
        tags = ["O"] * len(found)
        starts, ends = [s for s, _ in found], [e for _, e in found]
        for start, end, label in marked:
            first, last = bisect_right(ends, start), bisect_left(starts, end)
            tags[first:last] = [f"B-{label}", *[f"I-{label}"] * (last - first - 1)]
        made.append(tags)
    return made


def least(work: Callable[[], object]) -> float:
    """The least CPU seconds of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def main(documents: int) -> None:
    tokens, spans = generated(documents)
    count = documents * SPANS
    vocab = spacy.blank("en").vocab
    docs = [Doc(vocab, ["x" * (e - s) for s, e in found]) for found in tokens]
    flat = np.array(tokens, np.int64) + (np.arange(documents, dtype=np.int64) << 32)[:, None, None]
    marks = np.array([[(n << 32) + s, (n << 32) + e, NAMES.index(la)] for n, m in enumerate(spans) for s, e, la in m])
    columns = (*flat.reshape(-1, 2).T.copy(), *marks.T.copy())
    arrays = np.array(tokens)
    column = pa.array([[{"start": s, "end": e, "label": la} for s, e, la in m] for m in spans])
    tags = np.zeros(documents * TOKENS, np.int64)
    work: dict[str, Callable[[], object]] = {
        "copying the tags": tags.copy,
        "bio_codes, columns in": lambda: bio_codes(*columns),
        "align_labels, columns in": lambda: align_labels(arrays, column, names=NAMES),
        "align_labels, rows in": lambda: align_labels(tokens, spans, names=NAMES),
        "Python rows": lambda: rows(tokens, spans),
        "spaCy offsets_to_biluo_tags": lambda: [
            offsets_to_biluo_tags(d, m) for d, m in zip(docs[:100], spans[:100], strict=True)
        ],
    }
    seconds = {name: least(one) * (documents / 100 if name.startswith("spaCy") else 1) for name, one in work.items()}
    table = Table("way", "spans/s/core", "columns are faster by", title=f"{documents:,} documents, {count:,} spans")
    for name, spent in seconds.items():
        table.add_row(name, f"{count / spent:,.0f}", f"{spent / seconds['bio_codes, columns in']:.1f}")
    Console().print(table)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
