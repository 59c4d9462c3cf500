"""Labels for the tokens of a subword tokenizer, in columns. No tokenizer and no file is read here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from sinorus_corpus.annotation.tokens import Integers, bio_codes, outermost_mask, ranges
from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import read_schema, require, tag_names

IGNORED = -100  # What loss functions pass over: torch.nn.CrossEntropyLoss(ignore_index=-100).
_TEXT = 32  # Offsets of many texts in one column: the number of the text stands above so many bits.


class Unaligned(NamedTuple):
    """One span that the labels do not show as it is.

    Attributes:
        text, number: the number of the text, and of the span in the list of that text.
        start, end: the span, half-open, in code points.
        reason: `other-layer`: it lies in another span (or crosses it) and belongs to another `layer`; no label.
            `no-token`: no token touches it; no label. `taken`: the span before has its first token. `cut`: no window holds
            it whole. `loose`: its tokens reach beyond it.
    """

    text: int
    number: int
    start: int
    end: int
    label: str
    reason: str


class Aligned(NamedTuple):
    """Labels of tokens.

    Attributes:
        labels: integers in the shape of the offsets: an array, or a list of arrays where windows differ in length.
            They index `names`; -100 for tokens of no characters.
        names: `O`, then `B-` and `I-` of each label.
        unaligned: what the labels do not show as it is, by text and number; a span may be here for several reasons.
    """

    labels: Any
    names: list[str]
    unaligned: list[Unaligned]


class _Spans(NamedTuple):
    text: Integers
    number: Integers
    start: Integers
    end: Integers
    label: Integers

    def at(self, chosen: Any) -> _Spans:
        return _Spans(*(column[chosen] for column in self))


class _Tokens(NamedTuple):
    """The tokens that have characters: their window, and their offsets with the window's number above."""

    window: Integers
    start: Integers
    end: Integers


def align_labels(
    tokenizer_offsets: Any,
    spans: Any,
    *,
    names: Sequence[str] | None = None,
    sample_mapping: Sequence[int] | None = None,
    layer: int = 0,
) -> Aligned:
    """IOB2 labels for the tokens of a fast tokenizer, whether the text is one window or several that overlap.

    A token belongs to a span if they share a character. A token has the same label in every window that holds it: where a
    window begins inside a span, its first token is `I-` (but `B-` where it begins inside the span's first character).

    Args:
        tokenizer_offsets: `offset_mapping`: `(tokens, 2)` for one text in one window, else for each window its pairs; code
            points, half-open. Tokens of no characters (`(0, 0)`, as special tokens and padding have) are ignored.
        spans: for one text in one window its spans, else a list of spans for each text. A span is a mapping with `start`,
            `end` and `label`, as in `row["entities"]`, or a tuple of the three. An Arrow column of lists will do too.
        names: the labels, in the order of the integers; the entity types unless given.
        sample_mapping: `overflow_to_sample_mapping`: the number of the text of each window; window `n` is text `n` unless
            given.
        layer: which spans to label where they nest: 0 the outermost, 1 those outermost among the rest, and so on. Where
            two cross, the earlier is the outer one.

    Raises:
        SinorusError: a label is not in `names`, a span is empty, or offsets fall back, as they do where two texts were
            encoded as a pair.
    """
    known = list(names) if names is not None else read_schema().labels["entity"].names
    single = _is_single(tokenizer_offsets)
    windows, placed = ([tokenizer_offsets], [spans]) if single else (tokenizer_offsets, spans)
    texts = np.arange(len(windows)) if sample_mapping is None else np.asarray(sample_mapping, np.int64)
    _check_texts(texts, len(windows), len(placed))
    labels, sizes, reasons = _label(windows, texts, _spans(placed, known), layer)
    return Aligned(_shaped(labels, sizes, single), tag_names(known), _report(reasons, known))


def _label(
    windows: Any, texts: Integers, spans: _Spans, layer: int
) -> tuple[Integers, Integers, list[tuple[_Spans, str]]]:
    """The labels of all tokens in one column, the number of tokens of each window, and the spans not shown by reason."""
    sizes = np.fromiter((len(window) for window in windows), np.int64, len(windows))
    offsets = _flat(windows)
    real = offsets[:, 1] > offsets[:, 0]
    tokens = _tokens(offsets[real], np.repeat(np.arange(len(sizes)), sizes)[real])
    layers = _layers(spans)
    chosen = spans.at(layers == layer)
    labels = np.full(len(offsets), IGNORED, np.int64)
    labels[real], reasons = _tag(tokens, texts, chosen.at(np.lexsort((chosen.start, chosen.text))))
    return labels, sizes, [*reasons, (spans.at(layers != layer), "other-layer")]


def _is_single(offsets: Any) -> bool:
    if isinstance(offsets, np.ndarray):
        return offsets.ndim == 2
    return len(offsets) > 0 and len(offsets[0]) == 2 and isinstance(offsets[0][0], (int, np.integer))


def _flat(windows: Any) -> Integers:
    if isinstance(windows, np.ndarray):
        return windows.reshape(-1, 2).astype(np.int64)
    pairs = chain.from_iterable(windows)  # Twice as fast as an array of each window.
    return np.fromiter(chain.from_iterable(pairs), np.int64).reshape(-1, 2)


def _shaped(labels: Integers, sizes: Integers, single: bool) -> Any:
    if single:
        return labels
    if len(set(sizes.tolist())) == 1:
        return labels.reshape(len(sizes), -1)
    return np.split(labels, np.cumsum(sizes)[:-1]) if len(sizes) else []


def _spans(spans: Any, names: list[str]) -> _Spans:
    texts, fields, labels = _arrow_fields(spans) if _is_arrow(spans) else _listed_fields(spans)
    codes = {name: number for number, name in enumerate(names)}
    for label in {*labels} - {*codes}:
        require(label, names, "label among names:")
    starts, ends = fields
    if len(bad := np.flatnonzero((starts < 0) | (starts >= ends) | (ends >> 31 != 0))):
        n = bad[0]
        raise SinorusError(f"text {texts[n]}: span [{starts[n]}, {ends[n]}); expected 0 <= start < end")
    first = np.searchsorted(texts, texts)
    number = np.arange(len(texts)) - first
    return _Spans(texts, number, starts, ends, np.fromiter((codes[label] for label in labels), np.int64, len(labels)))


def _is_arrow(spans: Any) -> bool:
    return isinstance(spans, (pa.Array, pa.ChunkedArray))


def _arrow_fields(column: Any) -> tuple[Integers, list[Integers], list[str]]:
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    sizes = np.diff(column.offsets.to_numpy())
    flat = column.flatten()
    fields = [flat.field(name).to_numpy(zero_copy_only=False).astype(np.int64) for name in ("start", "end")]
    return np.repeat(np.arange(len(sizes)), sizes), fields, flat.field("label").to_pylist()


def _listed_fields(spans: Any) -> tuple[Integers, list[Integers], list[str]]:
    sizes = np.fromiter((len(found) for found in spans), np.int64, len(spans))
    triples = [
        (span["start"], span["end"], span["label"]) if hasattr(span, "keys") else tuple(span)
        for found in spans
        for span in found
    ]
    fields = np.array([triple[:2] for triple in triples], np.int64).reshape(-1, 2)
    return np.repeat(np.arange(len(sizes)), sizes), [fields[:, 0], fields[:, 1]], [label for *_, label in triples]


def _check_texts(texts: Integers, windows: int, count: int) -> None:
    if len(texts) != windows or (windows and (texts.min() < 0 or texts.max() >= count)):
        raise SinorusError(
            f"{windows} windows of texts {sorted(set(texts.tolist()))[:5]} and spans of {count} texts; expected spans for "
            "each text, and sample_mapping = overflow_to_sample_mapping where texts have several windows"
        )


def _tokens(offsets: Integers, window: Integers) -> _Tokens:
    start, end = (window << _TEXT) + offsets[:, 0], (window << _TEXT) + offsets[:, 1]
    if (np.diff(start) < 0).any() or (np.diff(end) < 0).any():
        raise SinorusError("offsets fall back inside a window; expected one text a window, not a pair of texts")
    return _Tokens(window, start, end)


def _layers(spans: _Spans) -> Integers:
    """The layer of each span: outermost are taken away again and again."""
    layers = np.full(len(spans.text), -1)
    starts, ends = (spans.text << _TEXT) + spans.start, (spans.text << _TEXT) + spans.end
    left, number = np.arange(len(layers)), 0
    while len(left):
        outer = outermost_mask(starts[left], ends[left])
        layers[left[outer]] = number
        left, number = left[~outer], number + 1
    return layers


def _tag(tokens: _Tokens, texts: Integers, spans: _Spans) -> tuple[Integers, list[tuple[_Spans, str]]]:
    """The tag of each token, and which spans these do not show whole, by reason.

    Args:
        spans: of one layer, in order.
    """
    span, window = _in_windows(tokens, texts, spans)
    above = window << _TEXT
    placed = spans.at(span)
    tagged = bio_codes(tokens.start, tokens.end, above + placed.start, above + placed.end, placed.label)
    seen = tagged.first < tagged.last
    span, above, first, last = span[seen], above[seen], tagged.first[seen], tagged.last[seen]
    start, end = spans.start[span], spans.end[span]
    # Only as far as it lies in the span: some tokenizers count the space before a window's first token to that token.
    begins, stops = np.maximum(tokens.start[first] - above, start), np.minimum(tokens.end[last - 1] - above, end)
    least, most = np.full(len(spans.text), 1 << 31), np.zeros(len(spans.text), np.int64)
    np.minimum.at(least, span, begins)
    np.maximum.at(most, span, stops)
    tags = tagged.tags
    tags[first[begins > least[span]]] += 1  # B to I: an earlier window has its beginning
    found = most > 0
    whole = _any(span[(begins == least[span]) & (stops == most[span])], found)
    taken = _any(span[first > np.searchsorted(tokens.end, above + start, side="right")], found)
    loose = _any(span[(tokens.start[first] - above < start) | (tokens.end[last - 1] - above > end)], found)
    cut = found & ~taken & ((least > spans.start) | (most < spans.end) | ~whole)
    masks = {"no-token": ~found, "taken": taken, "cut": cut, "loose": loose}
    return tags, [(spans.at(mask), reason) for reason, mask in masks.items()]


def _any(numbers: Integers, like: Any) -> Any:
    mask = np.zeros(len(like), bool)
    mask[numbers] = True
    return mask


def _in_windows(tokens: _Tokens, texts: Integers, spans: _Spans) -> tuple[Integers, Integers]:
    """Each span once for each window that it reaches into: its number and the window's, by window and in order."""
    windows, first = np.unique(tokens.window, return_index=True)
    last = np.append(first[1:], len(tokens.window)) - 1
    above, low = texts[windows] << _TEXT, windows << _TEXT
    if not len(windows):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    begin = np.searchsorted((spans.text << _TEXT) + spans.end, above + tokens.start[first] - low, side="right")
    stop = np.searchsorted((spans.text << _TEXT) + spans.start, above + tokens.end[last] - low, side="left")
    stop = np.maximum(begin, stop)
    return ranges(begin, stop), np.repeat(windows, stop - begin)


def _report(reasons: list[tuple[_Spans, str]], names: list[str]) -> list[Unaligned]:
    found = [
        Unaligned(text, number, start, end, names[label], reason)
        for spans, reason in reasons
        for text, number, start, end, label in np.stack(spans, axis=1).tolist()
    ]
    return sorted(found)
