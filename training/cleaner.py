"""Trains the line model and the type model, and writes them with their card. Run it by `make model DATA=FOLDER`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import SGDClassifier

from sinorus_corpus.cleaning.scoring import (
    MODEL,
    WORD_BITS,
    Linear,
    LineModel,
    first_features,
    probability,
    save_linear,
    scale,
    second_features,
)
from sinorus_corpus.cleaning.types import HEADLINES
from sinorus_corpus.records import Region
from sinorus_corpus.schema import read_schema
from training.card import write_card
from training.data import FOLDS, Pages, Record, bags, f1, read_records, to_pages
from training.type_model import ROOT, reviewed_documents, train_types

# Pages that are no articles (forums, shops, lists) teach another idea of text: they are left out.
LEAST_PROSE = 0.6
ROUNDS = 150
# A reviewed line of this corpus counts as much as so many lines of public pages.
REVIEWED_WEIGHT = 4.0
TREES = {
    "objective": "binary", "num_leaves": 31, "learning_rate": 0.06, "min_data_in_leaf": 100, "feature_fraction": 0.4,
    "bagging_fraction": 0.7, "bagging_freq": 1, "lambda_l2": 5, "max_bin": 127, "seed": 1, "deterministic": True,
    "force_row_wise": True, "verbose": -1,
}  # fmt: skip
Mask = npt.NDArray[np.bool_]


def fit_linear(pages: Pages, words: sparse.csr_matrix, part: Mask) -> Linear:
    """A logistic regression over scaled shape and hashed words."""
    dense = pages.lines.dense[part]
    mean, deviation = dense.mean(0), dense.std(0) + 1e-3
    both = sparse.hstack([sparse.csr_matrix(scale(dense, mean, deviation)), words[part]]).tocsr()
    fitted = SGDClassifier(
        loss="log_loss",
        alpha=3e-6,
        max_iter=6,
        tol=None,
        average=True,
        random_state=0,
        learning_rate="constant",
        eta0=0.5,
    ).fit(both, pages.keep[part], sample_weight=pages.weight[part])
    shape, hashed = np.split(fitted.coef_, [dense.shape[1]], axis=1)
    return Linear(mean, deviation, shape, hashed.astype(np.float16).astype(np.float64), fitted.intercept_)


def fit_trees(features: npt.NDArray[np.float32], pages: Pages, part: Mask) -> lightgbm.Booster:
    """Boosted trees over a part of the lines."""
    return lightgbm.train(TREES, lightgbm.Dataset(features[part], pages.keep[part], weight=pages.weight[part]), ROUNDS)


def held_out(pages: Pages, fit: Any, predict: Any) -> npt.NDArray[np.float64]:
    """For each line the prediction of a model that has not seen its site."""
    made = None
    for fold in range(FOLDS):
        own = pages.fold == fold
        found = predict(fit(~own & (pages.prose >= LEAST_PROSE)))
        made = np.zeros(found.shape) if made is None else made
        made[own] = found[own]
    assert made is not None  # noqa: S101 - there are folds
    return made


def train_keep(pages: Pages) -> tuple[Linear, lightgbm.Booster, lightgbm.Booster, npt.NDArray[np.float64]]:
    """The three parts of the line model, and its held-out scores."""
    lines, words = pages.lines, bags(pages.lines, WORD_BITS)

    def linear_scores(linear: Linear) -> npt.NDArray[np.float64]:
        return np.column_stack([probability(linear.score(lines)[:, 0]), linear.word_score(lines)[:, 0]])

    prior = held_out(pages, lambda part: fit_linear(pages, words, part), linear_scores)
    first = first_features(lines, prior[:, 0], prior[:, 1])
    score = np.round(held_out(pages, lambda p: fit_trees(first, pages, p), lambda t: t.predict(first)), 6)
    second = second_features(lines, score, first)
    final = held_out(pages, lambda p: fit_trees(second, pages, p), lambda t: t.predict(second))
    use = pages.prose >= LEAST_PROSE
    return fit_linear(pages, words, use), fit_trees(first, pages, use), fit_trees(second, pages, use), final


Group = tuple[str, Pages, npt.NDArray[np.float64], Mask]


def choose_threshold(groups: list[Group]) -> tuple[float, dict[str, float]]:
    """The threshold with the best mean of line and character F1 over groups of lines that were not trained on."""
    best: tuple[float, float, dict[str, float]] = (-1.0, 0.0, {})
    for step in range(30, 71, 5):
        figures = {}
        for name, pages, score, part in groups:
            found, chars = score >= step / 100, pages.lines.end - pages.lines.start
            figures[f"{name}, line F1"] = f1(pages.keep[part], found[part])
            figures[f"{name}, character F1"] = f1(pages.keep[part], found[part], chars[part])
        mean = sum(figures.values()) / len(figures)
        if mean > best[0]:
            best = (mean, step / 100, figures)
    return best[1], best[2]


def reviewed_record(doc_id: str, raw: str, regions: tuple[Region, ...]) -> Record:
    """A reviewed article in the form of the public pages; its title and subtitle count as no text there."""
    text = read_schema(ROOT / "schemas").text_types() - set(HEADLINES)
    lines = [{"start": r.start, "end": r.end, "keep": r.label in text} for r in regions]
    made = {"id": doc_id, "site": doc_id, "text": raw, "lines": lines, "half": True, "weight": REVIEWED_WEIGHT}
    return made | {"reviewed": True}


def _groups(pages: Pages, score: npt.NDArray[np.float64], model: LineModel, data: Path) -> list[Group]:
    """Lines held out by site, of each kind of page, and the dev pages where they are at hand."""
    like = (pages.prose >= LEAST_PROSE) & (pages.weight == 1.0)
    groups: list[Group] = [
        ("full pages, held out", pages, score, like & ~pages.half),
        ("half-clean pages, held out", pages, score, like & pages.half),
        ("written articles, held out", pages, score, pages.reviewed),
    ]
    for name, title in (("dev_lines", "full dev pages"), ("dev_partial_lines", "half-clean dev pages")):
        if (data / f"{name}.jsonl").is_file():
            dev = to_pages(read_records(data / f"{name}.jsonl"))
            groups.append((title, dev, model.score(dev.lines), np.ones(len(dev.keep), dtype=bool)))
    return groups


def main(data: Path, out: Path = MODEL) -> None:
    """Trains everything and writes it to `out`."""
    public = [r for name in ("wcxb_dev_lines", "wcxb_dev_partial_lines") for r in read_records(data / f"{name}.jsonl")]
    reviewed = [reviewed_record(*document) for document in reviewed_documents("written")]
    pages = to_pages(public + reviewed)
    print(f"{len(pages.keep):,} lines of {pages.lines.page[-1] + 1:,} pages", flush=True)
    linear, first, second, score = train_keep(pages)
    threshold, figures = choose_threshold(_groups(pages, score, LineModel(linear, first, second, 0.5), data))
    print(f"threshold {threshold}", figures, flush=True)
    out.mkdir(parents=True, exist_ok=True)
    save_linear(linear, out, "keep")
    for name, trees in (("first", first), ("second", second)):
        trees.save_model(str(out / f"{name}.trees.txt"))
    settings = {"threshold": threshold, "types": []}
    (out / "settings.json").write_text(json.dumps(settings, indent=1) + "\n")
    types, labels, report = train_types(pages, score)
    save_linear(types, out, "type")
    settings["types"] = labels
    (out / "settings.json").write_text(json.dumps(settings, indent=1) + "\n")
    write_card(out, figures, threshold, report)
    print(report)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
