"""Draws `docs/images/bulk-cost.png` from what `benchmarks.bulk` measured: CPU time an article, by stage, against size.

Usage: python -m docs.bulk_cost [RESULTS.json]   (benchmarks/results/bulk.json unless told)
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import pyplot as plt

mpl.use("Agg")
FOLDER = Path(__file__).parent / "images"
_RESULTS = Path(__file__).parent.parent / "benchmarks" / "results" / "bulk.json"


def shares(found: dict[str, Any]) -> dict[str, float]:
    """CPU microseconds an article: pure I/O, what is above it, and what is shown apart."""
    each = 1e6 / found["size"]
    model, grouping = (found["stages"][name] * each for name in ("line model", "near-duplicates"))
    io, total = found["io"] * each, found["total"] * each
    return {
        "pure I/O": io,
        "everything else": total - io - model - grouping,
        "near-duplicates": grouping,
        "line model": model,
    }


def draw(results: list[dict[str, Any]], out: Path) -> None:
    """One bar a size, beside the peak of memory."""
    names = [f"{found['size']:,}" for found in results]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), width_ratios=(2, 1), layout="constrained")
    below = [0.0] * len(results)
    for name in shares(results[0]):
        heights = [shares(found)[name] for found in results]
        left.bar(names, heights, bottom=below, label=name, width=0.5)
        below = [a + b for a, b in zip(below, heights, strict=True)]
    left.set(xlabel="articles", ylabel="CPU µs an article", title="Cost of an article")
    left.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    right.bar(names, [found["peak_mb"] for found in results], width=0.5, color="tab:gray")
    right.axhline(600, color="black", linewidth=0.8, linestyle="--")
    right.set(xlabel="articles", ylabel="MB", title="Peak memory")
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=130)


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else _RESULTS
    draw(json.loads(given.read_text()), FOLDER / "bulk-cost.png")
