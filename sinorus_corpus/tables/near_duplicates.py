"""Which texts are alike: MinHash over word shingles. The one definition for intake, splits, leaks and bulk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

SHINGLE = 5
PERMUTATIONS = 128
SEED = 20260101
THRESHOLD = 0.7

_WORD = re.compile(r"\w+")


class Alike(NamedTuple):
    """Two texts by their place in the input, and the estimated Jaccard similarity of their shingle sets (0 to 1)."""

    first: int
    second: int
    similarity: float


def shingles(text: str) -> list[str]:
    """The distinct runs of `SHINGLE` case-folded words of `text`; a shorter text is one shingle."""
    words = _WORD.findall(text.casefold())
    runs = {" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))}
    return sorted(runs)


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
