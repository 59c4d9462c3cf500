"""Trains the type model from reviewed region files and, with less weight, from lines that rules give away."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from sinorus_corpus.cleaning.features import Features, Lines, line_features
from sinorus_corpus.cleaning.scoring import Linear, read_model, scale, to_linear
from sinorus_corpus.cleaning.types import TypeModel, choose_types, type_context
from sinorus_corpus.content import read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import Article, Region
from sinorus_corpus.schema import read_schema
from training.data import Pages, bags
from training.furniture import furniture_type
from training.report import type_report

BITS = 13
REVIEWED_WEIGHT = 6.0
WEAK_A_TYPE = 300
ROOT = Path(__file__).parent.parent


class Typed(NamedTuple):
    """Lines with their types, weights and the document they are of (-1 for weak labels)."""

    dense: Features
    words: sparse.csr_matrix
    label: npt.NDArray[np.str_]
    weight: npt.NDArray[np.float64]
    document: npt.NDArray[np.int64]


def reviewed_documents(origin: str) -> list[tuple[Article, str, tuple[Region, ...]]]:
    """Record, raw text and the regions of each reviewed document whose text is at hand."""
    schema = read_schema(ROOT / "schemas")
    content = read_content(Corpus(ROOT), schema, "hydrated")
    ids = [d for d in sorted(content.regions) if d in content.texts and content.articles[d].origin == origin]
    return [(content.articles[d], content.texts[d], content.regions[d].regions) for d in ids]


def _dense(lines: Lines, score: npt.NDArray[np.float64]) -> Features:
    return np.concatenate([lines.dense, type_context(lines, score)])


def gather(
    pages: Pages, score: npt.NDArray[np.float64]
) -> tuple[Typed, list[tuple[Lines, npt.NDArray[np.float64], list[str]]]]:
    """Weakly labelled lines of the public pages, then every line of the reviewed written articles."""
    weak = np.array([_weak_type(t, bool(k), float(s)) for t, k, s in zip(pages.texts, pages.keep, score, strict=True)])
    weak[~np.isin(pages.kind, ["full", "half"])] = ""
    rng = np.random.default_rng(0)
    chosen = np.concatenate([_sample(rng, np.flatnonzero(weak == name)) for name in sorted(set(weak) - {""})])
    documents = reviewed_documents("written")
    read = [(line_features([raw]), [r.label for r in regions]) for _, raw, regions in documents]
    ends = np.cumsum([len(labels) for _, labels in read])
    held_out = np.split(score[pages.kind == "reviewed"], ends[:-1])  # of models that have not seen the article
    scored = [(lines, own, labels) for (lines, labels), own in zip(read, held_out, strict=True)]
    dense = [_dense(pages.lines, score)[:, chosen], *(_dense(lines, own) for lines, own, _ in scored)]
    words = [bags(pages.lines, BITS)[chosen], *(bags(lines, BITS) for lines, _, _ in scored)]
    number = [np.full(len(chosen), -1), *(np.full(len(labels), i) for i, (_, _, labels) in enumerate(scored))]
    label = np.concatenate([weak[chosen], *(np.array(labels) for _, _, labels in scored)])
    document = np.concatenate(number)
    weight = np.where(document < 0, 1.0, REVIEWED_WEIGHT)
    return Typed(np.hstack(dense), sparse.vstack(words).tocsr(), label, weight, document), scored


def _weak_type(text: str, keep: bool, score: float) -> str:
    """A type for a line that gives it away, an empty string for all others."""
    if not keep:
        return furniture_type(text) if score < 0.3 else ""
    if text[:1] in "-*•–·":
        return "list_item"
    if len(text.split()) >= 12 and text[-1] in '.!?"”’)':
        return "body"
    return "heading" if len(text.split()) <= 8 and text[-1].isalnum() else ""


def _sample(rng: np.random.Generator, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return places if len(places) <= WEAK_A_TYPE else rng.choice(places, WEAK_A_TYPE, replace=False)


def fit_types(data: Typed, part: npt.NDArray[np.bool_]) -> tuple[Linear, list[str]]:
    """A multinomial logistic regression over shape, place and hashed words."""
    dense = data.dense[:, part]
    mean, deviation = dense.mean(1), dense.std(1) + np.float32(1e-3)
    both = sparse.hstack([sparse.csr_matrix(scale(dense, mean, deviation).T * 5), data.words[part]]).tocsr()
    fitted = LogisticRegression(C=3.0, max_iter=300).fit(both, data.label[part], sample_weight=data.weight[part])
    weights = fitted.coef_ * np.where(np.arange(both.shape[1]) < len(mean), 5.0, 1.0)
    return to_linear(mean, deviation, weights, fitted.intercept_), [str(c) for c in fitted.classes_]


def train_types(pages: Pages, score: npt.NDArray[np.float64]) -> tuple[Linear, list[str], str]:
    """The type model, its labels, and its figures: each written article typed by a model that has not seen it."""
    data, scored = gather(pages, score)
    text = read_schema(ROOT / "schemas").text_types()
    pairs: list[tuple[str, str]] = []
    for number, (lines, own, labels) in enumerate(scored):
        linear, names = fit_types(data, data.document != number)
        pairs += zip(labels, typed(TypeModel(linear, tuple(names)), lines, own, text), strict=True)
    linear, names = fit_types(data, np.ones(len(data.label), dtype=bool))
    return linear, names, type_report(pairs)


def typed(model: TypeModel, lines: Lines, score: npt.NDArray[np.float64], text: frozenset[str]) -> list[str]:
    """The types of the lines of one page."""
    keep = score >= read_model().threshold
    chosen, _ = choose_types(
        lines, model.probabilities(lines, score), model.labels, keep, text, np.ones(len(keep), dtype=bool)
    )
    return [model.labels[i] for i in chosen]
