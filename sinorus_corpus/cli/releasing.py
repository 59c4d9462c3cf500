"""Commands of a release: check-dist."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sinorus_corpus.cli.base import busy, main
from sinorus_corpus.corpus import Corpus, find_corpus


@main.command("check-dist")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif", "markdown"]),
    default="text",
    show_default=True,
)
@click.pass_obj
def check_dist(root: Path | None, folder: Path | None, form: str) -> None:
    """Check a built dataset in FOLDER (dist/sinorus-corpus if not given) against itself, offline; exit 1 on errors."""
    from sinorus_corpus.release.gate import check_dist as run
    from sinorus_corpus.report import format_issues
    from sinorus_corpus.schema import read_schema

    place = folder or (Corpus(root.absolute()) if root else find_corpus(Path.cwd())).dist
    with busy("checking"):
        issues = run(place)
    if issues or form in ("json", "sarif", "markdown"):
        click.echo(format_issues(issues, read_schema(), form))
    click.echo(f"{place}: {len(issues)} errors", err=True)
    sys.exit(1 if issues else 0)
