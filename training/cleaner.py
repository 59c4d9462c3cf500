"""Trains the line model and the type model, and writes them with their card. Run it by `make model DATA=FOLDER`."""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from catboost import CatBoostClassifier, Pool
from scipy import sparse
from sklearn.linear_model import SGDClassifier

from sinorus_corpus.cleaning.features import Features
from sinorus_corpus.cleaning.network import save_network
from sinorus_corpus.cleaning.scoring import (
    MODEL,
    WORD_BITS,
    Linear,
    LineModel,
    context_features,
    mean_probability,
    save_linear,
    scale,
    to_linear,
)
from sinorus_corpus.cleaning.trees import Trees, save_trees
from sinorus_corpus.cleaning.types import HEADLINES
from sinorus_corpus.records import Article, Region
from sinorus_corpus.schema import read_schema
from training.card import write_card
from training.data import FOLDS, Pages, Record, bags, f1, read_records, to_pages
from training.moved import with_moved_furniture
from training.network import fit_network
from training.type_model import ROOT, reviewed_documents, train_types

# Pages that are no articles (forums, shops, lists) teach another idea of text: they are left out.
LEAST_PROSE = 0.6
# A reviewed line of this corpus counts as much as so many lines of public pages. Articles with planted difficulties, furniture
# that looks like prose among them, are a test: they teach the line model nothing, and made it worse on public pages.
REVIEWED_WEIGHT = 4.0
PLANTED_WEIGHT = 0.0
# Of so many pages there is a copy with their furniture moved.
MOVED_SHARE = 0.5
# The threshold is chosen by what is like the pages that a user has: public ones that taught nothing, held out by site or dev
# pages.
CHOSEN_BY = ("full pages, held out", "half-clean pages, held out", "full dev pages", "half-clean dev pages")
TREES = {
    "iterations": 150, "depth": 6, "learning_rate": 0.15, "leaf_estimation_iterations": 1, "border_count": 64, "rsm": 0.4,
    "l2_leaf_reg": 5, "bootstrap_type": "Bernoulli", "subsample": 0.7, "random_seed": 1, "thread_count": 1, "verbose": False,
    "allow_writing_files": False,
}  # fmt: skip
NETWORK_SEED = 0
# Characters count for something beside lines: to the network a line's weight grows with so much of the logarithm of its length.
LENGTH_POWER, LEAST_LENGTH = 0.25, 20
Mask = npt.NDArray[np.bool_]


def fit_linear(pages: Pages, words: sparse.csr_matrix, part: Mask) -> Linear:
    """A logistic regression over scaled shape and hashed words. A moved copy of a page has no words of its own."""
    part = part & (pages.kind != "moved")
    dense = pages.lines.dense[:, part]
    mean, deviation = dense.mean(1), dense.std(1) + np.float32(1e-3)
    both = sparse.hstack([sparse.csr_matrix(scale(dense, mean, deviation).T), words[part]]).tocsr()
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
    return to_linear(mean, deviation, fitted.coef_, fitted.intercept_)


def by_length(pages: Pages) -> Pages:
    """The pages with more weight on long lines; each kind of page keeps its weight as a whole."""
    longer = (pages.lines.end - pages.lines.start + LEAST_LENGTH) ** LENGTH_POWER
    for kind in np.unique(pages.kind):
        longer[pages.kind == kind] /= longer[pages.kind == kind].mean()
    return pages._replace(weight=pages.weight * longer)


def fit_trees(features: Features, pages: Pages, part: Mask) -> Trees:
    """Boosted trees over a part of the lines."""
    pool = Pool(features[:, part].T, pages.keep[part].astype(int), weight=pages.weight[part])
    fitted = CatBoostClassifier(**TREES).fit(pool)
    with tempfile.TemporaryDirectory() as folder:
        fitted.save_model(f"{folder}/trees.json", format="json")
        made = json.loads(Path(f"{folder}/trees.json").read_text())
    trees = made["oblivious_trees"]
    # The first question's answer is the lowest bit of a leaf's number there, and the highest here.
    splits = [tree["splits"][::-1] for tree in trees]
    scale_by, (bias,) = made["scale_and_bias"]
    return Trees(
        np.array([[split["float_feature_index"] for split in tree] for tree in splits], dtype=np.int16),
        np.array([[split["border"] for split in tree] for tree in splits], dtype=np.float32),
        np.array([tree["leaf_values"] for tree in trees]).astype(np.float32).astype(np.float64) * scale_by,
        np.array([bias], dtype=np.float64),
    )


def held_out(pages: Pages, predict: Callable[[Mask], npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """For each line what `predict`, given the lines to train on, says of it without its site; folds are by site."""
    found = [predict(_used(pages) & (pages.fold != fold)) for fold in range(FOLDS)]
    picked: npt.NDArray[np.float64] = np.array(found)[pages.fold, np.arange(len(pages.fold))]
    return picked


def _used(pages: Pages) -> Mask:
    return (pages.prose >= LEAST_PROSE) & (pages.weight > 0)


def train_keep(pages: Pages) -> tuple[LineModel, npt.NDArray[np.float64]]:
    """The line model, its threshold still open, and its held-out scores."""
    lines, words, use = pages.lines, bags(pages.lines, WORD_BITS), _used(pages)

    def linear(part: Mask) -> npt.NDArray[np.float64]:
        fitted = fit_linear(pages, words, part)
        own = fitted.word_score(lines)[0]
        return np.column_stack([fitted.shape_score(lines)[0] + own, own])

    prior = held_out(pages, linear)
    for_trees, seen = context_features(lines, prior[:, 0], prior[:, 1])
    mean, deviation = seen[:, use].mean(1), seen[:, use].std(1) + np.float32(1e-3)
    inputs, weighted = scale(seen, mean, deviation), by_length(pages)

    def logits(part: Mask) -> npt.NDArray[np.float64]:
        trees, network = fit_trees(for_trees, pages, part), fit_network(inputs, weighted, part, NETWORK_SEED)
        return np.column_stack([trees.score(for_trees), network.score(inputs, lines.page)])

    score = mean_probability(*held_out(pages, logits).T)
    trees, network = fit_trees(for_trees, pages, use), fit_network(inputs, weighted, use, NETWORK_SEED)
    return LineModel(fit_linear(pages, words, use), trees, mean, deviation, network, 0.5), score


Group = tuple[str, Pages, npt.NDArray[np.float64], Mask]


def choose_threshold(groups: list[Group]) -> tuple[float, dict[str, float]]:
    """The threshold with the best mean of line and character F1 over public pages held out by site; all groups' figures."""
    best: tuple[float, float, dict[str, float]] = (-1.0, 0.0, {})
    for step in range(30, 71, 5):
        figures = {}
        for name, pages, score, part in groups:
            found, chars = score >= step / 100, pages.lines.end - pages.lines.start
            figures[f"{name}, line F1"] = f1(pages.keep[part], found[part])
            figures[f"{name}, character F1"] = f1(pages.keep[part], found[part], chars[part])
        mean = sum(value for name, value in figures.items() if name.startswith(CHOSEN_BY))
        if mean > best[0]:
            best = (mean, step / 100, figures)
    return best[1], best[2]


def reviewed_record(article: Article, raw: str, regions: tuple[Region, ...]) -> Record:
    """A reviewed article in the form of the public pages; its title and subtitle count as no text there."""
    text = read_schema(ROOT / "schemas").text_types() - set(HEADLINES)
    lines = [{"start": r.start, "end": r.end, "keep": r.label in text} for r in regions]
    made = {"id": article.doc_id, "site": article.doc_id, "text": raw, "lines": lines}
    return made | {"kind": "reviewed", "weight": PLANTED_WEIGHT if article.planted else REVIEWED_WEIGHT}


def _groups(pages: Pages, score: npt.NDArray[np.float64], model: LineModel, data: Path) -> list[Group]:
    """Lines held out by site, of each kind of page, and the dev pages where they are at hand."""
    like = pages.prose >= LEAST_PROSE
    groups: list[Group] = [
        ("full pages, held out", pages, score, like & (pages.kind == "full")),
        ("half-clean pages, held out", pages, score, like & (pages.kind == "half")),
        ("pages with moved furniture, held out", pages, score, like & (pages.kind == "moved")),
        ("written articles, held out", pages, score, pages.kind == "reviewed"),
    ]
    for name, title in (("dev_lines", "full dev pages"), ("dev_partial_lines", "half-clean dev pages")):
        if (data / f"{name}.jsonl").is_file():
            dev = to_pages(read_records(data / f"{name}.jsonl"))
            groups.append((title, dev, model.score(dev.lines), np.ones(len(dev.keep), dtype=bool)))
    return groups


def _save(model: LineModel, settings: dict[str, Any], out: Path) -> None:
    """Writes all but the type model."""
    out.mkdir(parents=True, exist_ok=True)
    save_linear(model.linear, out, "keep")
    np.save(out / "context-mean.npy", model.mean)
    np.save(out / "context-deviation.npy", model.deviation)
    save_trees(model.trees, out, "trees")
    save_network(model.network, out, "network")
    (out / "settings.json").write_text(json.dumps(settings, indent=1) + "\n")


def main(data: Path, out: Path = MODEL) -> None:
    """Trains everything and writes it to `out`."""
    public = [r for name in ("wcxb_dev_lines", "wcxb_dev_partial_lines") for r in read_records(data / f"{name}.jsonl")]
    reviewed = [reviewed_record(*document) for document in reviewed_documents("written")]
    rng = random.Random(0)  # noqa: S311 - not for secrets
    taught = [*public, *(record for record in reviewed if record["weight"])]
    moved = [with_moved_furniture(record, rng) for record in taught if rng.random() < MOVED_SHARE]
    pages = to_pages([*public, *reviewed, *(record for record in moved if record)])
    print(f"{len(pages.keep):,} lines of {pages.lines.page[-1] + 1:,} pages", flush=True)
    model, score = train_keep(pages)
    threshold, figures = choose_threshold(_groups(pages, score, model, data))
    print(f"threshold {threshold}", figures, flush=True)
    settings: dict[str, Any] = {"threshold": threshold, "types": []}
    _save(model, settings, out)
    types, labels, report = train_types(pages, score)
    save_linear(types, out, "type")
    settings["types"] = labels
    (out / "settings.json").write_text(json.dumps(settings, indent=1) + "\n")
    write_card(out, figures, threshold, report)
    print(report)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
