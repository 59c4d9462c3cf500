"""What the explorer shows, as JSON: articles, claims, clusters and labels, from gold. No HTML and no file is written here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sinorus_corpus.content import Content
from sinorus_corpus.records import Article, Claim, Cluster, Document, Link, Quantity, Span
from sinorus_corpus.schema import Schema
from sinorus_corpus.site.answers import Column, columns, order
from sinorus_corpus.site.featured import Featured
from sinorus_corpus.site.quantities import say_basis, say_period, say_quantity

Json = dict[str, Any]

CLAIM_FIELDS = ("article", "id", "gloss", "ctype", "cert", "pol", "topic", "rel", "check", "line", "chain", "figures")
_LABEL_SETS = ("claim_type", "certainty", "topic", "cluster_relation", "partnership", "polarity", "checkworthiness")


@dataclass(frozen=True)
class Shown:
    """A corpus as the explorer shows it.

    Attributes:
        content: what was read; with hydrated copies a reader's own texts are inside.
        documents: the cleaned articles; those whose text is not at hand have regions alone.
    """

    content: Content
    documents: Mapping[str, Document]
    schema: Schema
    featured: Featured

    def has_text(self, doc_id: str) -> bool:
        """Whether the text of a document may be drawn."""
        return doc_id in self.content.texts and doc_id in self.documents


def corpus_data(shown: Shown) -> Json:
    """Everything that the pages share.

    Returns:
        `articles`; `claims`, a row each with the fields of `fields`, whose `article` is a number in `articles`; `clusters`,
        whose members name claims by number; `labels` with their definitions; `featured`; `statement`.
    """
    content = shown.content
    doc_ids = sorted(content.articles)
    rows: list[list[Any]] = []
    numbers: dict[str, int] = {}
    for at, doc_id in enumerate(doc_ids):
        for claim in content.gold[doc_id].claims if doc_id in content.gold else ():
            numbers[f"{doc_id}:{claim.id}"] = len(rows)
            rows.append(_claim_row(shown, at, doc_id, claim))
    claims = {f"{doc_id}:{c.id}": c for doc_id, labels in content.gold.items() for c in labels.claims}
    clusters = order((c for _, c in content.clusters if all(m.claim in claims for m in c.members)), shown.schema)
    featured = shown.featured
    return {
        "articles": [_article(shown, content.articles[doc_id]) for doc_id in doc_ids],
        "fields": list(CLAIM_FIELDS),
        "claims": rows,
        "clusters": [_cluster(c, columns(c, claims, shown.schema), numbers) for c in clusters],
        "labels": {name: _labels(shown.schema, name) for name in _LABEL_SETS},
        "statement": statement(shown),
        "featured": {
            "question": featured.question,
            "clusters": list(featured.clusters),
            "why": [numbers[claim] for claim in featured.why if claim in numbers],
        },
    }


def _article(shown: Shown, article: Article) -> Json:
    labels = shown.content.gold.get(article.doc_id)
    document = shown.documents.get(article.doc_id)
    return {
        "id": article.doc_id, "title": article.title, "publisher": article.publisher, "date": str(article.date or ""),
        "origin": article.origin, "genre": article.genre, "license": article.license, "split": article.split,
        "url": article.url if article.url.startswith(("https://", "http://")) else "",
        "ours": article.redistribute, "here": shown.has_text(article.doc_id),
        "entities": len(labels.entities) if labels else 0,
        "kept": len(document.kept) if document else 0,
        "lines": len(document.regions) if document else 0,
    }  # fmt: skip


def _claim_row(shown: Shown, article: int, doc_id: str, claim: Claim) -> list[Any]:
    gloss = claim.gloss or " … ".join(claim.quotes)
    chain = [_link(shown, doc_id, link) for link in claim.attribution]
    figures = [_figure(quantity) for quantity in claim.quantities]
    labels = [claim.ctype, claim.cert, claim.pol, claim.topic, claim.rel, claim.check]
    return [article, claim.id, gloss, *labels, _line(shown, doc_id, claim), chain, figures]


def _line(shown: Shown, doc_id: str, claim: Claim) -> int:
    """Which of the kept lines a claim begins on, from 1; 0 where that is not known."""
    document = shown.documents.get(doc_id)
    kept = [r for r in document.regions if r.id in document.kept] if document else []
    return next((n for n, r in enumerate(kept, 1) if r.start <= claim.segments[0].start < r.end), 0)


def _link(shown: Shown, doc_id: str, link: Link) -> list[Any]:
    """A link of a chain: the words of the source, those of the cue, and the names of whom the source stands for."""
    quotes = iter(link.quotes)
    words = [_words(shown, doc_id, span, quotes) for span in (link.source, link.cue)]
    known = shown.content.known
    return [*words, [known[who].name for who in link.who if who in known]]


def _words(shown: Shown, doc_id: str, span: Span | None, quotes: Any) -> str:
    if span is None:
        return ""
    quote = next(quotes, "")
    return quote or shown.content.texts.get(doc_id, "")[span.start : span.end]


def _figure(quantity: Quantity) -> Json:
    """A quantity with its words; what is empty is left out."""
    found = {
        "said": say_quantity(quantity),
        "variable": quantity.variable,
        "value": quantity.value,
        "unit": quantity.unit,
        "basis": say_basis(quantity.basis),
        "period": say_period(quantity.period),
        "base": say_period(quantity.base_period),
        "about": quantity.approx,
        "direction": quantity.direction,
    }
    return {name: value for name, value in found.items() if value not in ("", None, False)}


def _cluster(cluster: Cluster, answers: list[Column], numbers: Mapping[str, int]) -> Json:
    return {
        "id": cluster.id,
        "proposition": cluster.proposition,
        "topic": cluster.topic,
        "columns": [
            {"group": c.group, "gap": c.gap, "members": [[numbers[m.claim], m.relation, n] for m, n in c.members]}
            for c in answers
        ],
    }


def _labels(schema: Schema, name: str) -> Json:
    labels = schema.labels[name].labels
    return {label.name: [label.definition, label.group] if label.group else [label.definition] for label in labels}


def statement(shown: Shown) -> str:
    """What everybody should know before they believe a line of it."""
    origins = Counter(article.origin for article in shown.content.articles.values())
    written, published = origins["written"], origins["published"]
    return (
        f"{written} of the {written + published} articles were written by a language model for this corpus, from public facts; "
        "every label was made by language models. No human has checked them."
    )
