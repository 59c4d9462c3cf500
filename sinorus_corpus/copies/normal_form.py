"""The form in which two copies of one text are compared: no white space, plain quotation marks and hyphens. No digest lives here.

Browsers, editors and feeds change spaces, quotation marks, dashes and line ends and leave the words alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from sinorus_corpus.characters import HIDDEN
from sinorus_corpus.records import Span

Ints = npt.NDArray[np.int64]

_FOLDED = str.maketrans(
    dict.fromkeys("‘’‚‛`´′＇", "'")
    | dict.fromkeys("“”„‟«»″＂", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | {"\u200c": "", "\u200d": ""}
)


class Normal(NamedTuple):
    """A text in normal form.

    Attributes:
        text: the normal form.
        start, end: for each of its code points, the half-open range of code points of the original that it came from; one
            grapheme cluster may give several code points, which then share the range.
    """

    text: str
    start: Ints
    end: Ints

    def places(self, spans: npt.NDArray[np.int64]) -> Ints:
        """Where spans of the original, an array of shape (n, 2), lie in the normal form, in the same shape."""
        return np.searchsorted(self.start, spans)

    def starts_word(self) -> npt.NDArray[np.bool_]:
        """Whether a word may begin at each code point of the normal form, and after the last one."""
        touching = np.concatenate([[False], self.start[1:] <= self.end[:-1]])
        wordy = np.array([c.isalnum() for c in self.text], dtype=bool)
        inside = touching & wordy & np.concatenate([[False], wordy[:-1]]) if self.text else touching[:0]
        return np.append(~inside, True)

    def whole_words(self, words: str, starts: npt.NDArray[np.bool_]) -> Iterator[Span]:
        """The spans of the original whose normal form is `words` and that cut no word; none if there are no words.

        Args:
            starts: what `starts_word` gives.
        """
        at = self.text.find(words) if words else -1
        while at >= 0:
            if starts[at] and starts[at + len(words)]:
                yield self.original(at, at + len(words))
            at = self.text.find(words, at + 1)

    def original(self, first: int, end: int) -> Span:
        """The span of the original that `[first, end)` of the normal form came from, less outer white space."""
        return Span(int(self.start[first]), int(self.end[end - 1]))


def normal_form(text: str) -> Normal:
    """The normal form of a text: NFKC by grapheme cluster (Unicode Standard Annex 15), then marks folded and spaces dropped."""
    parts, starts, ends = [], [], []
    for match in regex.finditer(r"\X", text):
        made = fold(match.group())
        parts.append(made)
        starts += [match.start()] * len(made)
        ends += [match.end()] * len(made)
    return Normal("".join(parts), np.array(starts, dtype=np.int64), np.array(ends, dtype=np.int64))


def fold(text: str) -> str:
    """The normal form of some words, without their places."""
    made = unicodedata.normalize("NFKC", HIDDEN.sub("", text).translate(_FOLDED)).translate(_FOLDED)
    return "".join(made.split())
