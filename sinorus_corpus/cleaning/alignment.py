"""Maps offsets between raw and text through a document's alignment, many at once. Nothing is cut or guessed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sinorus_corpus.records import Piece, Span

Offsets = npt.NDArray[np.int64]
_BITS = 32


class Projected(NamedTuple):
    """Where spans of one side lie on the other.

    Attributes:
        start, end: code points there, half-open.
        inside: where these hold: elsewhere the span is outside the text or cuts a replacement.
        copied: where the span lies in one piece that stays as it is, so that it has the same words on both sides.
    """

    start: Offsets
    end: Offsets
    inside: npt.NDArray[np.bool_]
    copied: npt.NDArray[np.bool_]


class Alignment:
    """The pieces of one document, or of a batch of documents, as columns.

    Args:
        pieces: of one document, in order, as `clean_document` makes them.
    """

    def __init__(self, pieces: Sequence[Piece] = ()) -> None:
        columns = np.array([tuple(p) for p in pieces], dtype=np.int64).reshape(-1, 5).T
        self._set(columns, np.zeros(columns.shape[1], dtype=np.int64))

    @classmethod
    def of_documents(cls, offsets: Offsets, pieces: Offsets) -> Alignment:
        """The pieces of a batch.

        Args:
            offsets: where the pieces of each document begin; one more than there are documents.
            pieces: rows as the fields of `Piece`, one column a piece.
        """
        made = cls()
        made._set(pieces, np.repeat(np.arange(len(offsets) - 1), np.diff(offsets)))
        return made

    def _set(self, pieces: Offsets, document: Offsets) -> None:
        # The document stands above an offset's bits, so that one sorted column holds the edges of all documents.
        keyed = pieces[:4] + (document << _BITS)
        self._raw, self._text = keyed[0:2], keyed[2:4]
        self._replaced = pieces[4].astype(bool)
        self._any_replaced = bool(self._replaced.any())

    def to_text(self, spans: Sequence[Span]) -> list[Span | None]:
        """Text spans of raw spans; `None` where a span begins or ends outside the text or cuts a replacement."""
        return self._map(spans, self._raw, self._text)

    def to_raw(self, spans: Sequence[Span]) -> list[Span | None]:
        """Raw spans of text spans; `None` where a span begins or ends at a joining newline or cuts a replacement."""
        return self._map(spans, self._text, self._raw)

    def project(self, document: Offsets, start: Offsets, end: Offsets) -> Projected:
        """Text spans of raw spans of many documents, as columns.

        Args:
            document: the number of each span's document in the batch, from 0.
            start, end: code points of raw, half-open, at least 0.
        """
        return self._columns(document << _BITS, start, end, self._raw, self._text)

    def _map(self, spans: Sequence[Span], source: Offsets, target: Offsets) -> list[Span | None]:
        if not spans:
            return []
        starts, ends = np.array(spans, dtype=np.int64).T
        first, last, ok, _ = self._columns(np.zeros(len(starts), dtype=np.int64), starts, ends, source, target)
        return [Span(int(a), int(b)) if good else None for a, b, good in zip(first, last, ok, strict=True)]

    def _columns(self, base: Offsets, starts: Offsets, ends: Offsets, source: Offsets, target: Offsets) -> Projected:
        if not source.size:
            nowhere = np.zeros(len(starts), dtype=bool)
            return Projected(starts, ends, nowhere, nowhere)
        # Nearly every span lies inside one piece that stays as it is: one search places both its edges.
        index = np.searchsorted(source[0], base + starts, side="right") - 1
        copied = (index >= 0) & (base + ends <= source[1][index]) & (starts < ends)
        if self._any_replaced:
            copied &= ~self._replaced[index]
        shift = (target[0] - source[0])[index]
        first, last = starts + shift, ends + shift
        inside, rest = copied, np.flatnonzero(~copied)
        if len(rest):
            inside = copied.copy()
            first[rest], last[rest], inside[rest] = self._across(base[rest], starts[rest], ends[rest], source, target)
        return Projected(first, last, inside, copied)

    def _across(
        self, base: Offsets, starts: Offsets, ends: Offsets, source: Offsets, target: Offsets
    ) -> tuple[Offsets, Offsets, npt.NDArray[np.bool_]]:
        """The same for spans that reach over several pieces, or over a replacement, or outside."""
        first, first_ok = self._edge(base + starts, source, target, first=True)
        last, last_ok = self._edge(base + ends, source, target, first=False)
        return first - base, last - base, first_ok & last_ok & (starts < ends) & (first < last)

    def _edge(
        self, at: Offsets, source: Offsets, target: Offsets, *, first: bool
    ) -> tuple[Offsets, npt.NDArray[np.bool_]]:
        """Maps span starts (`first`) or ends; the character at a start, or before an end, decides the piece."""
        edge, side = (source[0], "right") if first else (source[1], "left")
        index = np.searchsorted(edge, at, side=side) - (1 if first else 0)  # type: ignore[call-overload]  # side is a str
        index = np.clip(index, 0, len(self._replaced) - 1)
        begin, end, replaced = source[0][index], source[1][index], self._replaced[index]
        inside = (begin <= at) & (at < end) if first else (begin < at) & (at <= end)
        whole = at == (begin if first else end)
        shifted = at - begin + target[0][index]
        whole_target = target[0][index] if first else target[1][index]
        return np.where(replaced, whole_target, shifted), inside & (whole | ~replaced)
