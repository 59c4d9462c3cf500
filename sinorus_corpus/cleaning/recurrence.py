"""Lines that recur on a site's pages, counted over columns: a key a line and site, and which keys recur. Nothing is scored.

Two lines have one key if they are equal but for the case of ASCII letters, for ASCII digits and outer white space. Keys are
64-bit hashes: among 400 million lines two that differ share one with a chance of one in two hundred. They hold for one
version of polars and are never published.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]

LEAST_PAGES = 5
LEAST_SHARE = 0.2

_FOLDED = bytes(range(256)).lower().translate(bytes.maketrans(b"123456789", b"0" * 9))
_SPACE = "".join(char for char in map(chr, range(sys.maxunicode + 1)) if char.isspace())
_ODD = np.uint64(0x9E3779B97F4A7C15)
# A value of a count holds the site above and the number of pages below these bits.
_COUNT_BITS = np.uint64(24)
_COUNT_MASK = np.uint64(2**24 - 1)


class SiteLines(NamedTuple):
    """What one batch of pages counts.

    Attributes:
        keys: of lines on their site, rising.
        values: for each key, its site's number and on how many pages it stands.
        sites, pages: each site's number, rising, and how many pages of it there are.
    """

    keys: Keys
    values: Keys
    sites: Keys
    pages: Ints


def line_keys(texts: pa.Array, sites: pa.Array) -> tuple[Ints, Keys]:
    """Page and key of every line that is not blank, in order.

    Args:
        texts: strings without nulls, of at most 2 GB together.
        sites: the site of each text, an empty string where it is not known.
    """
    page, lines = _lines(texts)
    found = lines.hash(0).to_numpy() ^ (_site_numbers(sites)[page] * _ODD)
    return page, found


def _lines(texts: pa.Array) -> tuple[Ints, pl.Series]:
    """The lines that are not blank, folded and stripped, each with its page: cut from the bytes of all texts at once."""
    offsets, data = _buffers(texts)
    folded = data.translate(_FOLDED)
    breaks = np.flatnonzero(np.frombuffer(folded, dtype=np.uint8) == 0x0A) + 1
    # A text ends a line, even if no newline stands there.
    edges = np.sort(np.concatenate([offsets, breaks]), kind="stable").astype(np.int32)
    edges = edges[np.diff(edges, prepend=-1) > 0]
    parts = pa.StringArray.from_buffers(len(edges) - 1, pa.py_buffer(edges), pa.py_buffer(folded))
    lines = pl.Series(parts).str.strip_chars(_SPACE)
    solid = np.flatnonzero((lines.str.len_bytes() > 0).to_numpy())
    page = np.searchsorted(offsets, edges[:-1][solid], side="right") - 1
    return page, lines.gather(solid)


def _buffers(texts: pa.Array) -> tuple[Ints, bytes]:
    """Where each text begins in the bytes of all, and these bytes."""
    _, offsets, data = texts.buffers()
    at = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    return at - at[0], data.slice(at[0], at[-1] - at[0]).to_pybytes() if data is not None else b""


def _site_numbers(sites: pa.Array) -> Keys:
    """A number of 40 bits for each site."""
    numbers: Keys = pl.Series(sites).hash(1).to_numpy() >> _COUNT_BITS
    return numbers


def count_lines(texts: pa.Array, sites: pa.Array) -> SiteLines:
    """Counts on how many pages of its site each line stands; pages of an unknown site are not counted."""
    known = pc.greater(pc.binary_length(sites), 0)
    if not pc.all(known).as_py():
        texts, sites = texts.filter(known), sites.filter(known)
    page, keys = line_keys(texts, sites)
    numbers = _site_numbers(sites)
    order = np.argsort(keys, kind="stable")
    keys, page = keys[order], page[order]
    first = np.ones(len(keys), dtype=bool)
    first[1:] = (keys[1:] != keys[:-1]) | (page[1:] != page[:-1])
    keys, page = keys[first], page[first]
    found, at, count = np.unique(keys, return_index=True, return_counts=True)
    values = (numbers[page[at]] << _COUNT_BITS) | count.astype(np.uint64)
    return SiteLines(found, values, *np.unique(numbers, return_counts=True))


def add_counts(keys: Keys, values: Keys) -> tuple[Keys, Keys]:
    """Adds up what several batches counted: keys in any order, each left once."""
    order = np.argsort(keys)
    keys, values = keys[order], values[order]
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else np.zeros(0, dtype=int)
    total = np.add.reduceat(values & _COUNT_MASK, first) if len(first) else values
    return keys[first], (values[first] & ~_COUNT_MASK) | np.minimum(total, _COUNT_MASK)


def recurring_keys(keys: Keys, values: Keys, sites: Keys, pages: Ints) -> Keys:
    """The keys of lines that recur: on a fifth of their site's pages, on two at least, where it has five or more.

    Args:
        keys, values: what `add_counts` gives.
        sites, pages: all sites, rising, with their numbers of pages.
    """
    if not len(sites):
        return keys[:0]
    number = pages[np.searchsorted(sites, values >> _COUNT_BITS)]
    count = (values & _COUNT_MASK).astype(np.int64)
    found: Keys = keys[(number >= LEAST_PAGES) & (count >= np.maximum(2, LEAST_SHARE * number))]
    return found


def count_repeats(pages: Iterable[tuple[str, str]]) -> Keys:
    """The keys of lines that recur on their site's pages, rising.

    Args:
        pages: pairs of site and text; pages of an unknown site are not counted.
    """
    named, texts = [list(column) for column in zip(*pages, strict=True)] or [[], []]
    found = count_lines(pa.array(texts, pa.string()), pa.array(named, pa.string()))
    return recurring_keys(*found)


def recur(texts: Sequence[str], sites: Sequence[str], repeats: Keys) -> npt.NDArray[np.bool_]:
    """Whether each line that is not blank recurs on its site's pages, in order.

    Args:
        repeats: keys that recur, rising; an array on disk will do.
    """
    _, keys = line_keys(pa.array(texts, pa.string()), pa.array(sites, pa.string()))
    at = np.minimum(np.searchsorted(repeats, keys), max(len(repeats) - 1, 0))
    return repeats[at] == keys if len(repeats) else np.zeros(len(keys), dtype=bool)


def pages_of(parts: Iterable[tuple[Keys, Ints]]) -> tuple[Keys, Ints]:
    """Adds up the pages of each site over several batches."""
    gathered = list(parts)
    sites = np.concatenate([s for s, _ in gathered]) if gathered else np.zeros(0, dtype=np.uint64)
    pages = np.concatenate([p for _, p in gathered]) if gathered else np.zeros(0, dtype=np.int64)
    found, at = np.unique(sites, return_inverse=True)
    return found, np.bincount(at, weights=pages, minlength=len(found)).astype(np.int64)
