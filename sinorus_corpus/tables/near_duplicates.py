"""Which texts are alike: MinHash over word shingles. The one definition for intake, splits, leaks and bulk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

SHINGLE = 5
# A run of so many words in two texts is a quotation, not chance: the length that GPT-3 was decontaminated with (Brown 2020).
RUN = 13
PERMUTATIONS = 128
SEED = 20260101
THRESHOLD = 0.7

_WORD = re.compile(r"\w+")


class Alike(NamedTuple):
    """Two texts by their place in the input, and the estimated Jaccard similarity of their shingle sets (0 to 1)."""

    first: int
    second: int
    similarity: float


def shingles(text: str, length: int = SHINGLE) -> list[str]:
    """The distinct runs of `length` case-folded words of `text`; a shorter text is one shingle."""
    words = _WORD.findall(text.casefold())
    runs = {" ".join(words[i : i + length]) for i in range(max(1, len(words) - length + 1))}
    return sorted(runs)


class SharedRun(NamedTuple):
    """Two texts by their place in the input, and a run of `RUN` words that stands in both."""

    first: int
    second: int
    words: str


def shared_runs(texts: Sequence[str]) -> list[SharedRun]:
    """One run of `RUN` words for each pair of texts that share one; texts that are shorter share none."""
    holders: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        for run in shingles(text, RUN):
            if run.count(" ") == RUN - 1:
                holders.setdefault(run, []).append(number)
    pairs = {(a, b): run for run, found in holders.items() for i, a in enumerate(found) for b in found[i + 1 :]}
    return [SharedRun(a, b, run) for (a, b), run in sorted(pairs.items())]


def near_duplicates(texts: Sequence[str], threshold: float = THRESHOLD) -> list[Alike]:
    """Pairs of texts whose estimated similarity (Broder 1997) is at least `threshold`."""
    from rensa import RMinHash

    sketches = []
    for text in texts:
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=SEED)
        sketch.update(shingles(text))
        sketches.append(sketch)
    pairs = []
    for second, sketch in enumerate(sketches):
        for first in range(second):
            similarity = sketches[first].jaccard(sketch)
            if similarity >= threshold:
                pairs.append(Alike(first, second, similarity))
    return pairs
