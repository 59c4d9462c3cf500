"""Commands for relations in clusters: relations task, store, differences, settle."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sinorus_corpus.cli.base import main, with_corpus
from sinorus_corpus.corpus import Corpus

_file = click.Path(path_type=Path, exists=True, dir_okay=False)


@main.group()
def relations() -> None:
    """Read how each claim stands to the proposition of its settled cluster (guidelines 5.2), twice, and settle it."""


@relations.command()
@click.option("--annotator", default="", help="Leave out what this reader has read already.")
@click.option("--out", type=click.Path(path_type=Path), help="build/relations.jsonl if not given.")
@with_corpus
def task(corpus: Corpus, annotator: str, out: Path | None) -> None:
    """Write the settled clusters without their relations, for a reader; keep the file to yourself."""
    from sinorus_corpus.files import write_atomic
    from sinorus_corpus.relations import relation_task

    lines = list(relation_task(corpus, annotator))
    path = out or corpus.root / "build" / "relations.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, "".join(f"{line}\n" for line in lines).encode("utf-8"))
    click.echo(f"wrote {path}: {len(lines)} clusters; it may hold words of articles that may not be passed on")


@relations.command()
@click.argument("answers", type=_file)
@click.option("--annotator", required=True)
@with_corpus
def store(corpus: Corpus, answers: Path, annotator: str) -> None:
    """Check ANSWERS, lines {"id": "K1", "relations": {"DOC:c7": "same"}}, and put them in their place as a pass."""
    from sinorus_corpus.relations import store_relations

    path, count = store_relations(corpus, answers, annotator)
    click.echo(f"wrote {corpus.relative(path)}: {count} clusters added")


@relations.command()
@click.argument("a")
@click.argument("b")
@with_corpus
def differences(corpus: Corpus, a: str, b: str) -> None:
    """Print a line of JSON for each relation that readers A and B give differently."""
    from sinorus_corpus.relations import relation_differences

    for (cluster, claim), (first, second) in relation_differences(corpus, a, b).items():
        click.echo(json.dumps({"id": cluster, "claim": claim, "a": first, "b": second}))


@relations.command()
@click.argument("a")
@click.argument("b")
@click.argument("choices", type=_file)
@with_corpus
def settle(corpus: Corpus, a: str, b: str, choices: Path) -> None:
    """Write what A and B agree on into the settled clusters; where they differ CHOICES decide.

    CHOICES are lines {"id": "K1", "claim": "DOC:c7", "relation": "same", "note": "why"}, one for each difference.
    """
    from sinorus_corpus.relations import settle_relations

    click.echo(f"wrote {corpus.relative(corpus.clusters)}: {settle_relations(corpus, a, b, choices)} relations changed")


@relations.command()
@click.option("--least", default=0.2, show_default=True, help="How alike two figures must be, 0 to 1.")
@click.option("--within", is_flag=True, help="Pairs of one document too.")
@with_corpus
def candidates(corpus: Corpus, least: float, within: bool) -> None:
    """List figures with other values that may answer one question and share no cluster: to be read, not contradictions."""
    from sinorus_corpus.content import read_content
    from sinorus_corpus.rival_figures import rival_figures
    from sinorus_corpus.schema import read_schema
    from sinorus_corpus.summary import rival_lines

    found = rival_figures(read_content(corpus, read_schema(corpus.schemas)), least, within=within)
    for line in rival_lines(found):
        click.echo(line)
    click.echo(f"{len(found)} pairs of figures", err=True)
