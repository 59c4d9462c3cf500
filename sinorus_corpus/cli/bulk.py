"""The command for millions of articles."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sinorus_corpus.cli.base import main
from sinorus_corpus.corpus import Corpus, find_corpus
from sinorus_corpus.records import SinorusError

if TYPE_CHECKING:
    from sinorus_corpus.bulk.run import Bulk


@main.command()
@click.argument("source", metavar="INPUT")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="The folder to write.")
@click.option("--labels", default="", help="Standoff labels (doc_id, start, end, label, quote or digest), as INPUT.")
@click.option(
    "--column", "columns", multiple=True, metavar="OURS=THEIRS", help="A column's name in INPUT, as text=body."
)
@click.option("--annotator", default="labels", show_default=True, help="Whose reading the labels are.")
@click.option(
    "--suggest", is_flag=True, help="Propose entities where there are no labels, by the corpus' registry; slow."
)
@click.option("--near-duplicates/--no-near-duplicates", default=True, show_default=True)
@click.option("--engine", default="local", show_default=True, help="local, or ray for a cluster.")
@click.option(
    "--workers", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="Shards at once; all cores unless told."
)
@click.pass_obj
def bulk(root: Path | None, /, source: str, out: Path, labels: str, engine: str, workers: int, **options: Any) -> None:
    """Clean, check and write millions of articles: INPUT is a file, a folder, a pattern or an address of shards.

    Shards are Parquet or JSONL (.gz and .zst too). A second run goes on where the first one ended.
    """
    from sinorus_corpus.bulk.run import bulk as run
    from sinorus_corpus.bulk.watching import Watch

    try:
        with Watch() as watch:
            made = run(
                source, out, _options(root, **options), labels=labels, engine=engine, workers=workers, progress=watch
            )
    except KeyboardInterrupt:
        click.echo("stopped; what is done stays, and the same command goes on from here", err=True)
        sys.exit(130)
    _show(made)
    sys.exit(1 if made.failed else 0)


def _options(root: Path | None, columns: tuple[str, ...], **options: Any) -> Any:
    """The options, with contract, rules and registry of the corpus, where there is one."""
    from sinorus_corpus.bulk.options import Options, parse_columns

    try:
        corpus = Corpus(root.absolute()) if root else find_corpus(Path.cwd())
    except SinorusError:
        if options["suggest"]:
            raise
        return Options(parse_columns(columns), **options)
    registry = corpus.registry if options["suggest"] else None
    return Options(parse_columns(columns), **options, schemas=corpus.schemas, rules=corpus.sites, registry=registry)


def _show(made: Bulk) -> None:
    """What was made, and what was not."""
    for name, number in made.counts.items():
        click.echo(f"{name:28} {number:>15,}")
    for code, number in sorted(made.codes.items()):
        click.echo(f"{code:28} {number:>15,}  (report.md)")
    for issue in made.failed:
        click.echo(f"{issue.path}: {issue.found}", err=True)
    click.echo(f"wrote {made.path}")
