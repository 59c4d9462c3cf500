"""Labels of a batch against its texts: checked, projected, and made into mentions. What fails is named. No file is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sinorus_corpus.annotation.quotes import quotes_hold
from sinorus_corpus.characters import shorten
from sinorus_corpus.cleaning.alignment import Alignment
from sinorus_corpus.records import Issue
from sinorus_corpus.schema import LabelSet, nearest
from sinorus_corpus.strings import Texts, string_buffers

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


class Mentions(NamedTuple):
    """Mentions of a batch as columns, by document and start.

    Attributes:
        document: the number of each one's document in the batch.
        raw_start, raw_end: code points of raw, half-open.
        start, end: code points of the text, half-open.
        text: its words there.
        label, id: strings.
        suggested: whether the baseline proposed it and nobody has read it.
    """

    document: Ints
    raw_start: Ints
    raw_end: Ints
    start: Ints
    end: Ints
    text: pa.StringArray
    label: pa.StringArray
    id: pa.StringArray
    suggested: Mask


class _Labels:
    """Labels that are checked, one rule after the other; each rule sees what the ones before it let through."""

    def __init__(self, table: pa.Table, document: Ints, files: Sequence[str]) -> None:
        self.table, self.document, self.files = table, document, files
        self.start, self.end = (table[name].to_numpy() for name in ("start", "end"))
        self.issues: list[Issue] = []

    def refuse(self, wrong: Mask, code: str, found: Callable[[int], str], expected: Callable[[int], str]) -> None:
        """Takes out the labels where `wrong` holds, and says why."""
        if not wrong.any():
            return
        for i in np.flatnonzero(wrong).tolist():
            path, line = self.files[self.table["file"][i].as_py()], self.table["line"][i].as_py()
            shown = f"[{self.start[i]}, {self.end[i]}){found(i)}"
            self.issues.append(Issue(code, path, line, shown, expected(i)))
        keep = ~wrong
        self.table = self.table.filter(pa.array(keep)).combine_chunks()
        self.document, self.start, self.end = self.document[keep], self.start[keep], self.end[keep]

    def value(self, name: str, i: int) -> str:
        return self.table[name][i].as_py() or ""

    def column(self, name: str) -> pa.Array:
        return self.table[name].combine_chunks()


def join_labels(
    table: pa.Table,
    document: Ints,
    files: Sequence[str],
    raws: Texts,
    texts: Texts,
    alignment: Alignment,
    known: LabelSet,
) -> tuple[Mentions, list[Issue]]:
    """Checks labels against the raw texts and projects them to the published ones.

    Args:
        table: `labels.ROUTED` columns, by document, start, the longer first, and label.
        document: the number of each label's document in the batch.
        files: names of the files of labels.
        known: the labels that there are.
    """
    labels = _Labels(table, document, files)
    _check_names(labels, known)
    length = raws.lengths
    outside = (labels.start < 0) | (labels.start >= labels.end) | (labels.end > length[labels.document])
    labels.refuse(outside, "bad-offset", lambda i: "", lambda i: f"0 <= start < end <= {length[labels.document[i]]}")
    _check_quotes(labels, raws)
    _check_one_another(labels)
    start, end, inside, copied = alignment.project(labels.document, labels.start, labels.end)
    labels.refuse(~inside, "label-outside-text", lambda i: "", lambda i: "a span of lines that are kept")
    if not inside.all():
        start, end, copied = start[inside], end[inside], copied[inside]
    words = _words(labels, texts, start, end, copied)
    across = _holds_newline(words)
    labels.refuse(across, "label-across-lines", lambda i: "", lambda i: "a span inside one line")
    if across.any():
        start, end, words = start[~across], end[~across], words.filter(pa.array(~across))
    suggested = np.zeros(len(start), dtype=bool)
    columns = (labels.start, labels.end, start, end, words, labels.column("label"), _ids(labels), suggested)
    return Mentions(labels.document, *columns), labels.issues


def _check_names(labels: _Labels, known: LabelSet) -> None:
    names = labels.column("label")
    unknown = pc.invert(pc.is_in(names, pa.array(known.names))).to_numpy(zero_copy_only=False)
    labels.refuse(
        unknown,
        "unknown-label",
        lambda i: f" {shorten(labels.value('label', i))}",
        lambda i: nearest(labels.value("label", i), known.active) or ", ".join(known.active),
    )
    retired = pa.array([name for name in known.names if name not in known.active], pa.string())
    old = pc.is_in(labels.column("label"), retired).to_numpy(zero_copy_only=False)
    labels.refuse(
        old,
        "retired-label",
        lambda i: f" {labels.value('label', i)}",
        lambda i: known.current(labels.value("label", i)),
    )


def _check_quotes(labels: _Labels, raws: Texts) -> None:
    """The quote where there is one, else the digest where there is one."""
    names = (labels.column(name) for name in ("quote", "digest"))
    wrong = ~quotes_hold(raws, labels.document, labels.start, labels.end, *names)
    some = np.flatnonzero(wrong)
    there = raws.slices(labels.document[some], labels.start[some], labels.end[some]).to_pylist()
    shown = dict(zip(some.tolist(), there, strict=True))
    labels.refuse(
        wrong,
        "quote-mismatch",
        lambda i: f": raw has {shorten(shown[i])}",
        lambda i: shorten(labels.value("quote", i) or labels.value("digest", i)),
    )


def _words(labels: _Labels, texts: Texts, start: Ints, end: Ints, copied: Mask) -> pa.StringArray:
    """The words of each label in the text: where these were copied, its quote, which was found to hold."""
    quotes = labels.column("quote")
    cut = ~copied | quotes.is_null().to_numpy(zero_copy_only=False)
    if not cut.any():
        return quotes
    words = texts.slices(labels.document[cut], start[cut], end[cut])
    return pc.replace_with_mask(quotes, pa.array(cut), words)


def _check_one_another(labels: _Labels) -> None:
    """The same span and label twice; spans that cross one before them."""
    same = np.zeros(len(labels.document), dtype=bool)
    alike = [column[1:] == column[:-1] for column in (labels.document, labels.start, labels.end)]
    names = labels.column("label").dictionary_encode().indices.to_numpy()
    same[1:] = alike[0] & alike[1] & alike[2] & (names[1:] == names[:-1])
    labels.refuse(
        same, "duplicate-span", lambda i: f" {labels.value('label', i)}", lambda i: "each span and label once"
    )
    crossing = _crossing(labels.document, labels.start, labels.end)
    labels.refuse(crossing, "crossing-entities", lambda i: "", lambda i: "spans that are nested or apart")


def _crossing(document: Ints, start: Ints, end: Ints) -> Mask:
    """Spans that begin inside an earlier span and end beyond it; sorted by document, start, and the longer first."""
    crossing = np.zeros(len(start), dtype=bool)
    if len(start) < 2:
        return crossing
    reach = np.maximum.accumulate((document << 32) + end)
    free = np.concatenate([[True], (document[1:] << 32) + start[1:] >= reach[:-1]])
    heads = np.append(np.flatnonzero(free), len(start))
    many = np.flatnonzero(np.diff(heads) > 1)
    for first, last in zip(heads[many].tolist(), heads[many + 1].tolist(), strict=True):
        open_ends: list[int] = []
        for i, begin, finish in zip(
            range(first, last), start[first:last].tolist(), end[first:last].tolist(), strict=True
        ):
            while open_ends and open_ends[-1] <= begin:
                open_ends.pop()
            if open_ends and finish > open_ends[-1]:
                crossing[i] = True
            else:
                open_ends.append(finish)
    return crossing


def _holds_newline(words: pa.StringArray) -> Mask:
    offsets, data = string_buffers(words)
    found = np.zeros(len(words), dtype=bool)
    breaks = np.flatnonzero(data == 0x0A)
    found[np.searchsorted(offsets, breaks, side="right") - 1] = True
    return found


def _ids(labels: _Labels) -> pa.Array:
    """Each label's own id, or e1, e2, … in its document where it has none."""
    own = labels.column("id")
    return (
        numbered("e", labels.document)
        if own.null_count == len(own)
        else pc.coalesce(own, numbered("e", labels.document))
    )


def numbered(prefix: str, document: Ints) -> pa.Array:
    """Ids that count from 1 in each document: a prefix and a number; documents rise."""
    change = np.flatnonzero(np.diff(document, prepend=-1))
    number = np.arange(len(document)) - np.repeat(change, np.diff(np.append(change, len(document))))
    most = int(number.max()) + 1 if len(number) else 0
    return pa.array([f"{prefix}{i + 1}" for i in range(most)], pa.string()).take(pa.array(number))
