"""Which texts are alike: MinHash over word shingles. The one definition for intake, splits, leaks and bulk.

Texts are sketched (Broder 1997), the sketches cut into bands, and those compared that share a band (Leskovec, Rajaraman and
Ullman 2014, section 3.4): of pairs whose similarity is 0.7, 99.98 % share one of 32 bands of 4.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

SHINGLE = 5
# A run of so many words in two texts is a quotation, not chance: the length that GPT-3 was decontaminated with (Brown 2020).
RUN = 13
PERMUTATIONS = 128
SEED = 20260101
THRESHOLD = 0.7
BANDS = 32

Hashes = npt.NDArray[np.uint64]
Sketches = npt.NDArray[np.uint32]
Ints = npt.NDArray[np.int64]

# An odd multiplier of polynomial hashes modulo 2**64; any would do.
_BASE = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
# Texts are sketched together up to so many code points.
_CHUNK = 300_000
_WORD = re.compile(r"\w+")


class Alike(NamedTuple):
    """Two texts by their place in the input, and the estimated Jaccard similarity of their shingle sets (0 to 1)."""

    first: int
    second: int
    similarity: float


def shingles(text: str, length: int = SHINGLE) -> list[str]:
    """The distinct runs of `length` case-folded words of `text`; a shorter text is one shingle."""
    words = _WORD.findall(text.casefold())
    runs = {" ".join(words[i : i + length]) for i in range(max(1, len(words) - length + 1))}
    return sorted(runs)


class SharedRun(NamedTuple):
    """Two texts by their place in the input, and a run of `RUN` words that stands in both."""

    first: int
    second: int
    words: str


def shared_runs(texts: Sequence[str]) -> list[SharedRun]:
    """One run of `RUN` words for each pair of texts that share one; texts that are shorter share none."""
    holders: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        for run in shingles(text, RUN):
            if run.count(" ") == RUN - 1:
                holders.setdefault(run, []).append(number)
    pairs = {(a, b): run for run, found in holders.items() for i, a in enumerate(found) for b in found[i + 1 :]}
    return [SharedRun(a, b, run) for (a, b), run in sorted(pairs.items())]


def near_duplicates(texts: Sequence[str], threshold: float = THRESHOLD) -> list[Alike]:
    """Pairs of texts whose estimated similarity (Broder 1997) is at least `threshold`."""
    made = sketch(texts)
    keys = band_keys(made)
    order = np.argsort(keys.ravel(), kind="stable")
    holders = np.split(order // BANDS, np.flatnonzero(np.diff(keys.ravel()[order])) + 1)
    shared = {(a, b) for h in holders if len(h) > 1 for i, a in enumerate(h.tolist()) for b in h[i + 1 :].tolist()}
    pairs = np.array(sorted(shared), dtype=np.int64).reshape(-1, 2)
    similar = similarity(made[pairs[:, 0]], made[pairs[:, 1]])
    found = zip(pairs.tolist(), similar.tolist(), strict=True)
    return sorted((Alike(a, b, s) for (a, b), s in found if s >= threshold), key=lambda p: (p.second, p.first))


def sketch(texts: Sequence[str]) -> Sketches:
    """The MinHash sketch of each text's shingles: `PERMUTATIONS` columns."""
    parts = [_sketch(texts[a:b]) for a, b in _chunks(texts)]
    return np.concatenate(parts) if parts else np.zeros((0, PERMUTATIONS), dtype=np.uint32)


def similarity(first: Sketches, second: Sketches) -> npt.NDArray[np.float64]:
    """The estimated Jaccard similarity of the texts behind two sketches each: the share of equal columns."""
    share: npt.NDArray[np.float64] = (first == second).mean(axis=1) if len(first) else np.zeros(0)
    return share


def band_keys(sketches: Sketches) -> Hashes:
    """One key for each band of each sketch: texts with an equal key in a band are worth comparing."""
    width = PERMUTATIONS // (2 * BANDS)  # told, since it cannot be found where there is no sketch
    wide = np.ascontiguousarray(sketches).view(np.uint64).reshape(len(sketches), BANDS, width)
    keys = np.broadcast_to(np.arange(1, BANDS + 1, dtype=np.uint64), wide.shape[:2])
    for column in range(wide.shape[2]):
        keys = _mix(keys * _BASE + wide[:, :, column])
    return keys


def _chunks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    first = size = 0
    for i, text in enumerate(texts):
        if i > first and size + len(text) > _CHUNK:
            yield first, i
            first, size = i, 0
        size += len(text)
    if len(texts) > first:
        yield first, len(texts)


def _sketch(texts: Sequence[str]) -> Sketches:
    from rensa import RMinHash

    words, offsets = _words(texts)
    hashes, bounds = _shingle_hashes(words, offsets)
    # One thread: what is sketched in parallel is sketched in processes.
    rows = RMinHash.digest_matrix_from_flat_token_hashes(hashes, bounds.astype(np.uint64), PERMUTATIONS, SEED).to_rows()
    flat = np.fromiter(chain.from_iterable(rows), dtype=np.uint32, count=len(texts) * PERMUTATIONS)
    return flat.reshape(-1, PERMUTATIONS)


def _words(texts: Sequence[str]) -> tuple[Hashes, Ints]:
    r"""The hash of each `\w+` of the texts, code points folded one by one, and where the words of each text begin."""
    codes = np.frombuffer("\n".join([*texts, ""]).encode("utf-32-le"), dtype=np.uint32)
    inside, folded = (table[codes] for table in _tables())
    edges = np.flatnonzero(np.diff(inside, prepend=False, append=False))
    start, end = edges[::2], edges[1::2]
    prefix = np.zeros(len(codes) + 1, dtype=np.uint64)
    powers, inverse = _powers(1 << max(20, len(codes).bit_length()))
    np.cumsum(folded * powers[: len(codes)], out=prefix[1:])
    first = np.cumsum([0, *(len(text) + 1 for text in texts)])
    return _mix((prefix[end] - prefix[start]) * inverse[start]), np.searchsorted(start, first)


def _shingle_hashes(words: Hashes, offsets: Ints) -> tuple[Hashes, Ints]:
    """The hash of each run of `SHINGLE` words, one at least a text, and where those of each text begin."""
    count = np.maximum(np.diff(offsets) - SHINGLE + 1, 1)
    bounds = np.concatenate([[0], np.cumsum(count)])
    start = np.arange(bounds[-1]) + np.repeat(offsets[:-1] - bounds[:-1], count)
    end = np.repeat(offsets[1:], count)
    padded = np.append(words, np.zeros(SHINGLE, dtype=np.uint64))
    hashes = np.zeros(len(start), dtype=np.uint64)
    for step in range(SHINGLE):
        hashes = hashes * _BASE + np.where(start + step < end, padded[start + step], np.uint64(0))
    return _mix(hashes), bounds


def _mix(hashes: Hashes) -> Hashes:
    mixed: Hashes = (hashes ^ (hashes >> np.uint64(32))) * _MIX
    final: Hashes = mixed ^ (mixed >> np.uint64(29))
    return final


@cache
def _powers(size: int) -> tuple[Hashes, Hashes]:
    """The powers of the base, and those of its inverse."""
    bases = (_BASE, np.uint64(pow(int(_BASE), -1, 2**64)))
    first, second = (np.multiply.accumulate(np.append(np.uint64(1), np.full(size, base))) for base in bases)
    return first, second


@cache
def _tables() -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.uint32]]:
    r"""Whether each code point is one of `\w`, and what it folds to, where that is one code point."""
    size = sys.maxunicode + 1
    inside, folded = np.zeros(size, dtype=bool), np.arange(size, dtype=np.uint32)
    for plane in range(0, size, 0x10000):
        for run in re.finditer(r"\w+", "".join(map(chr, range(plane, plane + 0x10000)))):
            inside[plane + run.start() : plane + run.end()] = True
    points = range(0x20000)  # no letter above has two cases
    folded[: len(points)] = [ord(low) if len(low := chr(p).casefold()) == 1 else p for p in points]
    return inside, folded
