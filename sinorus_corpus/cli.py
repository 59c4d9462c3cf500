"""The command line. Each command parses, calls a function of the same name and prints; heavy imports stand inside."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from sinorus_corpus import __version__
from sinorus_corpus.corpus import Corpus, find_corpus
from sinorus_corpus.records import SinorusError

if TYPE_CHECKING:
    from sinorus_corpus.build import Built


class _Group(click.Group):
    """Says which command was probably meant, and turns refusals into messages."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Finds the command, or names the nearest one."""
        from sinorus_corpus.schema import require

        if args and not args[0].startswith("-"):
            require(args[0], self.list_commands(ctx), "command")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; a refusal is one line on standard error and exit code 1."""
        try:
            return super().invoke(ctx)
        except SinorusError as error:
            raise click.ClickException(str(error)) from None


def _fail(text: str) -> NoReturn:
    click.echo(text, err=True)
    sys.exit(1)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sinorus")
@click.option(
    "--corpus", "root", type=click.Path(path_type=Path), help="The corpus folder; found upwards from here if not given."
)
@click.pass_context
def main(ctx: click.Context, root: Path | None) -> None:
    """Raw articles in, a validated and versioned Hugging Face dataset out."""
    ctx.obj = root


def with_corpus(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the corpus it works on."""

    @functools.wraps(function)
    def run(**options: Any) -> Any:
        root = click.get_current_context().obj
        return function(Corpus(root.absolute()) if root else find_corpus(Path.cwd()), **options)

    return run


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "github", "sarif"]), default="text", show_default=True
)
@with_corpus
def validate(corpus: Corpus, paths: tuple[Path, ...], form: str) -> None:
    """Check the corpus, or the findings on PATHs alone; exit 1 on errors."""
    from sinorus_corpus.report import format_issues
    from sinorus_corpus.validate import validate as run

    report = run(corpus, paths)
    if report.issues or form in ("json", "sarif"):
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
        with _busy("validating and building"):
            built = run(corpus, private, private=private is not None)
    except InvalidCorpusError as error:
        _fail(f"{format_issues(error.report.errors, error.report.schema)}\n{error}")
    _show_built(built)


def _busy(text: str) -> Any:
    from rich.console import Console

    return Console(stderr=True).status(text)


def _show_built(built: Built) -> None:
    from rich.console import Console

    from sinorus_corpus.summary import built_tables, usage_lines

    console = Console()
    for table in built_tables(built):
        console.print(table)
    click.echo(usage_lines(built))


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

    content = read_content(corpus, read_schema(corpus.schemas))
    click.echo(hydration_lines(run(corpus, folder, content.articles)))


@main.command()
@click.argument("doc_id")
@with_corpus
def regions(corpus: Corpus, doc_id: str) -> None:
    """Print the region file that the cleaner proposes for DOC_ID; on standard error its least certain lines."""
    from sinorus_corpus.labelling import propose

    proposed, doubtful = propose(corpus, doc_id)
    click.echo(proposed, nl=False)
    click.echo("\n".join(["least certain first:", *doubtful]), err=True)


@main.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--jsonl", is_flag=True, help="Read {id, text, site?} lines from FILES or standard input, write regions.")
@click.option("--site", default="", help="Site whose rules in sites.toml hold for the files.")
@click.option(
    "--rules", type=click.Path(path_type=Path, exists=True), help="A sites.toml; that of the corpus if not given."
)
@click.pass_obj
def clean(root: Path | None, files: tuple[Path, ...], jsonl: bool, site: str, rules: Path | None) -> None:
    """Show which lines of articles are text and what the others are."""
    from sinorus_corpus.clean import clean_files, clean_jsonl
    from sinorus_corpus.schema import read_schema

    schema = read_schema(root / "schemas" if root else None)
    rules = rules or (root / "sites.toml" if root else Path("sites.toml"))
    if not jsonl:
        clean_files(files, schema, site, rules)
    elif clean_jsonl(files, schema, rules):
        sys.exit(1)


@main.command()
@click.argument("draft", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--doc", "doc_id", required=True, help="The document that the draft labels.")
@click.option("--annotator", required=True)
@with_corpus
def anchor(corpus: Corpus, draft: Path, doc_id: str, annotator: str) -> None:
    """Turn a DRAFT of labels by quote into a pass with offsets."""
    from sinorus_corpus.labelling import anchor as run
    from sinorus_corpus.report import format_issues
    from sinorus_corpus.schema import read_schema

    path, unknown, issues = run(corpus, draft, doc_id, annotator)
    for name in unknown:
        click.echo(f"not in the registry, left unlinked: {name}", err=True)
    if issues:
        _fail(f"{format_issues(issues, read_schema(corpus.schemas))}\n{len(issues)} findings; nothing was written")
    click.echo(f"wrote {corpus.relative(path)}")


@main.command()
@click.argument("doc_id")
@click.option("--from", "annotator", required=True, help="The annotator whose pass becomes gold.")
@with_corpus
def gold(corpus: Corpus, doc_id: str, annotator: str) -> None:
    """Make gold (status single) of one annotator's pass over DOC_ID."""
    from sinorus_corpus.labelling import make_gold

    click.echo(f"wrote {corpus.relative(make_gold(corpus, doc_id, annotator))}")


@main.command()
@with_corpus
def labels(corpus: Corpus) -> None:
    """Write the label tables of schemas/labels/ into annotations/GUIDELINES.md."""
    from sinorus_corpus.labelling import write_label_tables

    changed = write_label_tables(corpus)
    click.echo(f"{'wrote' if changed else 'nothing to change in'} annotations/GUIDELINES.md")


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_corpus
def fmt(corpus: Corpus, paths: tuple[Path, ...]) -> None:
    """Write annotation files in their canonical form; all of them if no PATH is given."""
    from sinorus_corpus.labelling import fmt as run
    from sinorus_corpus.report import format_issues
    from sinorus_corpus.schema import read_schema

    changed, issues = run(corpus, paths)
    for path in changed:
        click.echo(f"formatted {corpus.relative(path.absolute())}")
    if issues:
        _fail(f"{format_issues(issues, read_schema(corpus.schemas))}\nfiles with findings were left as they are")
