"""Articles, labels and shards for the benchmarks of bulk work, made by rule from a word list: no text of anybody's.

An article has about six kilobytes: a site's furniture, which recurs on its pages, around paragraphs; every twentieth is a
copy with small changes of one before it. Some quotation marks are curly and some names are not ASCII.
"""

from __future__ import annotations

import itertools
import multiprocessing
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

NAMES = {
    "GPE": ("Harbin", "Blagoveshchensk", "Хабаровск", "Suifenhe"),
    "ORG": ("Amur Freight", "“Northern” Rail", "Border Customs Office"),
    "PERSON": ("A. Example", "B. Sample"),
}
SITES = 400
FURNITURE = (
    "Home",
    "News",
    "Opinion",
    "Subscribe to our newsletter",
    "Share this article",
    "Related stories",
    "All rights reserved",
)
SYLLABLES = [a + b for a in "bdfgklmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er", "in", "or", "us")]


class Maker:
    """Makes articles of words that follow Zipf's law, so that they compress about as news does."""

    def __init__(self) -> None:
        rng = random.Random(0)  # noqa: S311 - not for secrets
        self._words = ["".join(rng.choices(SYLLABLES, k=1 + rank % 4 + (rank > 100))) for rank in range(12_000)]
        self._weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(self._words))))
        self._names = [(label, name) for label, names in NAMES.items() for name in names]

    def article(self, number: int) -> tuple[str, str, list[tuple[int, int, str]]]:
        """Site, text and spans of an article."""
        rng = random.Random(number - 1 if number % 20 == 19 else number)  # noqa: S311 - not for secrets
        site = f"site-{rng.randrange(SITES)}"
        words = iter(rng.choices(self._words, cum_weights=self._weights, k=820))
        lines = [f"{line} {site}" if i % 2 else line for i, line in enumerate(FURNITURE[:4])]
        lines += [" ".join(itertools.islice(words, 7)).capitalize(), f"Published {1 + number % 28} May 2024"]
        found: list[tuple[int, int, str]] = []
        at = sum(len(line) + 2 for line in lines)
        for _ in range(12):
            parts, length = [], 0
            for label, name in rng.choices(self._names, k=5):
                before = " ".join(itertools.islice(words, 13)) + " "
                begin = at + length + len(before)
                found.append((begin, begin + len(name), label))
                parts += [before.capitalize(), name, ", " if label == "GPE" else ". "]
                length += sum(map(len, parts[-3:]))
            lines.append("".join(parts).strip()[:-1] + ".")
            at += len(lines[-1]) + 2
        lines += [f"{line} {site}" for line in FURNITURE[4:]]
        if number % 20 == 19:
            lines.append("Corrected version")
        return site, "\n\n".join(lines), found


def write_shards(folder: Path, count: int, size: int = 10_000) -> None:
    """Writes `count` articles as Parquet shards under `articles/`, their labels under `labels/`.

    It is done in other processes, so that their memory is not taken for that of what is measured afterwards.
    """
    for name in ("articles", "labels"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    numbers = [range(first, min(first + size, count)) for first in range(0, count, size)]
    names = [f"part-{shard:05}.parquet" for shard in range(len(numbers))]
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(_write_shard, repeat(folder), names, numbers))


def _write_shard(folder: Path, name: str, numbers: range) -> None:
    maker = Maker()
    rows, spans = [], []
    for number in numbers:
        site, text, found = maker.article(number)
        rows.append((f"a{number:08}", text, site, f"Article {number}", "2024-05-01"))
        spans += [(f"a{number:08}", a, b, label, text[a:b]) for a, b, label in found]
    _write(folder / "articles" / name, rows, ("doc_id", "text", "publisher", "title", "date"))
    _write(folder / "labels" / name, spans, ("doc_id", "start", "end", "label", "quote"))


def _write(path: Path, rows: Sequence[tuple[object, ...]], names: tuple[str, ...]) -> None:
    columns = [pa.array(column) for column in zip(*rows, strict=True)]
    pq.write_table(
        pa.Table.from_arrays(columns, list(names)), path, compression="zstd", compression_level=3, row_group_size=2_000
    )
