"""The published text of a document: kept regions joined by newlines, and the alignment to raw. No rule about types here.

Inside a kept region: NFC, invisible characters removed, any other white space one for one a space, nothing collapsed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import regex

from sinorus_corpus.characters import HIDDEN
from sinorus_corpus.records import Article, Document, Piece, Region
from sinorus_corpus.strings import Texts, string_buffers

_WHITE = re.compile(r"\s")
_NEWLINE = 0x0A
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


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
    spans = np.array([region.span for region in regions], dtype=np.int64).reshape(-1, 2)
    every = np.ones(len(spans), dtype=np.bool_)
    texts = Texts(pa.array([raw], pa.string()))
    found = publish_columns(texts, np.array([0, len(spans)]), spans[:, 0], spans[:, 1], every)
    pieces = [Piece(a, b, c, d, bool(replaced)) for a, b, c, d, replaced in found.pieces.T.tolist()]
    kept = [region.id for region, inside in zip(regions, found.kept.tolist(), strict=True) if inside]
    return found.texts[0].as_py(), kept, pieces, int(found.removed[0])


class Published(NamedTuple):
    """The published texts of a batch with their regions and alignments as columns.

    Attributes:
        texts: one a document.
        kept: for each region of the batch whether it is in the text.
        start, end: code points of the text for each region, -1 where it is not there.
        removed: invisible characters taken out of each document.
        piece_offsets: where the pieces of each document begin; one more than there are documents.
        pieces: rows raw_start, raw_end, start, end, replaced, as in `Piece`; one column a piece.
    """

    texts: pa.StringArray
    kept: Mask
    start: Ints
    end: Ints
    removed: Ints
    piece_offsets: Ints
    pieces: Ints


def publish_columns(raws: Texts, offsets: Ints, start: Ints, end: Ints, keep: Mask) -> Published:
    """Joins the regions of many documents that are to be kept.

    Args:
        raws: one text a document.
        offsets: where the regions of each document begin; one more than there are documents.
        start, end: code points of the raw text, half-open, in order.
        keep: which regions are text; one of nothing but invisible characters is left out all the same.
    """
    line = np.flatnonzero(keep)
    bounds = np.searchsorted(line, offsets)
    starts, ends = start[line], end[line]
    length, removed = ends - starts, np.zeros(len(raws.strings), dtype=np.int64)
    texts, plain = _joined_as_they_stand(raws, starts, ends, bounds)
    plain &= plain_texts(raws)
    changed: dict[int, list[_Chunk]] = {}
    made = []
    for i in np.flatnonzero(~plain).tolist():
        raw, some = raws.strings[i].as_py(), range(bounds[i], bounds[i + 1])
        before = [raw[a:b] for a, b in zip(starts[some].tolist(), ends[some].tolist(), strict=True)]
        after = [clean_line(text) for text in before]
        for n, old, new in zip(some, before, after, strict=True):
            if new != old:
                changed[n], length[n] = _chunks(old, new) if new else [], len(new)
                removed[i] += len(HIDDEN.findall(old)) if new else 0
        made.append("\n".join(text for text in after if text))
    if made:
        texts = pc.replace_with_mask(texts, pa.array(~plain), pa.array(made, pa.string()))
    inside = length > 0
    at = _text_starts(length, inside, bounds)
    columns = np.full((2, len(keep)), -1, dtype=np.int64)
    columns[:, line[inside]] = at[inside], (at + length)[inside]
    rows, pieces = _piece_columns(changed, starts, ends, at)
    kept = keep.copy()
    kept[line[~inside]] = False
    return Published(texts, kept, columns[0], columns[1], removed, np.searchsorted(rows, bounds), pieces)


def _joined_as_they_stand(raws: Texts, starts: Ints, ends: Ints, bounds: Ints) -> tuple[pa.StringArray, Mask]:
    """The lines of each document with the newline after each but the last; and where there is one after each of these."""
    document = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    last = np.zeros(len(starts), dtype=bool)
    last[bounds[1:][np.diff(bounds) > 0] - 1] = True
    first, end = raws.bytes(document, starts), raws.bytes(document, ends)
    broken = ~last & ((end >= len(raws.data)) | (raws.data[np.minimum(end, len(raws.data) - 1)] != _NEWLINE))
    end += ~last & ~broken
    # The lines and what stands between them, in turn.
    edges = np.stack([first, end], axis=1).ravel().astype(np.int32)
    cut = pa.StringArray.from_buffers(max(len(edges) - 1, 0), pa.py_buffer(edges), pa.py_buffer(raws.data))
    lines = cut.take(pa.array(np.arange(0, len(edges), 2)))
    at, data = string_buffers(lines)
    texts = pa.StringArray.from_buffers(len(bounds) - 1, pa.py_buffer(at[bounds].astype(np.int32)), pa.py_buffer(data))
    sound = np.ones(len(bounds) - 1, dtype=bool)
    sound[document[broken]] = False
    return texts, sound


def _text_starts(length: Ints, inside: Mask, bounds: Ints) -> Ints:
    """Where each kept line begins in its document's text."""
    size = np.where(inside, length + 1, 0)
    at: Ints = np.cumsum(size) - size
    first = np.append(at, 0)[np.minimum(bounds[:-1], len(at))]
    found: Ints = at - np.repeat(first, np.diff(bounds))
    return found


def _piece_columns(changed: dict[int, list[_Chunk]], starts: Ints, ends: Ints, at: Ints) -> tuple[Ints, Ints]:
    """The line of each piece, and the pieces: one a line that stays as it is, several where `changed` says so."""
    same = np.ones(len(starts), dtype=bool)
    same[list(changed)] = False
    rows = np.flatnonzero(same)
    pieces = np.stack([starts, ends, at, at + ends - starts, np.zeros_like(at)])[:, same]
    if not changed:
        return rows, pieces
    made = [(n, *p) for n, chunks in changed.items() for p in _pieces(chunks, int(starts[n]), int(at[n]))]
    extra = np.array(made, dtype=np.int64).reshape(-1, 6).T
    rows = np.concatenate([rows, extra[0]])
    order = np.argsort(rows, kind="stable")
    return rows[order], np.concatenate([pieces, extra[1:]], axis=1)[:, order]


def plain_texts(raws: Texts) -> Mask:
    """Which texts are published as they stand: no white space but space and newline, all visible and in NFC.

    Nothing but speed hangs on it: false may be said of a text that would stay as it is.
    """
    data = raws.data
    control = np.flatnonzero((data < 0x20) & (data != _NEWLINE) | (data == 0x7F))
    lead = np.flatnonzero(data >= 0xC0)
    odd = np.concatenate([control, lead[~_plain_points()[_points(data, lead)]]])
    found = np.ones(len(raws.lengths), dtype=bool)
    found[np.searchsorted(raws.offsets, odd, side="right") - 1] = False
    return found


def _points(data: npt.NDArray[np.uint8], lead: Ints) -> Ints:
    """The code point that begins at each of these bytes of UTF-8, of two bytes or three; 0 where it has four."""
    first, second, third = (data[np.minimum(lead + step, len(data) - 1)].astype(np.int64) for step in range(3))
    second, third = second & 0x3F, third & 0x3F
    two, three = (first & 0x1F) << 6 | second, (first & 0x0F) << 12 | second << 6 | third
    return np.where(first < 0xE0, two, np.where(first < 0xF0, three, 0))


@cache
def _plain_points() -> Mask:
    """Of each code point below U+10000 whether it is NFC beside any other such (NFC_Quick_Check=Yes, ccc=0), and visible."""
    found = np.zeros(1 << 16, dtype=bool)
    found[0x20:0x3400] = [_is_plain(chr(point)) for point in range(0x20, 0x3400)]
    # The second half of a canonical pair may compose with what stands before it; so may Hangul jamo.
    split = [unicodedata.decomposition(chr(point)).split() for point in range(0xC0, 0x3400)]
    found[[int(parts[1], 16) for parts in split if len(parts) == 2 and parts[0][0] != "<"]] = False
    found[0x1100:0x1200] = False
    # Han and Hangul syllables are taken as blocks.
    for first, last in ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xAC00, 0xD7A3)):
        found[first : last + 1] = True
    return found


def _is_plain(char: str) -> bool:
    if char == " ":
        return True
    return not (
        char.isspace()
        or HIDDEN.match(char)
        or unicodedata.combining(char)
        or unicodedata.normalize("NFC", char) != char
    )


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
