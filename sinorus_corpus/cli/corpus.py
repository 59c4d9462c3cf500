"""Commands on the corpus as a whole: take in, hydrate, validate, explain, build."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sinorus_corpus.cli.base import busy, fail, main, with_corpus
from sinorus_corpus.corpus import Corpus

if TYPE_CHECKING:
    from rich.table import Table

    from sinorus_corpus.build import Built


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif", "markdown"]),
    default="text",
    show_default=True,
)
@click.option("--changed-from", default="", help="Check what changed since this git revision too, as CI does.")
@click.option(
    "--rules", type=click.Path(path_type=Path, exists=True), help="A schemas/ folder whose rules hold instead."
)
@click.option("--update-debt", is_flag=True, help="Write into schemas/debt.toml where debt has shrunk.")
@with_corpus
def validate(corpus: Corpus, paths: tuple[Path, ...], form: str, update_debt: bool, **options: Any) -> None:
    """Check the corpus, or the findings on PATHs alone; exit 1 on errors."""
    from sinorus_corpus.report import format_issues
    from sinorus_corpus.validate import update_debt as lower
    from sinorus_corpus.validate import validate as run

    report = run(corpus, paths, **options)
    if update_debt and lower(report):
        report = run(corpus, paths, **options)
    if report.issues or form in ("json", "sarif", "markdown"):
        click.echo(format_issues(report.issues, report.schema, form))
    count = f"{len(report.content.articles)} articles, {len(report.content.annotation_sets)} annotation files"
    click.echo(f"{count}: {len(report.errors)} errors, {len(report.issues) - len(report.errors)} warnings", err=True)
    sys.exit(1 if report.errors else 0)


@main.command()
@click.argument("code")
@click.pass_obj
def explain(root: Path | None, code: str) -> None:
    """Say what an issue CODE means, with a bad example and its mend."""
    from sinorus_corpus.report import explain as run
    from sinorus_corpus.schema import read_schema

    click.echo(run(code, read_schema(root / "schemas" if root else None)))


@main.command()
@click.option(
    "--private",
    type=click.Path(path_type=Path),
    help="Build here instead, with the text of hydrated articles, for yourself.",
)
@with_corpus
def build(corpus: Corpus, private: Path | None) -> None:
    """Validate everything and write the dataset to dist/sinorus-corpus/."""
    from sinorus_corpus.build import InvalidCorpusError
    from sinorus_corpus.build import build as run
    from sinorus_corpus.report import format_issues

    try:
        with busy("validating and building"):
            built = run(corpus, private, private=private is not None)
    except InvalidCorpusError as error:
        fail(f"{format_issues(error.report.errors, error.report.schema)}\n{error}")
    _show_built(built)


def _show_built(built: Built) -> None:
    from sinorus_corpus.summary import built_tables, usage_lines

    _show(built_tables(built))
    click.echo(usage_lines(built))


def _show(tables: Iterable[Table]) -> None:
    from rich.console import Console

    console = Console()
    for table in tables:
        console.print(table)


@main.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--title", required=True)
@click.option("--publisher", required=True, help='"unknown" where the file does not say.')
@click.option("--date", "day", required=True, help="A day as 2024-05-01, or unknown.")
@click.option("--license", "license_id", required=True, help="An SPDX id such as CC-BY-4.0, or unknown.")
@click.option("--url", default="")
@click.option("--genre", default="news", show_default=True)
@click.option("--origin", default="published", show_default=True, type=click.Choice(["published", "written"]))
@click.option("--language", default="en", show_default=True)
@click.option("--id", "doc_id", default="", help="Document id; made from the title if not given.")
@click.option("--split", default="", help="Chosen so that splits stay balanced if not given.")
@with_corpus
def add(corpus: Corpus, file: Path, day: str, license_id: str, **facts: str) -> None:
    """Take an article (plain text or HTML) into raw/, with its record."""
    from sinorus_corpus.intake import Facts
    from sinorus_corpus.intake import add as run

    added = run(corpus, file, Facts(date=_day(day), license=license_id, **facts))  # type: ignore[arg-type]  # all are text
    for path in added.paths:
        click.echo(f"wrote {corpus.relative(path)}")
    click.echo(f"{added.article.doc_id}: split {added.article.split}, licence {added.article.license}")
    if added.alike:
        click.echo(f"near-duplicate of {', '.join(added.alike)}; keep both only if you mean to")


def _day(text: str) -> Any:
    if text == "unknown":
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no day; expected one such as 2024-05-01, or unknown", param_hint="--date"
        ) from None


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@with_corpus
def hydrate(corpus: Corpus, folder: Path) -> None:
    """Find your copies of withheld articles in FOLDER and put them where git ignores them."""
    from sinorus_corpus.content import read_content
    from sinorus_corpus.hydrate import hydrate as run
    from sinorus_corpus.schema import read_schema
    from sinorus_corpus.summary import hydration_lines

    schema = read_schema(corpus.schemas)
    with busy("looking for copies"):
        found = run(corpus, folder, read_content(corpus, schema), schema)
    click.echo(hydration_lines(found))


@main.command()
@click.argument("doc_ids", nargs=-1, metavar="[DOC_ID]...")
@with_corpus
def fingerprint(corpus: Corpus, doc_ids: tuple[str, ...]) -> None:
    """Write the digests that find the labels of withheld texts in copies that differ; of all hydrated ones if none is named."""
    from sinorus_corpus.labelling import fingerprint as run

    for path in run(corpus, doc_ids):
        click.echo(f"wrote {corpus.relative(path)}")


@main.command()
@click.option("--html", type=click.Path(path_type=Path), help="Write the counts as bars into this file.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@with_corpus
def stats(corpus: Corpus, html: Path | None, form: str) -> None:
    """Count what is labelled: types, topics, years, depths of attribution, units, relations."""
    from sinorus_corpus.content import read_content
    from sinorus_corpus.schema import read_schema
    from sinorus_corpus.stats import stats as run
    from sinorus_corpus.summary import count_tables, counts_json

    schema = read_schema(corpus.schemas)
    counts = run(read_content(corpus, schema), schema)
    if html:
        from sinorus_corpus.files import write_atomic
        from sinorus_corpus.view.figures import figures_page

        write_atomic(html, figures_page(counts).encode("utf-8"))
    _show(count_tables(counts)) if form == "text" else click.echo(counts_json(counts))
