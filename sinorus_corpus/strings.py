"""Spans over many texts at once: their bytes, their words, whether their quotes hold. No label rule may live here."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


class Texts:
    """Texts as one run of UTF-8, in which any code point of any text is found by binary search.

    Args:
        texts: strings without nulls, of at most 2 GB together.

    Attributes:
        strings: the texts.
        data: the bytes of all.
        offsets: where each text begins there; one more than there are texts.
        lengths: code points of each text.
    """

    def __init__(self, texts: pa.Array) -> None:
        self.strings: pa.StringArray = texts
        self.offsets, self.data = string_buffers(texts)
        # Bytes 0x80 to 0xBF continue a character: as signed numbers they are the least.
        continuing = np.flatnonzero(self.data.view(np.int8) < -64)
        # How many characters begin before each of these bytes.
        self._begun = continuing - np.arange(len(continuing))
        self._first = self.offsets - np.searchsorted(continuing, self.offsets)
        self.lengths: Ints = np.diff(self._first)

    def slices(self, text: Ints, start: Ints, end: Ints) -> pa.StringArray:
        """The words of each span.

        Args:
            text: the number of each span's text.
            start, end: code points of that text, half-open, in range.
        """
        first, last = self.bytes(text, start), self.bytes(text, end)
        offsets, found = gather(self.data, first, last - first)
        return pa.StringArray.from_buffers(len(text), pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(found))

    def agree(self, text: Ints, start: Ints, end: Ints, quotes: pa.Array) -> Mask:
        """Whether each span's words are its quote, byte for byte; spans in range, quotes without nulls."""
        at, quoted = string_buffers(quotes)
        first = self.bytes(text, start)
        size = self.bytes(text, end) - first
        same: Mask = size == np.diff(at)
        if not same.all():
            some = np.flatnonzero(same)
            first, size = first[some], size[some]
            _, quoted = gather(quoted, at[some], size)
        else:
            some = np.arange(len(size))
        offsets, found = gather(self.data, first, size)
        wrong = np.flatnonzero(found != quoted)
        same[some[np.searchsorted(offsets, wrong, side="right") - 1]] = False
        return same

    def bytes(self, text: Ints, at: Ints) -> Ints:
        """Where in the bytes of all texts each code point `at` of a text begins."""
        point = self._first[text] + at
        return point + np.searchsorted(self._begun, point, side="right") if len(self._begun) else point


def string_buffers(texts: pa.Array) -> tuple[Ints, Bytes]:
    """Where each string begins in the bytes of all, one more than there are strings, and these bytes."""
    texts = texts.cast(pa.string())
    if not len(texts):
        return np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.uint8)
    _, offsets, data = texts.buffers()
    at = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    whole = np.frombuffer(data, dtype=np.uint8) if data is not None and data.size else np.zeros(0, dtype=np.uint8)
    return at - at[0], whole[at[0] : at[-1]]


def gather(data: Bytes, first: Ints, size: Ints) -> tuple[Ints, Bytes]:
    """The bytes of each slice, one after the other, and where each begins; one more than there are slices."""
    offsets = np.concatenate([[0], np.cumsum(size)])
    return offsets, data[np.repeat(first - offsets[:-1], size) + np.arange(offsets[-1])]
