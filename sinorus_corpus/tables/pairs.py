"""Rows of the configs `clusters` (one a cluster and split) and `pairs` (one a pair of claims of different documents)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from sinorus_corpus.records import Article, Cluster, Member
from sinorus_corpus.tables import Labelled
from sinorus_corpus.tables.claims import claim_rows
from sinorus_corpus.tables.documents import Row

# From the relation that says most about the proposition to the one that says least.
_NEAREST = ("same", "restates", "narrower", "broader", "updates", "contradicts", "tension")
_CLAIM_COLUMNS = ("claim_id", "doc_id", "origin", "text", "context", "gloss", "cert", "source", "quantities")


def pair_relation(a: str, b: str) -> str:
    """How claim b stands to claim a, by how both stand to one proposition, a not farther from it than b; else `open`.

    What says the same as the proposition hands its relation on. So does a restatement, but that it can contradict: a rounded
    figure may agree with two figures that exclude each other. What is broader than the proposition is broader than what is
    narrower than it. From any other two nothing follows.
    """
    if a == "same" or (a == "restates" and b != "contradicts"):
        return b
    return "broader" if (a, b) == ("narrower", "broader") else "open"


def cluster_rows(clusters: Iterable[Cluster], articles: Mapping[str, Article], split: str) -> list[Row]:
    """One row for each cluster that has members in a split, with those members."""
    return [
        {
            "cluster_id": cluster.id,
            "origin": next(iter(origins)) if len(origins) == 1 else "mixed",
            "proposition": cluster.proposition,
            "topic": cluster.topic,
            "members": [_member(member) for member in members],
        }
        for cluster in clusters
        if (members := [m for m in cluster.members if articles[m.document].split == split])
        if (origins := {articles[m.document].origin for m in members})
    ]


def _member(member: Member) -> Row:
    return {"claim_id": member.claim, "doc_id": member.document, "relation": member.relation, "quotes": member.quotes}


def parse_clusters(rows: Iterable[Row]) -> list[Cluster]:
    """The clusters that rows of `clusters` were made from, as far as they have members in that split."""
    return [
        Cluster(
            row["cluster_id"],
            row["proposition"],
            row["topic"],
            tuple(Member(m["claim_id"], m["relation"], m["quotes"]) for m in row["members"]),
        )
        for row in rows
    ]


def pairs_of(cluster: Cluster) -> list[tuple[Member, Member]]:
    """Each two members of different documents, the one that stands nearer to the proposition first."""
    ordered = sorted(cluster.members, key=lambda m: (_NEAREST.index(m.relation), m.claim))
    return [(a, b) for a, b in combinations(ordered, 2) if a.document != b.document]


def paired_clusters(
    clusters: Iterable[Cluster], articles: Mapping[str, Article], splits: Sequence[str]
) -> dict[str, list[Cluster]]:
    """The clusters whose pairs belong to each split, reduced to the members in it.

    A cluster that has pairs in several splits gives them to the last of these alone: its proposition and its question
    would otherwise be learnt in one and tested in the other.

    Args:
        splits: in their published order, train first.
    """
    found: dict[str, list[Cluster]] = {split: [] for split in splits}
    for cluster in clusters:
        for split in reversed(splits):
            own = tuple(m for m in cluster.members if articles[m.document].split == split)
            part = Cluster(cluster.id, cluster.proposition, cluster.topic, own)
            if pairs_of(part):
                found[split].append(part)
                break
    return found


def pair_rows(documents: Iterable[Labelled], clusters: Iterable[Cluster]) -> list[Row]:
    """One row for each pair of claims of these documents in one of these clusters; other members are passed over."""
    articles = {labelled.doc_id: labelled for labelled in documents}
    claims = {
        row["claim_id"]: row | {"date": labelled.document.article.date}
        for labelled in articles.values()
        for row in claim_rows(labelled)
    }
    return [
        _pair(cluster, a, b, claims)
        for cluster in clusters
        for a, b in pairs_of(cluster)
        if a.claim in claims and b.claim in claims
    ]


def _pair(cluster: Cluster, a: Member, b: Member, claims: Mapping[str, Row]) -> Row:
    row: Row = {
        "pair_id": f"{cluster.id}:{a.claim}:{b.claim}",
        "cluster_id": cluster.id,
        "proposition": cluster.proposition,
        "topic": cluster.topic,
        "relation": pair_relation(a.relation, b.relation),
    }
    for side, member in (("a", a), ("b", b)):
        claim = claims[member.claim]
        row |= {f"{name}_{side}": claim[name] for name in (*_CLAIM_COLUMNS, "date")}
        row[f"relation_{side}"] = member.relation
        row[f"chain_{side}"] = [link["source"] for link in claim["attribution"]]
    return row
