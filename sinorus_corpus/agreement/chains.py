"""Attribution chains of claims that both readings have: the innermost source, and the chain as a whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sinorus_corpus.agreement.bootstrap import Floats
from sinorus_corpus.agreement.readings import ClaimPair
from sinorus_corpus.records import Link

Chain = tuple[Link, ...]


def chain_counts(documents: Sequence[Sequence[ClaimPair]], same: Callable[[Chain, Chain], bool]) -> Floats:
    """Counts for `f1` of chains: each matched claim that is somebody's has one, the author's own claims have none.

    Claims that only one reading has are left out: they already count against the F1 of claims.

    Returns:
        `[document, (a, b, both)]`.
    """
    counts = np.zeros((len(documents), 3))
    for row, pairs in zip(counts, documents, strict=True):
        chains = [(a.attribution, b.attribution) for a, b in pairs]
        row[:] = (
            sum(bool(a) for a, _ in chains),
            sum(bool(b) for _, b in chains),
            sum(bool(a and b and same(a, b)) for a, b in chains),
        )
    return counts


def same_source(a: Chain, b: Chain) -> bool:
    """The innermost sources are the same span, or both unnamed."""
    return a[-1].source == b[-1].source


def overlapping_source(a: Chain, b: Chain) -> bool:
    """The innermost sources share a code point, or both are unnamed."""
    first, second = a[-1].source, b[-1].source
    if first is None or second is None:
        return first is second
    return first.start < second.end and second.start < first.end


def same_chain(a: Chain, b: Chain) -> bool:
    """As many links, and in each the same source and cue spans; whom they mean in the registry is not compared."""
    return [(link.source, link.cue) for link in a] == [(link.source, link.cue) for link in b]
