"""Maps offsets between raw and text through a document's alignment, many at once. Nothing is cut or guessed here."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sinorus_corpus.records import Piece, Span

Offsets = npt.NDArray[np.int64]


class Alignment:
    """The pieces of one document as columns.

    Args:
        pieces: in order, as `clean_document` makes them.
    """

    def __init__(self, pieces: Sequence[Piece]) -> None:
        columns = np.array([tuple(p) for p in pieces], dtype=np.int64).reshape(-1, 5).T
        self._raw, self._text = columns[0:2], columns[2:4]
        self._replaced = columns[4].astype(bool)

    def to_text(self, spans: Sequence[Span]) -> list[Span | None]:
        """Text spans of raw spans; `None` where a span begins or ends outside the text or cuts a replacement."""
        return self._map(spans, self._raw, self._text)

    def to_raw(self, spans: Sequence[Span]) -> list[Span | None]:
        """Raw spans of text spans; `None` where a span begins or ends at a joining newline or cuts a replacement."""
        return self._map(spans, self._text, self._raw)

    def _map(self, spans: Sequence[Span], source: Offsets, target: Offsets) -> list[Span | None]:
        if not spans or not source.size:
            return [None] * len(spans)
        starts, ends = np.array(spans, dtype=np.int64).T
        first, first_ok = self._edge(starts, source, target, first=True)
        last, last_ok = self._edge(ends, source, target, first=False)
        ok = first_ok & last_ok & (starts < ends) & (first < last)
        return [Span(int(a), int(b)) if good else None for a, b, good in zip(first, last, ok, strict=True)]

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
