"""The command that has a sample of gold read a third time: audit."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sinorus_corpus.cli.base import busy, fail, main, with_corpus
from sinorus_corpus.corpus import Corpus

WIDTH = 140  # of tables that go to a file or a log
_COUNT, _SEED = click.IntRange(0, 100_000), click.IntRange(0, 2**31 - 1)


@main.command()
@click.option(
    "--sample",
    type=_COUNT,
    default=60,
    show_default=True,
    help="How many entities; 60 and what goes with them take an hour.",
)
@click.option("--claims", type=_COUNT, help="How many claims; two for three entities if not given.")
@click.option(
    "--paragraphs", type=_COUNT, help="How many paragraphs to label from empty; one for five entities if not given."
)
@click.option("--seed", type=_SEED, default=1994, show_default=True, help="Another seed draws another sample.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Write the task as plain files into this new folder instead."
)
@click.option(
    "--receive",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Take in the answers in a task's folder.",
)
@click.option("--report", "shown", is_flag=True, help="Print the figures of all finished audits.")
@click.option("--annotator", default="", help="Whose audit it is; a-z, 0-9, '.', '_' and '-'.")
@click.option(
    "--kind", type=click.Choice(["human", "model"]), help="Who reads; human on the page, to be said with --receive."
)
@click.option("--port", default=0, help="Port of the page on loopback; a free one if not given.")
@with_corpus
def audit(
    corpus: Corpus, out: Path | None, folder: Path | None, shown: bool, annotator: str, kind: str | None, **drawn: int
) -> None:
    """Read a sample of gold a third time, blind, on the page or from files; or print what such audits say."""
    if shown:
        return _report(corpus)
    if folder:
        return _receive(corpus, folder, annotator, kind)
    if out:
        return _write(corpus, out, **drawn)
    return _serve(corpus, annotator, kind, **drawn)


def _report(corpus: Corpus) -> None:
    from rich.console import Console

    from sinorus_corpus.auditing.figures import audit_figures
    from sinorus_corpus.auditing.report import audit_tables
    from sinorus_corpus.content import read_content
    from sinorus_corpus.schema import read_schema

    with busy("counting"):
        schema = read_schema(corpus.schemas)
        found = audit_figures(read_content(corpus, schema), schema)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    for part in audit_tables(found):
        console.print(part, markup=not isinstance(part, str))


def _write(
    corpus: Corpus, out: Path, sample: int, claims: int | None, paragraphs: int | None, seed: int, port: int
) -> None:
    from sinorus_corpus.auditing.sampling import Sizes
    from sinorus_corpus.auditing.tasks import write_task

    with busy("drawing"):
        drawn, withheld = write_task(corpus, Sizes.of(sample, claims, paragraphs), seed, out)
    for doc_id in drawn.left_out:
        click.echo(f"not drawn from, since its text is not here: {doc_id}", err=True)
    click.echo(
        f"wrote {out}: {len(drawn.items)} labels, {len(drawn.paragraphs)} paragraphs; its README.md says what to do"
    )
    if withheld:
        click.echo("this folder holds texts that may not be passed on: keep it to yourself", err=True)


def _receive(corpus: Corpus, folder: Path, annotator: str, kind: str | None) -> None:
    from sinorus_corpus.auditing.answers import receive
    from sinorus_corpus.report import format_issues
    from sinorus_corpus.schema import read_schema

    if not annotator or not kind:
        raise click.UsageError("who read, and what? --annotator NAME --kind human or --kind model")
    path, unknown, issues = receive(corpus, folder, annotator, kind)
    for name in unknown:
        click.echo(f"not in the registry, left unlinked: {name}", err=True)
    if issues:
        click.echo(format_issues(issues, read_schema(corpus.schemas)))
        fail("nothing was taken in")
    click.echo(f"wrote {corpus.relative(path.parent)}; sinorus audit --report prints the figures")


def _serve(
    corpus: Corpus,
    annotator: str,
    kind: str | None,
    sample: int,
    claims: int | None,
    paragraphs: int | None,
    seed: int,
    port: int,
) -> None:
    from sinorus_corpus.auditing.sampling import Sizes
    from sinorus_corpus.page import serve
    from sinorus_corpus.page.auditing import AuditStore

    if not annotator:
        raise click.UsageError("who audits? --annotator NAME")
    with busy("drawing"):
        store = AuditStore(corpus, annotator, kind or "human", Sizes.of(sample, claims, paragraphs), seed)
    serve(corpus, annotator, port=port, audit=store)
