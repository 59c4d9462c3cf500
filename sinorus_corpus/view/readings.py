"""Two readings side by side in one HTML file, with every place where they differ. What differs is not decided here."""

from __future__ import annotations

from typing import Any

from sinorus_corpus.agreement.disagreements import Disagreement
from sinorus_corpus.agreement.readings import DoubleReading
from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.comparing import Comparison
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.schema import Schema, read_schema
from sinorus_corpus.view import FOLDER, SCRIPTS, STYLES, document_data, record_data, schema_data, standalone_page

Json = dict[str, Any]


def readings_page(corpus: Corpus, compared: Comparison) -> str:
    """A page of what two readings share and where they differ; documents whose text is not at hand are only counted."""
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema, "hydrated")
    differing = compared.disagreements()
    documents = [_document(r, differing[r.doc_id], content, schema) for r in compared.readings]
    data = {
        "a": compared.a,
        "b": compared.b,
        "headline": [_measure(compared, n) for n in range(len(compared.headline))],
        "documents": documents,
        "schema": schema_data(schema),
    }
    title = f"{compared.a} and {compared.b}"
    return standalone_page(title, STYLES, (*SCRIPTS, FOLDER / "readings.js"), data)


def _measure(compared: Comparison, n: int) -> Json:
    tally = compared.headline[n]
    values = {name: found.value for name, found in compared.figures(tally).items()}
    return {"name": tally.name, "groups": values}


def _document(reading: DoubleReading, differing: list[Disagreement], content: Content, schema: Schema) -> Json:
    found = {
        "doc_id": reading.doc_id,
        "a": record_data(reading.a, schema),
        "b": record_data(reading.b, schema),
        "differences": [_difference(d) for d in differing],
    }
    raw, regions = content.texts.get(reading.doc_id), content.regions.get(reading.doc_id)
    if raw is None or regions is None:
        return found
    document = clean_document(content.articles[reading.doc_id], raw, regions.regions, schema.text_types())
    return found | document_data(document, raw)


def _difference(found: Disagreement) -> Json:
    ids = {"a": found.a.id if found.a else "", "b": found.b.id if found.b else ""}
    return ids | {"layer": found.layer, "kind": found.kind, "values": found.values, "start": found.start}
