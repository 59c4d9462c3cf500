"""Commands of the explorer: site, browse."""

from __future__ import annotations

from pathlib import Path

import click

from sinorus_corpus.cli.base import busy, fail, main, with_corpus
from sinorus_corpus.corpus import Corpus


@main.command()
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="The folder to write into, new or of a site."
)
@with_corpus
def site(corpus: Corpus, out: Path) -> None:
    """Write the explorer as a static site, from committed files alone."""
    from sinorus_corpus.build import InvalidCorpusError
    from sinorus_corpus.report import format_issues
    from sinorus_corpus.site import build_site

    try:
        with busy("validating and drawing"):
            files = build_site(corpus, out)
    except InvalidCorpusError as error:
        fail(f"{format_issues(error.report.errors, error.report.schema)}\n{error}")
    click.echo(f"wrote {len(files)} files, {sum(map(len, files.values())) / 1000:,.0f} kB: open {out / 'index.html'}")


@main.command()
@click.argument("place", metavar="[DOC[:CLAIM]]", default="")
@click.option("--port", default=0, help="Port on loopback; a free one if not given.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback alone.")
@click.option("--no-browser", "quiet", is_flag=True, help="Print the address and open nothing.")
@with_corpus
def browse(corpus: Corpus, place: str, port: int, host: str, quiet: bool) -> None:
    """Open the explorer with your own copies of withheld articles in place, at a claim if you name one."""
    from sinorus_corpus.build import InvalidCorpusError
    from sinorus_corpus.report import format_issues
    from sinorus_corpus.site import browse as run

    try:
        run(corpus, place, host=host, port=port, browser=not quiet, waiting=busy("reading the corpus and your copies"))
    except InvalidCorpusError as error:
        fail(f"{format_issues(error.report.errors, error.report.schema)}\n{error}")
