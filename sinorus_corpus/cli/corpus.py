"""Commands on the corpus as a whole: take in, hydrate, validate, explain, build."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sinorus_corpus.characters import escape
from sinorus_corpus.cli.base import busy, fail, main, with_corpus
from sinorus_corpus.corpus import Corpus

if TYPE_CHECKING:
    from rich.table import Table

    from sinorus_corpus.build import Built
    from sinorus_corpus.intake import Added
    from sinorus_corpus.records import Article
    from sinorus_corpus.sources import Collection


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
@click.argument("file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--from", "source", default="", help="Fetch it instead: hf://datasets/ORG/NAME@REVISION:ID, or an address."
)
@click.option(
    "--list", "listing", is_flag=True, help="With --from NAME of raw/sources.toml: show what is on the subject."
)
@click.option("--limit", default=20, show_default=True, help="How many --list shows.")
@click.option(
    "--evidence", default="", help="Where a fetched article's licence is stated, if the source does not say it."
)
@click.option("--title")
@click.option("--publisher", help='"unknown" where the file does not say.')
@click.option("--date", "day", help="A day as 2024-05-01, or unknown.")
@click.option("--license", "license_id", help="An SPDX id such as CC-BY-4.0, or unknown.")
@click.option("--url")
@click.option("--genre", default="news", show_default=True)
@click.option("--origin", default="published", show_default=True, type=click.Choice(["published", "written"]))
@click.option("--language", default="en", show_default=True)
@click.option("--id", "doc_id", default="", help="Document id; made from the title if not given.")
@click.option("--split", default="", help="Chosen so that splits stay balanced if not given.")
@with_corpus
def add(corpus: Corpus, file: Path | None, source: str, listing: bool, limit: int, **options: Any) -> None:
    """Take an article (a FILE of plain text or HTML, or fetched --from a public source) into raw/, with its record.

    Nothing is fetched without --from. What a source says of title, publisher, date and licence need not be told.
    """
    if (file is None) == (not source):
        raise click.UsageError("expected a FILE, or a source with --from")
    if listing:
        return _show_candidates(corpus, source, limit)
    added = _add_file(corpus, file, **options) if file else _add_fetched(corpus, source, **options)
    for path in added.paths:
        click.echo(f"wrote {corpus.relative(path)}")
    click.echo(f"{added.article.doc_id}: split {added.article.split}, licence {added.article.license}")
    if added.alike:
        click.echo(f"near-duplicate of {', '.join(added.alike)}; keep both only if you mean to")
    return None


def _facts(day: str | None, license_id: str | None, **options: str | None) -> dict[str, Any]:
    """What somebody told, by the names of `Facts`."""
    told: dict[str, Any] = {key: value for key, value in options.items() if value is not None}
    told |= {"license": license_id} if license_id is not None else {}
    return told | ({"date": _day(day)} if day is not None else {})


def _add_file(corpus: Corpus, file: Path, evidence: str, **options: str | None) -> Added:
    from sinorus_corpus.intake import Facts
    from sinorus_corpus.intake import add as run

    told = _facts(**options)
    for key in ("title", "publisher", "date", "license"):
        if key not in told:
            raise click.UsageError(f"Missing option '--{key}'.")
    if evidence:
        raise click.UsageError("--evidence belongs to --from; a file's licence is told with --license")
    return run(corpus, file, Facts(**told))


def _collections(corpus: Corpus) -> dict[str, Collection]:
    from sinorus_corpus.sources import read_collections

    return read_collections(corpus)


def _add_fetched(corpus: Corpus, source: str, evidence: str, **options: str | None) -> Added:
    from sinorus_corpus.pinned import add_from, fetch

    told = _facts(**options)
    with busy("fetching"):
        fetched = fetch(source, _collections(corpus))
    added = add_from(corpus, fetched, told, evidence)
    pin = added.article.source
    if pin and pin.license_statement:
        click.echo(f"licence, as stated: {escape(pin.license_statement)} ({escape(pin.license_read)})")
    return added


def _show_candidates(corpus: Corpus, source: str, limit: int) -> None:
    from sinorus_corpus.pinned import candidates

    with busy(f"reading {source}"):
        found = candidates(source, _collections(corpus), limit)
    for one in found:
        click.echo(
            f"{escape(one.title)}\n  {escape(one.date)}  {escape(one.license)}\n  sinorus add --from '{one.address}'"
        )
    click.echo(f"{len(found)} on the subject{'; --limit shows more' if len(found) == limit else ''}")


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
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--pinned", is_flag=True, help="Fetch those that were taken from a public source again, and check them.")
@with_corpus
def hydrate(corpus: Corpus, folder: Path | None, pinned: bool) -> None:
    """Find your copies of withheld articles in FOLDER and put them where git ignores them."""
    from sinorus_corpus.content import read_content
    from sinorus_corpus.hydrate import hydrate as run
    from sinorus_corpus.schema import read_schema
    from sinorus_corpus.summary import hydration_lines

    if not folder and not pinned:
        raise click.UsageError("expected a FOLDER with your copies, or --pinned")
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema)
    if folder:
        with busy("looking for copies"):
            found = run(corpus, folder, content, schema)
        click.echo(hydration_lines(found))
    if pinned:
        _hydrate_pinned(corpus, content.articles)


def _hydrate_pinned(corpus: Corpus, articles: dict[str, Article]) -> None:
    from sinorus_corpus.pinned import hydrate_pinned as run
    from sinorus_corpus.summary import taken_lines

    with busy("fetching"):
        taken = run(corpus, articles)
    click.echo(taken_lines(taken))
    sys.exit(1 if taken.failed else 0)


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
