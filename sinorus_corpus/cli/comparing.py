"""Commands that compare readings: agree, score."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sinorus_corpus.cli.base import busy, main, with_corpus
from sinorus_corpus.corpus import Corpus

if TYPE_CHECKING:
    from sinorus_corpus.comparing import Comparison

WIDTH = 120  # of tables that go to a file or a log

_layers = click.option(
    "--layer",
    "layers",
    multiple=True,
    type=click.Choice(["entity", "claim"]),
    help="Only this layer; both if not given.",
)
_documents = click.option("--doc", "doc_ids", multiple=True, help="Only this document; lists each difference too.")
_format = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)


@main.command()
@click.argument("a")
@click.argument("b")
@_layers
@_documents
@click.option(
    "--clusters",
    type=(click.Path(path_type=Path), click.Path(path_type=Path)),
    help="Two readings of the clusters of the same claims; clusters.jsonl of both passes if not given.",
)
@click.option("--html", type=click.Path(path_type=Path), help="Write both readings side by side into this file too.")
@_format
@with_corpus
def agree(corpus: Corpus, a: str, b: str, form: str, html: Path | None, **chosen: Any) -> None:
    """Say how well annotators A and B agree (a name or gold), and where they do not.

    Only documents that both have read are compared; readings that started from labels (`base` in their header) and articles
    of different origin get figures of their own. Attributes and attribution are compared in claims that both have, which share
    half of their code points at least. A measure has no value (–) where there is nothing to compare, and kappa and alpha where
    both readings use one value throughout.
    """
    from sinorus_corpus.comparing import agree as run

    with busy("comparing"):
        found = run(corpus, a, b, **chosen)
    _show(found, form, listed=bool(chosen["doc_ids"]))
    if html:
        _write_readings(corpus, found, html)


def _write_readings(corpus: Corpus, found: Comparison, path: Path) -> None:
    from sinorus_corpus.files import write_atomic
    from sinorus_corpus.view.readings import readings_page

    write_atomic(path, readings_page(corpus, found).encode("utf-8"))
    click.echo(f"wrote {path}, which holds the texts of hydrated articles too: keep such a file to yourself", err=True)


@main.command()
@click.argument("pred", type=click.Path(path_type=Path, exists=True))
@click.argument("gold", type=click.Path(path_type=Path, exists=True), required=False)
@_layers
@_documents
@_format
@with_corpus
def score(corpus: Corpus, pred: Path, gold: Path | None, form: str, **chosen: tuple[str, ...]) -> None:
    """Score a system's output PRED against GOLD, the gold of the corpus if not given.

    PRED is a folder or file in the annotation format, or JSON lines at offsets of the published text: {"doc_id", "entities":
    [{"start", "end", "label"}], "claims": [{"segments": [[start, end]], "ctype", ...}]}.
    """
    from sinorus_corpus.comparing import score as run

    with busy("comparing"):
        found = run(corpus, pred, gold, **chosen)
    _show(found, form, listed=bool(chosen["doc_ids"]))


def _show(found: Comparison, form: str, *, listed: bool) -> None:
    from rich.console import Console

    from sinorus_corpus.comparing import comparison_json, comparison_tables

    if form == "json":
        click.echo(comparison_json(found))
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    for part in comparison_tables(found, listed=listed):
        console.print(part, markup=not isinstance(part, str))


@main.command()
@click.argument("readers", nargs=-1, required=True)
@with_corpus
def challenges(corpus: Corpus, readers: tuple[str, ...]) -> None:
    """Say how many of the difficulties by design READERS (annotators, gold, files of predictions) and the cleaner meet."""
    from rich.console import Console

    from sinorus_corpus.comparing.challenges import challenges as run
    from sinorus_corpus.comparing.report import recall_table

    with busy("comparing"):
        found = run(corpus, readers)
    Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH).print(recall_table(found))
