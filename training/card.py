"""The card of the line model: data, licences, figures, limits."""

from __future__ import annotations

from pathlib import Path

_CARD = """# The line model
Decides for each line of a scraped page whether it is text of the article, from plain text alone; a second model names the
type of the line. Made by `training/cleaner.py`; plain data (`.npy` arrays without pickle, JSON): two linear models over hashed
words and shape, a set of oblivious trees (made with CatBoost), and a small network of dilated convolutions over the lines of a
page (made with JAX); trees and network are evaluated in NumPy, and the mean of their logits counts.

## Data
- Lines of pages of WCXB (Murrough-Foley), annotations CC BY 4.0: full pages and the same pages half cleaned. The page texts
  are third-party and not in this repository; the model holds weights of hashed words alone. Pages of which less than 60 % of
  the text is long prose were left out of training.
- Reviewed regions of the written articles of this corpus (CC BY 4.0) that have no planted difficulties, with a weight of 4 a
  line. Those with planted difficulties are a test and taught it nothing.
- Copies of half of these pages with blocks of their own furniture moved between their paragraphs: without them the model drops
  the paragraphs beside a pop-up or a box of links.
- For types: reviewed regions of the written articles of this corpus (CC BY 4.0), and lines of the pages above that rules
  give away.

## Figures
Held out by site, {folds} folds, on the article-like pages above; the dev pages (scrapinghub article-extraction-benchmark, MIT)
were not trained on and helped to choose the threshold, {threshold}:

| measured | F1 |
|---|---|
{rows}

{types}

Each written article was typed by a model that had not seen it. `benchmarks/cleaning.py` measures quality and speed beside
other tools on any data.

## Limits
Mostly English pages; on other languages it leans on shape and place. A whole other article after the end of the first,
comment sections and product lists are its common errors. A title counts as no text for the line model and is found by the
type model.
"""


def write_card(out: Path, figures: dict[str, float], threshold: float, types: str) -> None:
    """Writes the card beside the model."""
    rows = "\n".join(f"| {name} | {value:.3f} |" for name, value in figures.items())
    (out / "CARD.md").write_text(_CARD.format(folds=5, threshold=threshold, rows=rows, types=types))
