"""Labels for subword tokens, with tokenizers that are trained here on a few lines."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

import sinorus_corpus
from sinorus_corpus.annotation.tokens import outermost_mask
from sinorus_corpus.records import SinorusError
from sinorus_corpus.using.align import IGNORED, align_labels

LINES = [
    "Trade between China and Russia reached a record in 2024, customs figures show.",
    "Heihe (黑河) and Blagoveshchensk (Благовещенск) face each other over the Amur.",
    "The Power of Siberia pipeline carried gas; Rosneft and CNPC signed a contract.",
]
NAMES = ["ORG", "GPE", "LOC"]


@cache
def wordpiece() -> Tokenizer:
    """As BERT's: [CLS] and [SEP] at (0, 0), cased."""
    made = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=False)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[UNK]", "[CLS]", "[SEP]", "[PAD]"]
    made.train_from_iterator(LINES, trainers.WordPieceTrainer(vocab_size=120, special_tokens=special))
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 1), ("[SEP]", 2)]
    )
    return made


@cache
def byte_bpe() -> Tokenizer:
    """As RoBERTa's: several tokens in one character, a space before a word."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=["<s>", "</s>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    made.train_from_iterator(LINES, trainer)
    made.post_processor = processors.RobertaProcessing(
        ("</s>", 1), ("<s>", 0), trim_offsets=True, add_prefix_space=False
    )
    return made


TOKENIZERS = {"wordpiece": wordpiece, "byte-bpe": byte_bpe}


def encode(tokenizer: Tokenizer, texts: list[str], length: int = 0, stride: int = 0) -> tuple[list[Any], list[int]]:
    """Offsets of each window and the text it is of, as `return_overflowing_tokens` gives them."""
    tokenizer.no_truncation()
    if length:
        tokenizer.enable_truncation(length, stride=stride)
    encoded = tokenizer.encode_batch(texts)
    windows = [(window.offsets, n) for n, one in enumerate(encoded) for window in (one, *one.overflowing)]
    return [offsets for offsets, _ in windows], [number for _, number in windows]


def spelled(text: str, offsets: list[tuple[int, int]], labels: Any, names: list[str]) -> list[tuple[str, str]]:
    """The words under each B and its I, as a reader of the labels would put them together."""
    found: list[list[Any]] = []
    for (start, end), label in zip(offsets, labels, strict=True):
        if label > 0 and names[label][0] == "B":
            found.append([names[label][2:], start, end])
        elif label > 0:
            found[-1][2] = end
    return [(name, text[start:end]) for name, start, end in found]


SPANS = [[(14, 19, "GPE"), (24, 30, "GPE")], [(0, 5, "GPE"), (7, 9, "GPE"), (15, 30, "GPE"), (32, 44, "GPE"), (71, 75, "LOC")],
         [(4, 20, "ORG"), (13, 20, "LOC"), (43, 50, "ORG"), (55, 59, "ORG")]]  # fmt: skip


@pytest.mark.parametrize("name", TOKENIZERS)
def test_labels_spell_the_spans(name: str) -> None:
    offsets, mapping = encode(TOKENIZERS[name](), LINES)
    aligned = align_labels(offsets, SPANS, names=NAMES, sample_mapping=mapping)
    assert aligned.names == ["O", "B-ORG", "I-ORG", "B-GPE", "I-GPE", "B-LOC", "I-LOC"]
    for n, text in enumerate(LINES):
        outer = [span for span in SPANS[n] if span != (13, 20, "LOC")]
        assert spelled(text, offsets[n], aligned.labels[n], aligned.names) == [(la, text[s:e]) for s, e, la in outer]
        assert aligned.labels[n][0] == aligned.labels[n][-1] == IGNORED
    assert [(u.text, u.number, u.reason) for u in aligned.unaligned] == [(2, 1, "other-layer")]
    inner = align_labels(offsets, SPANS, names=NAMES, layer=1)
    assert spelled(LINES[2], offsets[2], inner.labels[2], inner.names) == [("LOC", "Siberia")]


def test_one_text_in_one_window_and_rows_of_the_dataset() -> None:
    offsets, _ = encode(wordpiece(), LINES[:1])
    rows = [{"start": 14, "end": 19, "label": "GPE", "text": "China"}]
    aligned = sinorus_corpus.align_labels(offsets[0], rows)
    assert isinstance(aligned.labels, np.ndarray)
    assert aligned.labels.shape == (len(offsets[0]),)
    assert spelled(LINES[0], offsets[0], aligned.labels, aligned.names) == [("GPE", "China")]
    column = pa.array([[{"start": 14, "end": 19, "label": "GPE"}], []])
    windows, mapping = encode(wordpiece(), LINES[:2])
    from_arrow = align_labels(windows, column, sample_mapping=mapping)
    assert from_arrow.labels[0].tolist() == aligned.labels.tolist()


@pytest.mark.parametrize("name", TOKENIZERS)
@given(
    length=st.integers(6, 20),
    stride=st.integers(0, 3),
    spans=st.lists(
        st.lists(st.tuples(st.integers(0, 70), st.integers(1, 9), st.sampled_from(NAMES)), max_size=6),
        min_size=3,
        max_size=3,
    ),
)
def test_a_token_has_one_label_in_every_window(
    name: str, length: int, stride: int, spans: list[list[tuple[int, int, str]]]
) -> None:
    """Windows of any size give each token the label that the whole text gives it, and report each span at least as often."""
    placed = [[(s, s + size, label) for s, size, label in found] for found in spans]
    whole, _ = encode(TOKENIZERS[name](), LINES)
    expected = align_labels(whole, placed, names=NAMES)
    windows, mapping = encode(TOKENIZERS[name](), LINES, length, stride)
    aligned = align_labels(windows, placed, names=NAMES, sample_mapping=mapping)
    for n in range(len(LINES)):
        of_token: dict[tuple[int, int], list[int]] = {}
        for offset, label in zip(whole[n], expected.labels[n].tolist(), strict=True):
            of_token.setdefault(offset, []).append(label)
        for window, labels, text in zip(windows, aligned.labels, mapping, strict=True):
            for offset, label in zip(window if text == n else [], labels.tolist() if text == n else [], strict=True):
                # A tokenizer may give special tokens of later windows an empty place that is not (0, 0).
                assert label in (of_token[offset] if offset[0] < offset[1] else [IGNORED])
    # A span that another has a token of is cut where a window ends inside it: which of the two reasons is told may differ.
    told, uncut = (
        [(u.text, u.number, u.reason) for u in a.unaligned if u.reason not in ("cut", "taken")]
        for a in (aligned, expected)
    )
    assert told == uncut
    assert {(u.text, u.number) for u in expected.unaligned} <= {(u.text, u.number) for u in aligned.unaligned}


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 8), st.sampled_from(NAMES)), max_size=8),
)
def test_labels_are_those_of_the_definition(gaps: list[tuple[int, int]], spans: list[tuple[int, int, str]]) -> None:
    """Against the definition, token by token."""
    at, tokens = 0, []
    for gap, size in gaps:
        tokens.append((at + gap, at + gap + size) if size else (0, 0))
        at += gap + size
    placed = [(s, s + size, label) for s, size, label in spans]
    mask = outermost_mask([s for s, _, _ in placed], [e for _, e, _ in placed])
    outer = sorted(span for span, taken in zip(placed, mask, strict=True) if taken)
    owner = [next((o for o in outer if o[0] < e and s < o[1]), None) if e > s else "special" for s, e in tokens]
    expected, seen = [], set()
    for one in owner:
        if one is None or one == "special":
            expected.append(0 if one is None else IGNORED)
        else:
            expected.append(2 * NAMES.index(one[2]) + (2 if one in seen else 1))
            seen.add(one)
    aligned = align_labels(tokens, placed, names=NAMES)
    assert aligned.labels.tolist() == expected
    told = {(u.start, u.end, u.label): u.reason for u in aligned.unaligned}
    assert all(span in told for span in placed if span not in seen)


def test_what_is_not_shown_is_said() -> None:
    tokens = [(0, 0), (0, 4), (5, 9), (10, 14), (0, 0)]
    spans = [(0, 2, "ORG"), (2, 4, "GPE"), (4, 5, "LOC"), (5, 12, "ORG"), (12, 20, "GPE")]
    told = {(u.number, u.reason) for u in align_labels(tokens, spans, names=NAMES).unaligned}
    assert told == {(0, "loose"), (1, "no-token"), (2, "no-token"), (3, "loose"), (4, "no-token")}
    shared = align_labels([(0, 4), (4, 9)], [(0, 2, "ORG"), (2, 9, "GPE")], names=NAMES)
    assert shared.labels.tolist() == [1, 3]
    assert [(u.number, u.reason) for u in shared.unaligned] == [(0, "loose"), (1, "taken")]


def test_a_span_that_no_window_holds_is_cut_and_goes_on_inside() -> None:
    windows = [[(0, 4), (5, 9)], [(10, 14), (15, 19)]]
    aligned = align_labels(windows, [[(5, 14, "GPE")]], names=NAMES, sample_mapping=[0, 0])
    assert aligned.labels.tolist() == [[0, 3], [4, 0]]
    assert [u.reason for u in aligned.unaligned] == ["cut"]
    overlapping = [[(0, 4), (5, 9)], [(5, 9), (10, 14)]]
    again = align_labels(overlapping, [[(5, 14, "GPE")]], names=NAMES, sample_mapping=[0, 0])
    assert again.labels.tolist() == [[0, 3], [3, 4]]
    assert again.unaligned == []
    (truncated,) = align_labels([[(0, 4), (5, 9)]], [[(5, 14, "GPE")]], names=NAMES).unaligned
    assert truncated.reason == "cut"


def test_a_space_that_a_windows_first_token_takes_along_changes_no_label() -> None:
    """RobertaProcessing(add_prefix_space=True) does that."""
    windows = [[(0, 4), (5, 9)], [(4, 9), (10, 14)]]
    aligned = align_labels(windows, [[(5, 9, "GPE")]], names=NAMES, sample_mapping=[0, 0])
    assert aligned.labels.tolist() == [[0, 3], [3, 0]]
    assert [u.reason for u in aligned.unaligned] == ["loose"]


@pytest.mark.parametrize(
    ("offsets", "spans", "options", "message"),
    [
        ([(0, 4)], [(0, 4, "GPEX")], {}, "Did you mean GPE"),
        ([(0, 4)], [(4, 4, "GPE")], {}, r"span \[4, 4\); expected 0 <= start < end"),
        ([(0, 4)], [(-2, 4, "GPE")], {}, "expected 0 <= start < end"),
        ([(0, 4), (5, 9), (0, 3)], [(0, 4, "GPE")], {}, "not a pair of texts"),
        ([[(0, 4)], [(5, 9)]], [[(0, 4, "GPE")]], {}, "overflow_to_sample_mapping"),
        ([[(0, 4)]], [[(0, 4, "GPE")]], {"sample_mapping": [3]}, "spans of 1 texts"),
    ],
)
def test_bad_input_is_refused_with_what_was_expected(
    offsets: Any, spans: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(SinorusError, match=message):
        align_labels(offsets, spans, names=NAMES, **options)


def test_nothing_gives_nothing() -> None:
    assert align_labels([], []).labels == []
    assert align_labels([[(0, 0)]], [[]]).labels.tolist() == [[IGNORED]]
    assert align_labels([[(0, 0)]], [[(0, 3, "GPE")]]).unaligned[0].reason == "no-token"
    assert align_labels(np.zeros((2, 3, 2), int), [[], []]).labels.tolist() == [[IGNORED] * 3] * 2


def test_a_pair_of_texts_is_refused() -> None:
    wordpiece().no_truncation()
    encoded = wordpiece().encode(LINES[0], LINES[1])
    with pytest.raises(SinorusError, match="pair of texts"):
        align_labels(encoded.offsets, SPANS[0], names=NAMES)
