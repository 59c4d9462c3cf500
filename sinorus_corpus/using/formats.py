"""Loaded documents as spaCy's DocBin or as CoNLL, by the same writers that export annotation files. No writer lives here."""

from __future__ import annotations

from typing import Any, NamedTuple

from sinorus_corpus.annotation.formats import conll, docbin
from sinorus_corpus.annotation.formats.markup import CLAIM, Lost, Mark, Markup, fit
from sinorus_corpus.records import Span
from sinorus_corpus.schema import read_schema
from sinorus_corpus.using.rows import documents_table

Row = dict[str, Any]


class Converted(NamedTuple):
    """What became of documents, and record by record what has no place in it."""

    made: Any
    lost: list[Lost]


def to_spacy(documents: Any, nlp: Any = None) -> Converted:
    """A DocBin: `doc.ents` the outermost entities, `doc.spans["entities"]` all, `doc.spans["claims"]` segments of claims.

    Registry ids are `kb_id`, ids of records `span_id`; all segments of a claim have one `span_id`. Documents keep their order.

    Args:
        documents: a `Dataset` of one split of the config `documents`, or an Arrow table of it.
        nlp: a pipeline whose tokenizer makes the tokens; a span that is not whole tokens is then lost, and said. Without one,
            tokens are cut where a span begins or ends, so that none is.

    Raises:
        SinorusError: spaCy is not installed, or `documents` are something else.
    """
    return Converted(*docbin.make_docbin([_markup(row) for row in _rows(documents)], nlp))


def to_conll(documents: Any) -> Converted:
    """CoNLL-2003 text: a token a line with the IOB2 tag of the outermost entity; nested entities and claims are lost, and said.

    Args:
        documents: a `Dataset` of one split of the config `documents`, or an Arrow table of it.

    Raises:
        SinorusError: `documents` are something else.
    """
    fitted = [fit(_markup(row), conll.FORMAT) for row in _rows(documents)]
    (text,) = conll.format_conll([markup for markup, _ in fitted], read_schema()).values()
    return Converted(text.decode("utf-8"), [one for _, lost in fitted for one in lost])


def _rows(documents: Any) -> list[Row]:
    found: list[Row] = documents_table(documents, ("doc_id", "language", "text", "entities", "claims")).to_pylist()
    return found


def _markup(row: Row) -> Markup:
    entities = [
        Mark(e["id"], e["label"], (Span(e["start"], e["end"]),), {"entity": (e["entity"],)} if e["entity"] else {})
        for e in row["entities"]
    ]
    claims = [Mark(c["id"], CLAIM, tuple(Span(s["start"], s["end"]) for s in c["segments"])) for c in row["claims"]]
    return Markup(row["doc_id"], row["text"], (*entities, *claims), language=row["language"])
