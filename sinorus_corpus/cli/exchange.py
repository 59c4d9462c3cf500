"""Commands that exchange labels with other tools: export, import."""

from __future__ import annotations

from pathlib import Path

import click

from sinorus_corpus.annotation.formats import NAMES
from sinorus_corpus.cli.base import fail, main, with_corpus
from sinorus_corpus.corpus import Corpus

_FORMATS = f"Formats: {', '.join(NAMES)}."


@main.command(epilog=_FORMATS)
@click.argument("form", metavar="FORMAT")
@click.argument("doc_ids", metavar="[DOC]...", nargs=-1)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder to write into.")
@click.option("--from", "source", default="gold", show_default=True, help="gold, or the annotator of the passes.")
@click.option("--blank", is_flag=True, help="Leave the labels out, for a first reading.")
@with_corpus
def export(corpus: Corpus, form: str, doc_ids: tuple[str, ...], out: Path, source: str, blank: bool) -> None:
    """Write documents with their labels in the FORMAT of another tool, and say what it cannot carry."""
    from sinorus_corpus.exchange import export as run
    from sinorus_corpus.exchange import lost_lines

    made = run(corpus, form, out, doc_ids, source, blank=blank)
    for line in [*lost_lines(made.lost), *(f"left out, not at hand: {doc_id}" for doc_id in made.left_out)]:
        click.echo(line, err=True)
    for doc_id in made.withheld:
        click.echo(f"{doc_id}: THE TEXT MAY NOT BE PASSED ON; keep what was written to yourself", err=True)
    for path in made.paths:
        click.echo(f"wrote {path}")
    if not blank:
        click.echo(
            f"it holds labels; a reading that starts from them says so: sinorus import --base {source}", err=True
        )


@main.command("import", epilog=_FORMATS)
@click.argument("form", metavar="FORMAT")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--annotator", required=True, help="Whose passes they become.")
@click.option(
    "--unit", default="", help="What offsets count: code-point, utf-16 or grapheme; the tool's own if not given."
)
@click.option("--by", default="", help="Whose labels to take, where the file holds those of several annotators.")
@click.option("--fill-from", default="", help="gold or an annotator: take from there what the tool cannot carry.")
@click.option("--base", default="", help="gold or an annotator: whose labels were shown to start from; none if blind.")
@click.option("--replace", "overwrite", is_flag=True, help="Replace passes that are there; build/replaced/ keeps them.")
@with_corpus
def import_labels(corpus: Corpus, form: str, files: tuple[Path, ...], **options: str) -> None:
    """Make passes of FILES that another tool wrote in FORMAT."""
    from sinorus_corpus.exchange import import_labels as run
    from sinorus_corpus.report import format_issues

    made = run(corpus, form, files, **options)  # type: ignore[arg-type]  # click gives each option its type
    if made.issues:
        click.echo(format_issues(made.issues, made.schema), err=True)
    if made.units:
        click.echo(f"offsets read as {' and '.join(made.units)}", err=True)
    if made.failed:
        fail(f"{len(made.issues)} findings; nothing was written")
    for path in [*made.passes, *made.kept]:
        click.echo(f"{'kept' if path in made.kept else 'wrote'} {corpus.relative(path)}")
