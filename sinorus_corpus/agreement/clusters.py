"""Two readings of which claims answer one question, and how each stands to the answer. Claims are compared by their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from scipy.optimize import linear_sum_assignment

from sinorus_corpus.agreement.attributes import kappa, value_counts
from sinorus_corpus.agreement.bootstrap import Floats
from sinorus_corpus.records import Cluster

MemberPair = tuple[str, str, str]


def relation_pairs(a: Sequence[Cluster], b: Sequence[Cluster]) -> list[MemberPair]:
    """Each claim that both readings put in the same cluster, with its relation in either.

    Readers number clusters and word propositions as they like: clusters are the same if they share members, matched one to
    one so that as many claims as possible are shared.

    Returns:
        The claim as `<doc_id>:<id>`, its relation in `a`, its relation in `b`.
    """
    first, second = (([{m.claim: m.relation for m in c.members} for c in side]) for side in (a, b))
    shared = np.array([[len(x.keys() & y.keys()) for y in second] for x in first]).reshape(len(first), len(second))
    return [
        (claim, first[i][claim], second[j][claim])
        for i, j in zip(*linear_sum_assignment(shared, maximize=True), strict=True)
        for claim in sorted(first[i].keys() & second[j].keys())
    ]


def given_alike(a: Sequence[Cluster], b: Sequence[Cluster]) -> list[tuple[Cluster, Cluster]]:
    """The clusters that stand in both with the same proposition and claims, as where both readers were given them."""
    there = {_question(cluster): cluster for cluster in b}
    return [(cluster, there[_question(cluster)]) for cluster in a if _question(cluster) in there]


def given_before(base: Sequence[Cluster], read: Sequence[Cluster]) -> list[tuple[Cluster, Cluster]]:
    """The clusters of `base` that a reader was given as they stand, or before members were added to them; and the reading."""
    there = {cluster.id: cluster for cluster in read}
    pairs = [(cluster, there[cluster.id]) for cluster in base if cluster.id in there]
    return [(c, r) for c, r in pairs if c.proposition == r.proposition and _claims(r) <= _claims(c)]


def _claims(cluster: Cluster) -> frozenset[str]:
    return frozenset(member.claim for member in cluster.members)


def _question(cluster: Cluster) -> tuple[str, str, frozenset[str]]:
    return cluster.id, cluster.proposition, _claims(cluster)


def cluster_relation_kappa(a: Sequence[Cluster], b: Sequence[Cluster]) -> float:
    """Cohen's kappa on the relations of claims that both readings put in the same cluster; NaN if there are none."""
    return float(kappa(value_counts([[(x, y) for _, x, y in relation_pairs(a, b)]]))[0])


def relation_counts(pairs: Sequence[MemberPair], doc_ids: Sequence[str]) -> Floats:
    """Counts for `kappa` of relations, by the document of the claim."""
    return value_counts([[(x, y) for claim, x, y in pairs if _document(claim) == doc_id] for doc_id in doc_ids])


def joined_counts(a: Sequence[Cluster], b: Sequence[Cluster], doc_ids: Sequence[str]) -> Floats:
    """Counts for `f1` of pairs of claims that stand in one cluster, by the document of the pair's first claim."""
    first, second = _joined(a), _joined(b)
    columns = [Counter(_document(pair[0]) for pair in pairs) for pairs in (first, second, first & second)]
    return np.array([[column[doc_id] for column in columns] for doc_id in doc_ids], dtype=np.float64).reshape(-1, 3)


def _joined(clusters: Sequence[Cluster]) -> set[tuple[str, str]]:
    return {pair for c in clusters for pair in combinations(sorted({m.claim for m in c.members}), 2)}


def _document(claim: str) -> str:
    return claim.partition(":")[0]
