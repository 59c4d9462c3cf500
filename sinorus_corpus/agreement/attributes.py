"""Cohen's kappa on values that two readings gave to the same things. Which things are the same is settled elsewhere."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from sinorus_corpus.agreement.bootstrap import Floats, Statistic, ratio

Values = Sequence[Sequence[tuple[Hashable, Hashable]]]


def kappa(counts: Floats) -> Floats:
    """Agreement beyond chance, of counts `[..., (items, agreed, a's of c1, a's of c2, ..., b's of c1, b's of c2, ...)]`.

    (p_o - p_e) / (1 - p_e) with p_e from each reading's own margins (Cohen 1960, doi:10.1177/001316446002000104), here with
    both parts times items^2, so that whole numbers stay whole.
    """
    items, agreed = counts[..., 0], counts[..., 1]
    first, second = np.split(counts[..., 2:], 2, axis=-1)
    by_chance = (first * second).sum(axis=-1)
    return ratio(items * agreed - by_chance, items**2 - by_chance)


KAPPA = Statistic("kappa", kappa, ("items", "agreed"))


def value_counts(documents: Values) -> Floats:
    """Counts for `kappa` of the pairs of values in each document."""
    seen = dict.fromkeys(value for pairs in documents for pair in pairs for value in pair)
    at = {value: index for index, value in enumerate(seen)}
    counts = np.zeros((len(documents), 2 + 2 * len(at)))
    for row, pairs in zip(counts, documents, strict=True):
        row[:2] = len(pairs), sum(a == b for a, b in pairs)
        for side in (0, 1):
            found = np.array([at[pair[side]] for pair in pairs], dtype=np.int64)
            row[2 + side * len(at) : 2 + (side + 1) * len(at)] = np.bincount(found, minlength=len(at))
    return counts
