"""Puts suggestions together, writes them as a draft and scores them against gold. No rule of the guidelines may live here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sinorus_corpus.annotation.canonical import format_annotations
from sinorus_corpus.annotation.quotes import digest
from sinorus_corpus.characters import grapheme_bounds
from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import write_atomic
from sinorus_corpus.records import AnnotationSet, Article, Entity, Header, KnownEntity, Region, SinorusError
from sinorus_corpus.schema import GUIDELINES_VERSION, SCHEMA_VERSION, Schema, read_schema, require
from sinorus_corpus.suggestions.figures import find_figures
from sinorus_corpus.suggestions.names import NameFinder, same_length
from sinorus_corpus.suggestions.spans import Found, Placed, longest_first
from sinorus_corpus.suggestions.terms import find_terms, lexicon

BASE = "suggest"


def suggest_entities(
    raw: str, kept: Sequence[Region], known: Iterable[KnownEntity], schema: Schema, *, withheld: bool = False
) -> tuple[Entity, ...]:
    """Entities that a reader will probably find, for correction.

    Args:
        raw: the raw text of a document.
        kept: its regions that are text; nothing is proposed elsewhere or across two of them.
        known: the entity registry.
        withheld: give digests instead of quotes.

    Returns:
        Entities at raw offsets with ids e1, e2, … in order of start; nested or apart, never crossing.
    """
    labels = schema.labels["entity"]
    roles, areas, text = lexicon()["roles"], [region.span for region in kept], same_length(raw)
    holds_nothing = [labels.current(name) for name in roles["holds_nothing"]]
    names = NameFinder(known, labels.current(roles["person"]), holds_nothing).find(raw, areas)
    figures = find_figures(text, areas, date=roles["date"], money=roles["money"], quantity=roles["quantity"])
    by_name = Placed(names)
    kept_figures = Placed(f for f in figures if all(_holds(f, name) for name in by_name.touching(f.span)))
    placed = Placed([*kept_figures.in_order(), *(n for n in names if not kept_figures.touching(n.span))])
    for term in longest_first(find_terms(text, areas)):
        if not placed.touching(term.span):
            placed.add(term)
    edges = grapheme_bounds(raw)
    today = [f._replace(label=labels.current(f.label)) for f in placed.in_order()]
    found = [f for f in today if f.label and edges.issuperset(f.span)]
    return tuple(
        Entity(
            f"e{number}",
            *each.span,
            each.label,
            quote="" if withheld else raw[each.span.start : each.span.end],
            digest=digest(raw[each.span.start : each.span.end]) if withheld else "",
            entity=each.entity,
        )
        for number, each in enumerate(sorted(found, key=lambda f: (f.span.start, -f.span.end)), 1)
    )


def _holds(figure: Found, name: Found) -> bool:
    """Whether a name stands inside a figure; a figure inside a name is part of it."""
    return figure.span.start <= name.span.start and name.span.end <= figure.span.end


def _read(
    doc_id: str, content: Content, schema: Schema, known: Iterable[KnownEntity]
) -> tuple[Article, tuple[Entity, ...]]:
    """The suggestions for one document, by these entities of the registry.

    Raises:
        SinorusError: the document is unknown, its text is not here, or its regions are not reviewed.
    """
    require(doc_id, content.articles, "document")
    if doc_id not in content.texts:
        raise SinorusError(f"{doc_id}: the text is not here; sinorus hydrate DIR puts your copy in place")
    if doc_id not in content.regions:
        raise SinorusError(f"{doc_id}: regions are reviewed first; expected annotations/regions/{doc_id}.jsonl")
    article, raw = content.articles[doc_id], content.texts[doc_id]
    document = clean_document(article, raw, content.regions[doc_id].regions, schema.text_types())
    kept = [region for region in document.regions if region.id in document.kept]
    return article, suggest_entities(raw, kept, known, schema, withheld=not article.redistribute)


def is_uncorrected(found: AnnotationSet, content: Content, schema: Schema) -> bool:
    """Whether a pass that began with suggestions still says what is suggested and nothing else; false where nobody can tell."""
    doc_id = found.header.doc_id
    if found.header.base != BASE or found.claims or doc_id not in content.texts or doc_id not in content.regions:
        return False
    made = _read(doc_id, content, schema, content.known.values())[1]
    return {(e.span, e.label) for e in made} == {(e.span, e.label) for e in found.entities}


def suggest(corpus: Corpus, doc_id: str, annotator: str = "", out: Path | None = None) -> tuple[bytes, Path | None]:
    """Suggested entities as an annotation file with status `draft` and base `suggest`; nothing may rest on it.

    Args:
        annotator: whose pass it is the beginning of; it is put there, and a pass that is there already is left alone.
        out: where to write it instead.

    Returns:
        The file's bytes and where they were written, if anywhere.

    Raises:
        SinorusError: there is nothing to work on, or something stands in the way.
    """
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema, "hydrated")
    article, entities = _read(doc_id, content, schema, content.known.values())
    header = Header(doc_id, article.sha256, SCHEMA_VERSION, GUIDELINES_VERSION, annotator or BASE, "draft", base=BASE)
    data = format_annotations(AnnotationSet("", header, entities=entities), schema)
    path = out or (corpus.annotator_pass(annotator, doc_id) if annotator else None)
    if path is not None:
        if path.exists():
            raise SinorusError(f"{path} is there already and is left as it is; suggestions begin a reading")
        write_atomic(path, data)
    return data, path


@dataclass(frozen=True)
class Score:
    """Suggestions against gold, by label: exact spans with exact labels.

    Attributes:
        hits, proposed, gold: counts by label.
        carried: hits that are left when the registry knows only what other documents name too.
        documents: what was compared; `unseen` has gold, but no text here.
    """

    hits: Counter[str]
    carried: Counter[str]
    proposed: Counter[str]
    gold: Counter[str]
    documents: tuple[str, ...]
    unseen: tuple[str, ...]


def score_suggestions(corpus: Corpus) -> Score:
    """Compares suggestions with gold in every document that has gold."""
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema, "hydrated")
    named = {doc_id: {e.entity for e in file.entities} for doc_id, file in content.gold.items()}
    hits, carried, proposed, gold = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    seen = tuple(doc_id for doc_id in sorted(content.gold) if doc_id in content.texts and doc_id in content.regions)
    for doc_id in seen:
        elsewhere = set().union(*(ids for other, ids in named.items() if other != doc_id))
        known = [content.known.values(), [e for e in content.known.values() if e.entity_id in elsewhere]]
        made, less = ({(*e.span, e.label) for e in _read(doc_id, content, schema, some)[1]} for some in known)
        there = {(*e.span, e.label) for e in content.gold[doc_id].entities}
        for counter, spans in ((hits, made & there), (carried, less & there), (proposed, made), (gold, there)):
            counter.update(label for _, _, label in spans)
    return Score(hits, carried, proposed, gold, seen, tuple(sorted(set(content.gold) - set(seen))))


def score_lines(score: Score) -> list[str]:
    """The comparison as a table, and what it rests on; a dash where there is nothing to divide by."""
    lines = [f"{'label':12} {'gold':>5} {'proposed':>8} {'right':>5} {'precision':>9} {'recall':>6} {'carried':>7}"]
    counters = (score.gold, score.proposed, score.hits, score.carried)
    rows = [(label, [counter[label] for counter in counters]) for label in sorted(score.gold | score.proposed)]
    for label, (gold, made, hits, carried) in [*rows, ("all", [counter.total() for counter in counters])]:
        shares = f"{_share(hits, made):>9} {_share(hits, gold):>6} {_share(carried, gold):>7}"
        lines.append(f"{label:12} {gold:5} {made:8} {hits:5} {shares}")
    lines.append(f"exact spans with exact labels in {len(score.documents)} documents")
    if score.unseen:
        lines.append(f"left out, because their text is not here: {', '.join(score.unseen)}")
    return [*lines, *_CAVEAT]


_CAVEAT = (
    "carried: recall when the registry holds only names that another document has too.",
    "The aliases come from these very articles, the rules were written with eleven of them in sight: precision and recall",
    "say what is saved here, carried what to expect of a new article.",
)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"
