"""What a user asks of a bulk build. Nothing is read here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import require

# Our columns of an article, and what stands there where the input has no such column; the first two it must have.
REQUIRED = ("doc_id", "text")
DEFAULTS = {
    "title": "", "publisher": "", "date": None, "url": "", "license": "unknown", "genre": "news", "language": "en",
    "origin": "published", "site": "",
}  # fmt: skip
LABEL_COLUMNS = {
    "doc_id": True,
    "start": True,
    "end": True,
    "label": True,
    "quote": False,
    "digest": False,
    "id": False,
}


@dataclass(frozen=True)
class Options:
    """The options that decide what is written; how fast and where it runs stands elsewhere.

    Attributes:
        columns: for some of our columns the name that the input has for it.
        annotator: whose reading the labels are.
        suggest: propose entities for documents without labels.
        schemas, rules, registry: a corpus' contract, rules of sites and entity registry, where there are such.
        near_duplicates: whether near-duplicates are grouped.
    """

    columns: dict[str, str] = field(default_factory=dict)
    annotator: str = "labels"
    suggest: bool = False
    schemas: Path | None = None
    rules: Path | None = None
    registry: Path | None = None
    near_duplicates: bool = True


def parse_columns(pairs: Iterable[str]) -> dict[str, str]:
    """Column names from `ours=theirs`.

    Raises:
        SinorusError: a pair is none, or ours is no column.
    """
    found = {}
    for pair in pairs:
        ours, equals, theirs = pair.partition("=")
        if not equals or not theirs:
            raise SinorusError(f"found --column {pair!r}; expected OURS=THEIRS, such as text=body")
        require(ours, [*REQUIRED, *DEFAULTS], "column of an article")
        found[ours] = theirs
    return found
