"""Counts of what is labelled, from gold: the one place for the numbers of terminal, card and figure page. No drawing here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sinorus_corpus.content import Content
from sinorus_corpus.records import AnnotationSet, Article, Claim
from sinorus_corpus.schema import Schema

# A figure of one kind: its value and the origin of the article that it stands in.
Seen = tuple[str, str]


@dataclass
class Count:
    """How often each value of one kind stands in gold, by the origin of the article.

    Attributes:
        order: the values in the order to show, those of a label set in its order; others by name.
    """

    title: str
    order: list[str] = field(default_factory=list)
    numbers: Counter[Seen] = field(default_factory=Counter)

    @property
    def origins(self) -> list[str]:
        """The origins that have any."""
        return sorted({origin for _, origin in self.numbers})

    @property
    def values(self) -> list[str]:
        """The values that stand anywhere, in order."""
        found = {value for value, _ in self.numbers}
        return [v for v in self.order if v in found] + sorted(found - set(self.order))

    def total(self, value: str) -> int:
        """How often a value stands in all."""
        return sum(self.numbers[value, origin] for origin in self.origins)


def stats(content: Content, schema: Schema) -> list[Count]:
    """Every count, in the order to show."""
    gold = [(content.articles[doc_id], labels) for doc_id, labels in sorted(content.gold.items())]
    claims = [(article, claim) for article, labels in gold for claim in labels.claims]
    labels = schema.labels
    return [
        _count("labelled articles by genre", ((a.genre, a.origin) for a, _ in gold), labels["genre"].names),
        _count("labelled articles by status", ((s.header.status, a.origin) for a, s in gold), labels["status"].names),
        _count("entities by type", _entities(gold), labels["entity"].names),
        _count("claims by type", ((c.ctype, a.origin) for a, c in claims), labels["claim_type"].names),
        _count("claims by certainty", ((c.cert, a.origin) for a, c in claims), labels["certainty"].names),
        _count("claims by topic", ((c.topic, a.origin) for a, c in claims), labels["topic"].names),
        _count("claims by year of the article", ((_year(a), a.origin) for a, _ in claims)),
        _count("claims by depth of attribution", ((str(len(c.attribution)), a.origin) for a, c in claims)),
        _count("quantities by unit", _units(claims)),
        _count("members of clusters by relation", _relations(content), labels["cluster_relation"].names),
    ]


def _count(title: str, seen: Iterable[Seen], order: Iterable[str] = ()) -> Count:
    return Count(title, list(order), Counter(seen))


def _entities(gold: Iterable[tuple[Article, AnnotationSet]]) -> Iterator[Seen]:
    return ((entity.label, article.origin) for article, labels in gold for entity in labels.entities)


def _units(claims: Iterable[tuple[Article, Claim]]) -> Iterator[Seen]:
    return ((q.unit or q.direction, article.origin) for article, claim in claims for q in claim.quantities)


def _year(article: Article) -> str:
    return str(article.date.year) if article.date else "unknown"


def _relations(content: Content) -> Iterator[Seen]:
    for _, cluster in content.clusters:
        for member in cluster.members:
            doc_id = member.claim.partition(":")[0]
            if doc_id in content.articles:
                yield member.relation, content.articles[doc_id].origin
