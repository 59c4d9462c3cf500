"""The counts of the corpus as one HTML file with bars. Nothing is counted here."""

from __future__ import annotations

from collections.abc import Sequence

from sinorus_corpus.stats import Count
from sinorus_corpus.view import FOLDER, SCRIPTS, STYLES, Json, standalone_page

SCRIPT = FOLDER / "figures.js"


def figures_page(counts: Sequence[Count]) -> str:
    """A page with a bar chart for each count."""
    return standalone_page("sinorus_corpus in figures", STYLES, (*SCRIPTS, SCRIPT), figures_data(counts))


def figures_data(counts: Sequence[Count]) -> Json:
    """The counts as `SCRIPT` draws them."""
    return {
        "counts": [
            {
                "title": count.title,
                "origins": count.origins,
                "rows": [{"value": v, "numbers": [count.numbers[v, o] for o in count.origins]} for v in count.values],
            }
            for count in counts
        ]
    }
