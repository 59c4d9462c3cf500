"""Quality and speed of the cleaner beside other tools on labelled lines, in one run on one core.

Usage: python -m benchmarks.cleaning FILE.jsonl … (records `{id, site, text, lines: [{start, end, keep}]}`)

Every tool sees plain text. Those that want HTML get one `<p>` a line; a line counts as kept if the tool returns it. The title
and subtitle that our cleaner keeps count as dropped, since the data hold the article's body alone.
"""

from __future__ import annotations

import html
import itertools
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from rich.console import Console
from rich.table import Table

from sinorus_corpus.cleaning.columns import clean_batch
from sinorus_corpus.cleaning.types import HEADLINES
from sinorus_corpus.schema import read_schema

# The least CPU time of so many runs counts, for every tool: other work on the machine only adds to it.
ROUNDS = 5
Page = dict[str, Any]
Tool = Callable[[list[Page]], list[list[bool]]]


def lines_of(page: Page) -> list[str]:
    return [page["text"][line["start"] : line["end"]] for line in page["lines"]]


def ours(pages: list[Page]) -> list[list[bool]]:
    """Columns in, columns out, as its users call it."""
    batch = clean_batch(pa.array([page["text"] for page in pages]), read_schema())
    regions = batch["regions"].flatten()
    headline = pc.is_in(regions.field("label"), pa.array(HEADLINES))
    keep = pc.and_(regions.field("keep"), pc.invert(headline)).to_pylist()
    return [keep[a:b] for a, b in itertools.pairwise(batch["regions"].offsets.to_pylist())]


def everything(pages: list[Page]) -> list[list[bool]]:
    return [[True] * len(page["lines"]) for page in pages]


def c4(pages: list[Page]) -> list[list[bool]]:
    """The line rule of C4 (Raffel et al. 2020): five words or more, and an end of sentence."""
    ends = (".", "!", "?", '"', "”")
    return [[len(text.split()) >= 5 and text.endswith(ends) for text in lines_of(page)] for page in pages]


def paragraphs(page: Page) -> str:
    return "<html><body>" + "".join(f"<p>{html.escape(text)}</p>" for text in lines_of(page)) + "</body></html>"


def returned(page: Page, text: str) -> list[bool]:
    kept = {" ".join(line.split()) for line in text.split("\n")}
    return [" ".join(line.split()) in kept for line in lines_of(page)]


def justext(pages: list[Page]) -> list[list[bool]]:
    from justext import get_stoplist
    from justext import justext as run

    stop = get_stoplist("English")
    return [
        returned(page, "\n".join(p.text for p in run(paragraphs(page), stop) if not p.is_boilerplate)) for page in pages
    ]


def boilerpy3(pages: list[Page]) -> list[list[bool]]:
    from boilerpy3.extractors import LargestContentExtractor

    extractor = LargestContentExtractor(raise_on_failure=False)
    return [returned(page, extractor.get_content(paragraphs(page))) for page in pages]


def trafilatura(pages: list[Page]) -> list[list[bool]]:
    from trafilatura import extract

    return [returned(page, extract(paragraphs(page), deduplicate=False) or "") for page in pages]


TOOLS: dict[str, Tool] = {
    "keep everything": everything, "C4 rule": c4, "jusText": justext, "boilerpy3": boilerpy3, "trafilatura": trafilatura,
    "sinorus": ours,
}  # fmt: skip


def measure(pages: list[Page], tool: Tool) -> tuple[float, float, float]:
    """Line F1, character F1 of the kept class, pages a second of CPU time."""
    tool(pages[:2])
    seconds = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        found = tool(pages)
        seconds = min(seconds, time.process_time() - start)
    sums = [0.0] * 6
    for page, keeps in zip(pages, found, strict=True):
        for line, keep in zip(page["lines"], keeps, strict=True):
            size = line["end"] - line["start"]
            for at, weight in ((0, 1), (3, size)):
                sums[at] += weight * (keep and line["keep"])
                sums[at + 1] += weight * keep
                sums[at + 2] += weight * line["keep"]
    line_f1, char_f1 = (2 * sums[i] / max(sums[i + 1] + sums[i + 2], 1) for i in (0, 3))
    return line_f1, char_f1, len(pages) / seconds


def main(paths: list[Path]) -> None:
    console = Console()
    for path in paths:
        pages = [json.loads(line) for line in path.open(encoding="utf-8")]
        pages = [page for page in pages if page["lines"]]
        table = Table(title=f"{path.name}: {len(pages)} pages", title_justify="left")
        for name in ("tool", "line F1", "char F1", "pages/s/core", "ours is faster by"):
            table.add_column(name, justify="left" if name == "tool" else "right")
        measured = {name: measure(pages, tool) for name, tool in TOOLS.items()}
        for name, (line_f1, char_f1, speed) in measured.items():
            ratio = f"{measured['sinorus'][2] / speed:.1f}"
            table.add_row(name, f"{line_f1:.3f}", f"{char_f1:.3f}", f"{speed:,.0f}", ratio)
        console.print(table)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]])
