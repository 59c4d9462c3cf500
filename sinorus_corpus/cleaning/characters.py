"""What kind each code point is, for features of lines. Built once from the Unicode database; no line is seen here."""

from __future__ import annotations

import sys
import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

from sinorus_corpus.characters import UNSPACED

KINDS = [
    "newline", "space", "lower", "upper", "letter", "unspaced", "digit", "mark",
    "stop", "comma", "colon", "question", "quote", "open", "close", "dash", "slash", "bar", "arrow", "bullet",
    "at", "copyright", "money", "percent", "hash", "equals", "angle", "symbol", "other",
]  # fmt: skip
CODE = {kind: code for code, kind in enumerate(KINDS)}

_SINGLE = {
    "stop": ".。…।", "comma": ",;，、；", "colon": ":：", "question": "?!？！", "quote": "\"'“”‘’«»„‹›「」",
    "open": "([{（【", "close": ")]}）】", "dash": "-–—‐", "slash": "/\\", "bar": "|¦", "arrow": "→←↑↓▶▸►›»❯",
    "bullet": "•·*●▪◦‣", "at": "@", "copyright": "©®™", "percent": "%‰", "hash": "#&", "equals": "=_+~^", "angle": "<>",
}  # fmt: skip
_CATEGORIES = {"Ll": "lower", "Lu": "upper", "Lt": "upper", "Nd": "digit", "Sc": "money"}
_MAJOR = {"L": "letter", "M": "mark", "N": "digit", "S": "symbol"}


def _kind(char: str) -> str:
    if char.isspace():
        return "space"
    if UNSPACED.match(char):
        return "unspaced"
    category = unicodedata.category(char)
    return _CATEGORIES.get(category) or _MAJOR.get(category[0], "other")


# Looked up one by one: everything below CJK, and the compatibility forms. The rest goes by block.
_LISTED = [*range(0x3100), *range(0xF900, 0x10000)]


@cache
def kind_table() -> npt.NDArray[np.uint8]:
    """The kind of every code point, as an index into `KINDS`."""
    table = np.full(sys.maxunicode + 1, CODE["other"], dtype=np.uint8)
    table[0x3100:0xA000] = CODE["unspaced"]
    table[0xA000:0xD800] = CODE["letter"]  # Yi to Hangul
    table[0x10000:0x1F000] = CODE["letter"]
    table[0x1F000:0x20000] = CODE["symbol"]
    table[0x20000:0x40000] = CODE["unspaced"]
    table[_LISTED] = [CODE[_kind(chr(point))] for point in _LISTED]
    for kind, chars in _SINGLE.items():
        table[[ord(char) for char in chars]] = CODE[kind]
    table[ord("\n")] = CODE["newline"]
    return table


@cache
def fold_table() -> npt.NDArray[np.uint32]:
    """Each code point in lower case, digits as `0`; those without a single lower-case code point stay."""
    table = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    table[_LISTED] = [ord(lower) if len(lower := chr(point).lower()) == 1 else point for point in _LISTED]
    table[kind_table() == CODE["digit"]] = ord("0")
    return table
