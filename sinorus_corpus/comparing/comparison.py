"""Two readings from files, measured: what `sinorus agree` and `sinorus score` run. Nothing is formatted here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from sinorus_corpus.agreement.bootstrap import Chosen, Figure, Tally, figure
from sinorus_corpus.agreement.clusters import given_alike
from sinorus_corpus.agreement.disagreements import Disagreement, disagreements
from sinorus_corpus.agreement.readings import DoubleReading
from sinorus_corpus.agreement.tallies import (
    ATTRIBUTION,
    BARS,
    ENTITY_ATTRIBUTES,
    QUANTITIES,
    claim_attributes,
    claim_tallies,
    cluster_tallies,
    entity_tallies,
)
from sinorus_corpus.annotation.offsets import anchored_spans
from sinorus_corpus.annotation.standoff import parse_clusters
from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.cleaning.alignment import Alignment
from sinorus_corpus.cleaning.lines import line_spans
from sinorus_corpus.comparing.passes import (
    GOLD,
    Reader,
    Shared,
    annotator,
    claims_alone,
    file_reader,
    group,
    left_out,
    require_any,
    shared,
    wanted,
)
from sinorus_corpus.comparing.predictions import (
    Predictions,
    check_anchors,
    is_predictions,
    parse_predictions,
    read_annotation_files,
    refuse_first,
)
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import read_text
from sinorus_corpus.records import AnnotationSet, Claim, Cluster, Entity, Link, SinorusError, Span
from sinorus_corpus.schema import Schema, read_schema

LAYERS = ("entity", "claim")
Attributes = dict[str, Sequence[str]]


@dataclass(frozen=True)
class Comparison:
    """Two readings of some documents, measured.

    Attributes:
        a, b: the readers, or what was predicted and gold.
        attributes: for each layer that was compared, the attributes that both sides give.
        left_out: documents that were not compared, with the reason.
        notes: what one must know to read the figures.
        scored: whether `b` is taken for the truth, so that precision and recall mean something.
    """

    a: str
    b: str
    readings: list[DoubleReading]
    tallies: list[Tally]
    attributes: Attributes
    left_out: dict[str, str]
    notes: list[str] = field(default_factory=list)
    scored: bool = False

    @cached_property
    def groups(self) -> dict[str, Chosen]:
        """For each group of documents which of them are in it."""
        found = np.array([reading.group for reading in self.readings])
        return {name: found == name for name in sorted(set(found.tolist()))}

    @property
    def headline(self) -> list[Tally]:
        """The figures that have a bar, in the order of the bars."""
        return sorted((t for t in self.tallies if t.name in BARS), key=lambda t: list(BARS).index(t.name))

    def figures(self, tally: Tally) -> dict[str, Figure]:
        """The measure in each group of documents, with its interval."""
        return {name: figure(tally, chosen) for name, chosen in self.groups.items()}

    def of_documents(self, tally: Tally) -> dict[str, Figure]:
        """The measure in each document."""
        only = np.eye(len(self.readings), dtype=bool)
        return {reading.doc_id: figure(tally, row) for reading, row in zip(self.readings, only, strict=True)}

    def disagreements(self) -> dict[str, list[Disagreement]]:
        """For each document where its two readings differ, with both records, in the order of the text."""
        return {reading.doc_id: disagreements(reading, self.attributes) for reading in self.readings}


def agree(
    corpus: Corpus,
    a: str,
    b: str,
    layers: Sequence[str] = (),
    doc_ids: Sequence[str] = (),
    clusters: tuple[Path, Path] | None = None,
) -> Comparison:
    """How well two annotators agree on the documents that both have read.

    Args:
        a, b: annotators, or `gold`.
        layers: of `LAYERS`; all if there are none.
        doc_ids: only these documents.
        clusters: two files of clusters of the same claims; those of the two annotators, if both have one, if not given.

    Raises:
        SinorusError: a name is unknown, both are one, or they share nothing that can be compared.
    """
    if a == b:
        raise SinorusError(f"{a} and {b} are one reading; agreement needs two, such as sinorus agree {a} gold")
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema)
    readers = annotator(corpus, content, a), annotator(corpus, content, b)
    paths = clusters or _cluster_passes(corpus, a, b)
    first, second = (_read_clusters(path, schema) for path in paths) if paths else ([], [])
    given = given_alike(first, second)
    if given and not (readers[0].files and readers[1].files):
        found, attributes = claims_alone(content, schema, *readers, given, doc_ids), Attributes()
    else:
        found, attributes = shared(content, schema, *readers, doc_ids), _all_attributes(schema, layers)
    tallies = _tallies(found.readings, schema, attributes)
    notes = _notes(found, attributes)
    if paths is not None:
        tallies += cluster_tallies([reading.doc_id for reading in found.readings], first, second)
        notes += [*_outside(found, [*first, *second]), _wording(first, second, given)]
    elif not layers:
        notes.append("cluster relation kappa needs clusters.jsonl in both passes, or --clusters FILE_A FILE_B")
    return Comparison(a, b, found.readings, tallies, attributes, found.left_out, notes)


def score(
    corpus: Corpus, pred: Path, gold: Path | None = None, layers: Sequence[str] = (), doc_ids: Sequence[str] = ()
) -> Comparison:
    """How well a system's output agrees with gold, on the documents that both have.

    Args:
        pred: a folder or file in the annotation format, or predictions as `predictions.py` describes them.
        gold: a folder or file in the annotation format; the gold of the corpus if not given.

    Raises:
        SinorusError: a file cannot be used, or they share nothing that can be compared.
    """
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema, "hydrated")
    truth = file_reader(str(gold), _sound_files(gold, content, schema)) if gold else annotator(corpus, content, GOLD)
    text = "" if pred.is_dir() else read_text(pred)[1]
    if text and is_predictions(text):
        predicted = parse_predictions(text, str(pred), schema)
        found = _shared_in_text(content, schema, predicted, Reader(str(pred), predicted.files), truth, doc_ids)
        attributes = _given(_all_attributes(schema, layers), predicted)
    else:
        found = shared(content, schema, file_reader(str(pred), _sound_files(pred, content, schema)), truth, doc_ids)
        attributes = _all_attributes(schema, layers)
    tallies = _tallies(found.readings, schema, attributes)
    return Comparison(
        found.a.name,
        found.b.name,
        found.readings,
        tallies,
        attributes,
        found.left_out,
        _notes(found, attributes),
        scored=True,
    )


def _all_attributes(schema: Schema, layers: Sequence[str]) -> Attributes:
    every: Attributes = {
        "entity": list(ENTITY_ATTRIBUTES),
        "claim": [*claim_attributes(schema), ATTRIBUTION, QUANTITIES],
    }
    return {layer: names for layer, names in every.items() if not layers or layer in layers}


def _given(attributes: Attributes, predicted: Predictions) -> Attributes:
    """The layers and attributes that stand in predictions at all."""
    return {
        layer: [name for name in names if name in predicted.given[layer]]
        for layer, names in attributes.items()
        if layer in predicted.given
    }


def _tallies(readings: Sequence[DoubleReading], schema: Schema, attributes: Attributes) -> list[Tally]:
    tallies: list[Tally] = []
    if "entity" in attributes:
        tallies += entity_tallies(readings, schema.labels["entity"], attributes["entity"])
    if "claim" in attributes:
        tallies += claim_tallies(readings, schema, attributes["claim"])
    return tallies


def _notes(found: Shared, attributes: Attributes) -> list[str]:
    notes = []
    names = (found.a.name, found.b.name)
    made_of = [r.doc_id for r in found.readings if {*r.a.header.passes, *r.b.header.passes} & set(names)]
    if made_of:
        notes.append(
            f"gold of {len(made_of)} documents was made of one of the two readings, so they are not independent"
        )
    groups = [reading.group for reading in found.readings]
    notes += [f"{name}: one document, so no interval" for name in sorted(set(groups)) if groups.count(name) == 1]
    if unknown := [reading.doc_id for reading in found.readings if not reading.text]:
        notes.append(f"no reviewed regions, so not counted in alpha: {', '.join(unknown)}")
    missing = [layer for layer in LAYERS if layer not in attributes]
    return notes + ([f"not compared: layer {', '.join(missing)}"] if missing else [])


def _outside(found: Shared, clusters: Sequence[Cluster]) -> list[str]:
    """Says how many claims of the clusters stand in documents that are not compared."""
    compared = {reading.doc_id for reading in found.readings}
    claims = {member.claim for cluster in clusters for member in cluster.members}
    outside = sum(claim.partition(":")[0] not in compared for claim in claims)
    return [f"{outside} claims of the clusters stand in documents that are not compared"] if outside else []


def _wording(first: Sequence[Cluster], second: Sequence[Cluster], given: Sequence[object]) -> str:
    """Says what the relations were read against, since that decides what their kappa means."""
    if len(given) == max(len(first), len(second)):
        return f"relations: both readers were given the propositions and members of all {len(given)} clusters"
    return f"relations: each reader worded propositions of their own; {len(given)} clusters are worded alike"


def _sound_files(path: Path, content: Content, schema: Schema) -> list[tuple[Path, AnnotationSet]]:
    found = read_annotation_files(path, schema)
    for _, one in found:
        check_anchors(one, content.texts.get(one.header.doc_id))
    return found


def _cluster_passes(corpus: Corpus, a: str, b: str) -> tuple[Path, Path] | None:
    first, second = (corpus.clusters if name == GOLD else corpus.cluster_pass(name) for name in (a, b))
    return (first, second) if first.is_file() and second.is_file() else None


def _read_clusters(path: Path, schema: Schema) -> list[Cluster]:
    clusters, issues = parse_clusters(read_text(path)[1], str(path), schema)
    refuse_first(issues)
    return [cluster for _, cluster in clusters]


def _shared_in_text(
    content: Content, schema: Schema, predicted: Predictions, a: Reader, b: Reader, doc_ids: Sequence[str]
) -> Shared:
    """What both have, with gold taken to offsets of the published text; that needs the text."""
    found = Shared(a, b, left_out=left_out(a, b, doc_ids))
    for doc_id in wanted(a, b, doc_ids):
        article, raw = content.articles.get(doc_id), content.texts.get(doc_id)
        if article is None or raw is None or doc_id not in content.regions:
            found.left_out[doc_id] = "its text or its regions are not here; sinorus hydrate DIR puts your copy in place"
            continue
        document = clean_document(article, raw, content.regions[doc_id].regions, schema.text_types())
        check_anchors(predicted.files[doc_id], document.text)
        gold = at_text(b.files[doc_id], Alignment(document.alignment))
        if gold is None:
            found.left_out[doc_id] = f"{b.name}: labels outside the text, see sinorus validate"
            continue
        name, text = group(content, gold, gold), tuple(line_spans(document.text))
        found.readings.append(DoubleReading(doc_id, name, predicted.files[doc_id], gold, text))
    return require_any(found)


def at_text(file: AnnotationSet, alignment: Alignment) -> AnnotationSet | None:
    """The same labels at offsets of the published text; `None` if one lies outside it."""
    records: list[Entity | Claim] = [*file.entities, *file.claims]
    spans = [item.span for record in records for item in anchored_spans(record)]
    there = alignment.to_text(spans)
    if any(span is None for span in there):
        return None
    text = {raw: span for raw, span in zip(spans, there, strict=True) if span is not None}
    entities = tuple(_moved_entity(entity, text) for entity in file.entities)
    return replace(file, entities=entities, claims=tuple(_moved_claim(claim, text) for claim in file.claims))


def _moved_entity(entity: Entity, text: dict[Span, Span]) -> Entity:
    start, end = text[entity.span]
    return replace(entity, start=start, end=end)


def _moved_claim(claim: Claim, text: dict[Span, Span]) -> Claim:
    chain = tuple(_moved_link(link, text) for link in claim.attribution)
    return replace(claim, segments=tuple(text[span] for span in claim.segments), attribution=chain)


def _moved_link(link: Link, text: dict[Span, Span]) -> Link:
    source, cue = (text[span] if span is not None else None for span in (link.source, link.cue))
    return replace(link, source=source, cue=cue)
