"""Makes every file of the dataset that is told of its tables: card, pictures, Croissant. Nothing is written here."""

from __future__ import annotations

from sinorus_corpus.card.croissant import render_croissant
from sinorus_corpus.card.findings import Findings
from sinorus_corpus.card.front import Files, Tables, front_matter
from sinorus_corpus.card.plots import draw_counts
from sinorus_corpus.card.prose import FIRST_LOOK, prose
from sinorus_corpus.schema import Schema


def make_card(
    schema: Schema, tables: Tables, files: Files, version: str, findings: Findings, *, private: bool
) -> dict[str, bytes]:
    """README, pictures and Croissant of a built dataset, by path.

    Args:
        tables: by config and split.
        files: the Parquet files by path, for sizes and digests.
        private: whether the text of withheld articles is inside.
    """
    pictures = draw_counts(findings.counts) | ({FIRST_LOOK: findings.picture} if findings.picture else {})
    front = front_matter(schema, tables, files, version, private=private)
    text = prose(schema, tables, version, findings, list(pictures), private=private)
    croissant = render_croissant(schema, tables, files, version, findings, private=private)
    return {"README.md": f"{front}\n{text}".encode(), "croissant.json": croissant, **pictures}
