"""Commands of a release: check-dist, diff, release."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sinorus_corpus.cli.base import busy, main, show, with_corpus
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


@main.command()
@click.argument("old")
@click.argument("new", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text", show_default=True)
@with_corpus
def diff(corpus: Corpus, old: str, new: str | None, form: str) -> None:
    """Say what differs between OLD and NEW: built folders, corpus folders, tags or revisions; NEW is the corpus if not given."""
    from sinorus_corpus.release.diff import diff as run
    from sinorus_corpus.release.diff_report import difference_json, difference_markdown, difference_tables

    with busy("reading both sides"):
        found = run(corpus, old, new or str(corpus.root))
    if form == "text":
        show(difference_tables(found))
    else:
        click.echo(difference_json(found) if form == "json" else difference_markdown(found))


@main.command()
@click.option(
    "--dry-run", is_flag=True, help="Say what the release would be and what stands against it; write nothing."
)
@with_corpus
def release(corpus: Corpus, dry_run: bool) -> None:
    """Release the corpus: name its version by what changed, write the changelog, commit, tag, build and check the dataset.

    Run again after it broke off, it goes on where it stopped. Nothing leaves this machine: see sinorus publish.
    """
    from sinorus_corpus.release.plan_report import next_lines, plan_parts
    from sinorus_corpus.release.releasing import plan_release
    from sinorus_corpus.release.releasing import release as run
    from sinorus_corpus.report import format_issues

    with busy("validating, building, comparing with the last version"):
        plan = plan_release(corpus)
    if plan.issues:
        click.echo(format_issues(plan.issues, plan.report.schema))
    show(plan_parts(plan))
    if not (dry_run or plan.is_refused) and plan.version:
        with busy("committing, tagging, building"):
            run(corpus, plan)
        show(next_lines(plan))
    sys.exit(1 if plan.is_refused else 0)
