"""Raw text to regions to a document with its alignment. No annotation may be read here.

`lines.py` cuts raw text into lines, `rules.py` proposes their types, `text.py` makes the published text and `alignment.py`
maps offsets between the two.
"""

from __future__ import annotations

from sinorus_corpus.cleaning.rules import propose_regions
from sinorus_corpus.cleaning.text import clean_document
from sinorus_corpus.records import Article, Document, Region
from sinorus_corpus.schema import Schema

__all__ = ["clean", "clean_document", "propose_regions"]


def clean(article: Article, raw: str, schema: Schema, reviewed: tuple[Region, ...] | None = None) -> Document:
    """The document of an article: by its reviewed regions where there are any, else by the rule baseline."""
    regions = propose_regions(raw) if reviewed is None else reviewed
    return clean_document(article, raw, regions, schema.text_types())
