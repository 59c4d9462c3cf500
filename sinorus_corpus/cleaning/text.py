"""The published text of a document: kept regions joined by newlines, and the alignment to raw. No rule about types here.

Inside a kept region: NFC, invisible characters removed, any other white space one for one a space, nothing collapsed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import regex

from sinorus_corpus.characters import HIDDEN
from sinorus_corpus.records import Article, Document, Piece, Region

_WHITE = re.compile(r"\s")


class _Chunk(NamedTuple):
    """A run of a region, offsets from the region's start, and what it becomes."""

    start: int
    end: int
    text: str
    replaced: bool


def clean_document(article: Article, raw: str, regions: tuple[Region, ...], text_types: frozenset[str]) -> Document:
    """Selects the regions whose type is text and that repeat none before them, and joins them.

    A region of nothing but invisible characters has no text to keep.
    """
    candidates = [r for r in regions if r.label in text_types and r.dup_of is None]
    text, kept, pieces, removed = join_kept(raw, candidates)
    return Document(article, text, regions, frozenset(kept), tuple(pieces), removed)


def join_kept(raw: str, regions: Sequence[Region]) -> tuple[str, list[str], list[Piece], int]:
    """The text of these regions joined by newlines, the ids of those that have any, the pieces, characters removed."""
    parts: list[str] = []
    pieces: list[Piece] = []
    kept: list[str] = []
    removed = at = 0
    for region in regions:
        line = raw[region.start : region.end]
        text = clean_line(line)
        if not text:
            continue
        chunks = _chunks(line, text)
        pieces += _pieces(chunks, region.start, at)
        parts.append(text)
        kept.append(region.id)
        removed += len(HIDDEN.findall(raw, region.start, region.end))
        at += len(text) + 1
    return "\n".join(parts), kept, pieces, removed


def clean_line(line: str) -> str:
    """What a kept region becomes: visible, in NFC, each white space a space; empty if nothing can be seen of it."""
    if line.isprintable():  # neither invisible characters nor any white space but the space
        return unicodedata.normalize("NFC", line)
    made = unicodedata.normalize("NFC", _WHITE.sub(" ", HIDDEN.sub("", line)))
    return made if made.strip() else ""


def _pieces(chunks: list[_Chunk], raw_start: int, text_start: int) -> list[Piece]:
    pieces, at = [], text_start
    for chunk in chunks:
        end = at + len(chunk.text)
        pieces.append(Piece(raw_start + chunk.start, raw_start + chunk.end, at, end, chunk.replaced))
        at = end
    return pieces


def _chunks(line: str, text: str) -> list[_Chunk]:
    """Cuts a region into runs that stay and the smallest runs that change; `text` is what the whole becomes."""
    if line == text:
        return [_Chunk(0, len(line), line, False)]
    visible = [(i, " " if c.isspace() else c) for i, c in enumerate(line) if not HIDDEN.match(c)]
    chunks = _merge(_clusters(line, visible))
    # Should a composition ever reach across clusters, the region is one replacement: coarse, but never wrong.
    return chunks if "".join(chunk.text for chunk in chunks) == text else [_Chunk(0, len(line), text, True)]


def _clusters(line: str, visible: list[tuple[int, str]]) -> list[_Chunk]:
    """One chunk a grapheme cluster, and one for each run of removed characters between two clusters."""
    chunks, done = [], 0
    for match in regex.finditer(r"\X", "".join(c for _, c in visible)):
        start, end = visible[match.start()][0], visible[match.end() - 1][0] + 1
        if start > done:
            chunks.append(_Chunk(done, start, "", True))
        text = unicodedata.normalize("NFC", match.group())
        chunks.append(_Chunk(start, end, text, text != line[start:end]))
        done = end
    if done < len(line):
        chunks.append(_Chunk(done, len(line), "", True))
    return chunks


def _merge(chunks: list[_Chunk]) -> list[_Chunk]:
    """Joins neighbours that stay as they are."""
    merged: list[_Chunk] = []
    for chunk in chunks:
        last = merged[-1] if merged else None
        if last and not last.replaced and not chunk.replaced:
            merged[-1] = _Chunk(last.start, chunk.end, last.text + chunk.text, False)
        else:
            merged.append(chunk)
    return merged
