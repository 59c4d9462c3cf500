"""An article cut into lines and cleaned: regions, alignment, fingerprints. No I/O and no third-party import may live here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sinorus_corpus.records.articles import Article


class Span(NamedTuple):
    """A half-open range of code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Region:
    """A line of the raw article less its outer white space; `dup_of` is the id of the earlier copy it repeats."""

    id: str
    start: int
    end: int
    label: str
    dup_of: str | None = None

    @property
    def span(self) -> Span:
        """The region's raw span."""
        return Span(self.start, self.end)


class Piece(NamedTuple):
    """A run of the alignment: raw `[raw_start, raw_end)` became text `[start, end)`.

    Unless `replaced`, both have the same length and the same code points. A replacement maps whole and no span cuts one.
    """

    raw_start: int
    raw_end: int
    start: int
    end: int
    replaced: bool


@dataclass(frozen=True, slots=True)
class Document:
    """A cleaned article: `text` is the kept regions joined by newlines, `alignment` maps it to raw and back.

    Attributes:
        removed: how many invisible characters cleaning took out of the kept regions.
    """

    article: Article
    text: str
    regions: tuple[Region, ...]
    kept: frozenset[str]
    alignment: tuple[Piece, ...]
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A line, sentence or labelled span of a withheld text: where it lies, and the digest of its normal form.

    Attributes:
        start, end: code points of raw, half-open.
        norm_start, norm_end: code points of the whole text in normal form, half-open.
        digest: first 16 hex digits of the SHA-256 of that stretch of the normal form.
    """

    start: int
    end: int
    norm_start: int
    norm_end: int
    digest: str

    @property
    def span(self) -> Span:
        """The raw span."""
        return Span(self.start, self.end)
