"""Whether the words of spans are those that their labels quote, or have their digest. No label rule lives here."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sinorus_corpus.strings import Ints, Mask, Texts


def digest(text: str) -> str:
    """First 16 hex digits of the SHA-256 of `text` in UTF-8."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def quotes_hold(texts: Texts, text: Ints, start: Ints, end: Ints, quotes: pa.Array, digests: pa.Array) -> Mask:
    """Whether each span's words are its quote; where it has none, whether they have its digest, if it has that.

    Args:
        text: the number of each span's text.
        start, end: code points of that text, half-open, in range.
        quotes, digests: strings, null where there is none.
    """
    found = np.ones(len(text), dtype=bool)
    quoted = _where(quotes.is_valid())
    given = quotes if len(quoted) == len(found) else quotes.take(pa.array(quoted))
    found[quoted] = texts.agree(text[quoted], start[quoted], end[quoted], given)
    hashed = _where(pc.and_(quotes.is_null(), digests.is_valid()))
    words = texts.slices(text[hashed], start[hashed], end[hashed]).to_pylist()
    found[hashed] = [
        digest(word) == expected
        for word, expected in zip(words, digests.take(pa.array(hashed)).to_pylist(), strict=True)
    ]
    return found


def _where(mask: pa.BooleanArray) -> npt.NDArray[np.int64]:
    return np.flatnonzero(mask.to_numpy(zero_copy_only=False))
