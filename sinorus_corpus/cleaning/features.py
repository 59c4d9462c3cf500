"""Features of lines, for many texts at once: counts by kind of character, hashed words, place and repeats in the page.

Everything is a column operation on the code points of a batch; no line is looked at alone, and no label is known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sinorus_corpus.cleaning.characters import CODE, KINDS, fold_table, kind_table

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Features = npt.NDArray[np.float32]

# An odd multiplier of a polynomial hash modulo 2**64 (Carter and Wegman 1979 for the family; the constants are arbitrary).
_BASE = np.uint64(0x9E3779B97F4A7C15)
_INVERSE = np.uint64(pow(int(_BASE), -1, 2**64))
_MIX = np.uint64(0xFF51AFD7ED558CCD)

_WORD = np.isin(np.arange(len(KINDS)), [CODE[k] for k in ("lower", "upper", "letter", "unspaced", "digit", "mark")])
_BLANK = np.isin(np.arange(len(KINDS)), [CODE["newline"], CODE["space"]])


class Lines(NamedTuple):
    """The lines of a batch that are not blank.

    Attributes:
        page: which text each line is in.
        start, end: code points in its text, outer white space left out.
        dense: one row a feature, see `DENSE`; one column a line.
        words: hash of each hashed word of all lines, in order.
        offsets: where the words of each line begin in `words`; one more than there are lines.
        line_hash: hash of the line in lower case with digits masked.
    """

    page: Ints
    start: Ints
    end: Ints
    dense: Features
    words: Hashes
    offsets: Ints
    line_hash: Hashes


_COUNTED = KINDS[1:]
_EDGES = ["upper", "lower", "digit", "stop", "question", "colon", "quote", "bullet", "arrow", "open", "close", "other"]
DENSE = [
    "log_chars", "log_words", "word_length", "upper_words", "stops", "commas",
    *(f"share_{kind}" for kind in _COUNTED),
    *(f"first_{kind}" for kind in _EDGES), *(f"last_{kind}" for kind in _EDGES),
    "from_top", "from_end", "relative", "log_lines", "log_page_chars", "share_of_page", "repeated", "repeat",
    "pairs_before", "pairs_after", "one_word",
]  # fmt: skip


def line_features(texts: Sequence[str]) -> Lines:
    """The lines of `texts` with their features.

    Args:
        texts: raw texts; a lone surrogate cannot stand in them.
    """
    joined = "\n".join(texts)
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32)
    kinds = kind_table()[codes]
    begin, end = _bounds(kinds)
    lengths = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(texts))
    page_start = np.concatenate(([0], np.cumsum(lengths)[:-1])) if len(texts) else np.zeros(0, np.int64)
    page = np.searchsorted(page_start, begin, side="right") - 1
    hashes = _Hasher(codes)
    line_hash = hashes.of(begin, end)
    words, offsets, word_start, word_length = _words(kinds, hashes, begin, end)
    shape = _shape(kinds, begin, end, offsets, word_start, word_length)
    tokens, token_offsets, pairs, pair_line = _tokens(words, offsets, line_hash)
    echo = _echo(pairs, pair_line, page, len(begin))
    place = _place(page, begin, end, line_hash, len(texts))
    dense = np.vstack([*shape, *place, *echo, np.diff(offsets) == 1], dtype=np.float32, casting="same_kind")
    return Lines(page, begin - page_start[page], end - page_start[page], dense, tokens, token_offsets, line_hash)


def _bounds(kinds: npt.NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Where each line that is not blank begins and ends, white space left out."""
    solid = np.flatnonzero(~_BLANK[kinds])
    breaks = np.flatnonzero(kinds == CODE["newline"])
    # How many solid characters stand before each line's end: a line that adds none is blank.
    before = np.concatenate(([0], np.searchsorted(solid, breaks), [len(solid)]))
    some = np.flatnonzero(before[1:] > before[:-1])
    return solid[before[some]], solid[before[some + 1] - 1] + 1


# What the batches of a stream need is kept.
_KEPT_POWERS = 1 << 20


def _powers(size: int) -> tuple[Hashes, Hashes]:
    """The first powers of the base and of its inverse, `size` or more."""
    return _kept_powers() if size <= _KEPT_POWERS else _make_powers(size)


@cache
def _kept_powers() -> tuple[Hashes, Hashes]:
    return _make_powers(_KEPT_POWERS)


def _make_powers(size: int) -> tuple[Hashes, Hashes]:
    powers, inverse = (np.multiply.accumulate(np.full(size, base, dtype=np.uint64)) for base in (_BASE, _INVERSE))
    return powers, inverse


class _Hasher:
    """Hashes any slice of a batch's code points in constant time, by prefix sums of a polynomial modulo 2**64."""

    def __init__(self, codes: npt.NDArray[np.uint32]) -> None:
        powers, self._inverse = _powers(len(codes) + 1)
        self._prefix = np.zeros(len(codes) + 1, dtype=np.uint64)
        folded = np.multiply(fold_table().take(codes), powers[: len(codes)], dtype=np.uint64)
        np.cumsum(folded, out=self._prefix[1:])

    def of(self, start: Ints, end: Ints) -> Hashes:
        """The hash of each slice `[start, end)`."""
        return _mix((self._prefix[end] - self._prefix[start]) * self._inverse[start])


def _mix(hashes: Hashes) -> Hashes:
    mixed: Hashes = (hashes ^ (hashes >> np.uint64(33))) * _MIX
    final: Hashes = mixed ^ (mixed >> np.uint64(29))
    return final


def _words(kinds: npt.NDArray[np.uint8], hashes: _Hasher, begin: Ints, end: Ints) -> tuple[Hashes, Ints, Ints, Ints]:
    """Hash, first word of each line, start and length of every word."""
    inside = _WORD[kinds]
    alone = kinds == CODE["unspaced"]
    before = np.concatenate(([False], inside[:-1] & ~alone[:-1]))
    after = np.concatenate((inside[1:] & ~alone[1:], [False]))
    start = np.flatnonzero(inside & (~before | alone))
    stop = np.flatnonzero(inside & (~after | alone)) + 1
    offsets = np.concatenate((np.searchsorted(start, begin), [len(start)]))
    return hashes.of(start, stop), offsets, start, stop - start


def _shape(
    kinds: npt.NDArray[np.uint8], begin: Ints, end: Ints, offsets: Ints, word_start: Ints, word_length: Ints
) -> list[Floats]:
    """Counts and shares by kind of character, first and last character, words."""
    size, width = len(begin), len(KINDS)
    # The number of each character's line; what stands between lines is counted to one line more, which is dropped.
    edges = np.concatenate(([0], np.column_stack([begin, end]).ravel(), [len(kinds)]))
    owner = np.full(2 * size + 1, size * width)
    owner[1::2] = np.arange(size) * width
    keys = np.repeat(owner, np.diff(edges)) + kinds
    counts = np.bincount(keys, minlength=(size + 1) * width)[: size * width].reshape(size, width).T.astype(np.float64)
    chars = np.maximum(end - begin, 1).astype(np.float64)
    words = np.diff(offsets).astype(np.float64)
    word_line = np.repeat(np.arange(size), np.diff(offsets))
    upper = np.bincount(word_line[kinds[word_start] == CODE["upper"]], minlength=size)
    letters = np.bincount(word_line, weights=word_length, minlength=size)
    some = np.maximum(words, 1)
    stops = counts[CODE["stop"]]
    shape = [np.log1p(chars), np.log1p(words), letters / some / 5, upper / some, np.log1p(stops)]
    shape += [np.log1p(counts[CODE["comma"]])]
    shape += list(counts[1:] / chars)
    for edge in (kinds[begin], kinds[end - 1]) if size else (kinds[:0], kinds[:0]):
        shape += [(edge == CODE[kind]).astype(np.float64) for kind in _EDGES]
    return shape


def _place(page: Ints, begin: Ints, end: Ints, line_hash: Hashes, pages: int) -> list[Floats]:
    """Where in the page a line stands, how large the page is, and whether the line stands there more than once."""
    lines = np.bincount(page, minlength=pages)
    first = np.cumsum(lines) - lines
    number = np.arange(len(page)) - first[page]
    total = lines[page].astype(np.float64)
    chars = np.bincount(page, weights=end - begin, minlength=pages)[page]
    key = _mix(line_hash ^ (page.astype(np.uint64) * _BASE))
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    same = np.concatenate(([False], ordered[1:] == ordered[:-1]))
    repeat = np.zeros(len(page))
    repeat[order] = same
    repeated = np.zeros(len(page))
    repeated[order] = same | np.concatenate((same[1:], [False]))
    return [
        np.log1p(number), np.log1p(total - 1 - number), number / np.maximum(total - 1, 1), np.log1p(total),
        np.log1p(chars), (end - begin) / np.maximum(chars, 1), repeated, repeat,
    ]  # fmt: skip


_SALTS = {
    name: np.uint64(0xA24BAED4963EE407 * (i + 1) % 2**64) for i, name in enumerate(("pair", "first", "last", "line"))
}


def _tokens(words: Hashes, offsets: Ints, line_hash: Hashes) -> tuple[Hashes, Ints, Hashes, Ints]:
    """What is hashed of a line: its words, pairs of neighbours, first and last word, and the line as a whole."""
    count = np.diff(offsets)
    pairs = np.maximum(count - 1, 0)
    size = count + pairs + 3
    starts = np.concatenate(([0], np.cumsum(size)))
    tokens = np.zeros(starts[-1], dtype=np.uint64)
    line = np.repeat(np.arange(len(count)), count)
    within = np.arange(len(words)) - offsets[:-1][line]
    tokens[starts[:-1][line] + within] = words
    has_next = within < count[line] - 1
    at = np.flatnonzero(has_next)
    pair = _mix(words[at] * _BASE + words[at + 1] + _SALTS["pair"]) if at.size else words[:0]
    tokens[starts[:-1][line[at]] + count[line[at]] + within[at]] = pair
    full = np.flatnonzero(count)
    place = starts[1:]
    tokens[place[full] - 3] = _mix(words[offsets[:-1][full]] + _SALTS["first"])
    tokens[place[full] - 2] = _mix(words[offsets[1:][full] - 1] + _SALTS["last"])
    tokens[place - 1] = _mix(line_hash + _SALTS["line"])
    return tokens, starts, pair, line[at]


def _echo(pairs: Hashes, line: Ints, page: Ints, size: int) -> list[Floats]:
    """Which share of a line's word pairs also stands in an earlier, and in a later, line of its page."""
    key = _mix(pairs ^ (page[line].astype(np.uint64) * _BASE))
    order = np.argsort(key)
    ordered, lines = key[order], line[order]
    change = np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(key)]
    start, group = np.flatnonzero(change), np.cumsum(change) - 1
    first, last = (some.reduceat(lines, start)[group] if len(key) else lines for some in (np.minimum, np.maximum))
    total = np.maximum(np.bincount(line, minlength=size), 1)
    return [np.bincount(lines[seen], minlength=size) / total for seen in (first < lines, last > lines)]
