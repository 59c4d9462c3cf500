"""Commands of the annotation page: annotate, receive, adjudicate."""

from __future__ import annotations

from pathlib import Path

import click

from sinorus_corpus.cli.base import main, with_corpus
from sinorus_corpus.corpus import Corpus


@main.command()
@click.argument("doc_id", default="")
@click.option("--annotator", default="", help="Whose passes are edited; a-z, 0-9, '.', '_' and '-'.")
@click.option(
    "--file", "single", is_flag=True, help="Write the page with this one article into a single HTML file instead."
)
@click.option("--out", type=click.Path(path_type=Path), help="Where --file writes; build/DOC_ID.html if not given.")
@click.option("--port", default=0, help="Port on loopback; a free one if not given.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--expose-to-the-network", "expose", is_flag=True, help="Allow a --host that other machines can reach.")
@with_corpus
def annotate(corpus: Corpus, doc_id: str, annotator: str, single: bool, out: Path | None, **at: object) -> None:
    """Open the annotation page, on DOC_ID or on the overview."""
    if single:
        return _write_single(corpus, doc_id, out)
    from sinorus_corpus.page import serve
    from sinorus_corpus.schema import require

    if not annotator:
        raise click.UsageError("whose reading is it? --annotator NAME")
    if doc_id:
        require(doc_id, corpus.doc_ids(), "document")
    return serve(corpus, annotator, f"documents/{doc_id}" if doc_id else "", **at)  # type: ignore[arg-type]  # click types them


def _write_single(corpus: Corpus, doc_id: str, out: Path | None) -> None:
    from sinorus_corpus.page.handing import write_page

    if not doc_id:
        raise click.UsageError("--file writes one article; which? sinorus annotate --file DOC_ID")
    path = out or corpus.root / "build" / f"{doc_id}.html"
    withheld = write_page(corpus, doc_id, path)
    click.echo(
        f"wrote {path}; it works from a double click, and what it hands in goes to sinorus receive FILE --annotator NAME"
    )
    if withheld:
        click.echo("this page holds a text that may not be passed on: keep it to yourself", err=True)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--annotator", required=True)
@with_corpus
def receive(corpus: Corpus, file: Path, annotator: str) -> None:
    """Check a FILE that the page handed in and put it in its place as a pass."""
    from sinorus_corpus.page.handing import receive as run

    path, count = run(corpus, file, annotator)
    click.echo(f"wrote {corpus.relative(path)}: {count} labels")


@main.command()
@click.argument("doc_id")
@click.argument("a")
@click.argument("b")
@click.option(
    "--decisions", type=click.Path(path_type=Path, exists=True, dir_okay=False), help='Lines {"n", "choice", "note"?}.'
)
@click.option("--annotator", default="", help="Who decided.")
@with_corpus
def adjudicate(corpus: Corpus, doc_id: str, a: str, b: str, decisions: Path | None, annotator: str) -> None:
    """List where passes A and B over DOC_ID differ, or settle them by a file of decisions; the page does both too."""
    from sinorus_corpus.adjudicating import adjudicate as run
    from sinorus_corpus.adjudicating import list_differences, read_choices

    if decisions is None:
        for line in list_differences(corpus, doc_id, a, b):
            click.echo(line)
        return
    if not annotator:
        raise click.UsageError("who decided? --annotator NAME")
    click.echo(f"wrote {corpus.relative(run(corpus, doc_id, a, b, read_choices(decisions), annotator))}")
