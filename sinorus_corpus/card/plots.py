"""Pictures of the counts, the same bytes for the same counts under one version of matplotlib. No count is made here."""

from __future__ import annotations

import io
from collections.abc import Iterable
from functools import cache

from sinorus_corpus.stats import Count

# The counts that are drawn, and the picture of each.
PICTURES = {
    "entities by type": "images/entities.png",
    "claims by type": "images/claim-types.png",
    "claims by topic": "images/topics.png",
    "claims by year of the article": "images/years.png",
    "claims by depth of attribution": "images/depth.png",
    "quantities by unit": "images/units.png",
    "members of clusters by relation": "images/relations.png",
}
_COLOURS = ("#b45f06", "#0b7285", "#5f3dc4", "#2b8a3e")  # of origins, told apart also without colour by their order
_MOST = 18  # bars of a picture; the rest are one

Rows = tuple[tuple[str, tuple[int, ...]], ...]


def draw_counts(counts: Iterable[Count]) -> dict[str, bytes]:
    """A PNG for each count of `PICTURES` that has any, by its path in the dataset."""
    drawn = (c for c in counts if c.title in PICTURES and c.values)
    return {PICTURES[c.title]: _picture(c.title, tuple(c.origins), _rows(c)) for c in drawn}


def _rows(count: Count) -> Rows:
    """The values with their numbers by origin; of many values without an order of their own, the most frequent."""
    values = count.values
    if len(values) > _MOST and not count.order:
        values = sorted(values, key=lambda v: (-count.total(v), v))[: _MOST - 1]
    rest = [v for v in count.values if v not in values]
    rows = [(v, tuple(count.numbers[v, o] for o in count.origins)) for v in values]
    if rest:
        rows.append((f"{len(rest)} more", tuple(sum(count.numbers[v, o] for v in rest) for o in count.origins)))
    return tuple(rows)


@cache
def _picture(title: str, origins: tuple[str, ...], rows: Rows) -> bytes:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context():
        mpl.rcdefaults()  # whatever the user's own matplotlibrc says
        figure = Figure(figsize=(6.4, 0.9 + 0.26 * len(rows)), dpi=110, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        left, names = [0] * len(rows), [name for name, _ in rows]
        for number, origin in enumerate(origins):
            width = [counted[number] for _, counted in rows]
            bars = axes.barh(names, width, left=left, color=_COLOURS[number % len(_COLOURS)], label=origin)
            left = [a + b for a, b in zip(left, width, strict=True)]
        axes.bar_label(bars, [f"{total:,}" for total in left], padding=3, fontsize=8)
        axes.invert_yaxis()
        axes.margins(x=0.1)
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_title(title, loc="left", fontsize=11)
        axes.legend(frameon=False, fontsize=8)
        out = io.BytesIO()
        figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()
