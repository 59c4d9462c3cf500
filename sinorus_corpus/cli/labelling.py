"""Commands that make and mend annotation files: regions, cleaning, anchoring, gold, canonical form."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sinorus_corpus.cli.base import fail, main, with_corpus
from sinorus_corpus.corpus import Corpus


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
    """Show which lines of articles are text and what the others are.

    With --jsonl each region has `keep` (the line is in the published text: its type is text, titles and subtitles among
    them, and it repeats no earlier line), `score` (how likely it is text of the body, titles and subtitles not among it)
    and `type_score` (how likely its type is).
    """
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
        fail(f"{format_issues(issues, read_schema(corpus.schemas))}\n{len(issues)} findings; nothing was written")
    click.echo(f"wrote {corpus.relative(path)}")


@main.command()
@click.argument("doc_id", required=False)
@click.option("--annotator", default="", help="Begin this annotator's pass with the suggestions.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write them to this file instead.")
@click.option("--score", is_flag=True, help="Compare the suggestions for all documents with gold, label by label.")
@with_corpus
def suggest(corpus: Corpus, doc_id: str | None, annotator: str, out: Path | None, score: bool) -> None:
    """Propose entities of DOC_ID as a draft to be corrected; on standard output unless it is told where."""
    from sinorus_corpus.suggestions.suggest import score_lines, score_suggestions
    from sinorus_corpus.suggestions.suggest import suggest as run

    if score:
        click.echo("\n".join(score_lines(score_suggestions(corpus))))
    elif not doc_id:
        raise click.UsageError("say which document, or --score")
    else:
        data, path = run(corpus, doc_id, annotator, out)
        click.echo(data.decode("utf-8"), nl=False) if path is None else click.echo(f"wrote {corpus.relative(path)}")


@main.command()
@click.argument("doc_id")
@click.option("--from", "annotator", required=True, help="The annotator whose pass becomes gold.")
@with_corpus
def gold(corpus: Corpus, doc_id: str, annotator: str) -> None:
    """Make gold (status single) of one annotator's pass over DOC_ID."""
    from sinorus_corpus.labelling import make_gold

    click.echo(f"wrote {corpus.relative(make_gold(corpus, doc_id, annotator))}")


@main.command()
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@with_corpus
def migrate(corpus: Corpus, dry_run: bool) -> None:
    """Rename retired labels to what replaces them, in every file."""
    from sinorus_corpus.migrate import migrate as run

    changed = run(corpus, dry_run=dry_run)
    for file in changed:
        told = ", ".join(f"{rename} ({count})" for rename, count in sorted(file.counts.items()))
        click.echo(f"{'would rename in' if dry_run else 'renamed in'} {corpus.relative(file.path)}: {told}")
    click.echo(f"{len(changed)} files{', nothing was written' if dry_run else ''}")


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
        fail(f"{format_issues(issues, read_schema(corpus.schemas))}\nfiles with findings were left as they are")
