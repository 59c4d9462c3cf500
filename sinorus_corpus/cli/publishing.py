"""Commands between a built dataset and the Hub: publish, verify."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from sinorus_corpus.cli.base import busy, main, with_corpus
from sinorus_corpus.corpus import Corpus


@main.command()
@click.argument("repo", metavar="ORG/NAME")
@click.option("--folder", type=click.Path(path_type=Path), help="The built dataset; dist/sinorus-corpus/ if not given.")
@click.option("--public", is_flag=True, help="Let everybody see a repository that has to be made; else it is private.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@with_corpus
def publish(corpus: Corpus, repo: str, folder: Path | None, public: bool, dry_run: bool, yes: bool) -> None:
    """Put the built dataset on the Hub as one commit with its version as tag; HF_TOKEN holds the token."""
    from sinorus_corpus.release.hub import Hub, read_token
    from sinorus_corpus.release.publishing import plan_lines, plan_publication, require_token
    from sinorus_corpus.release.publishing import publish as run

    hub = Hub(repo, read_token() if dry_run else require_token())
    with busy("looking at the dataset and the Hub"):
        plan = plan_publication(folder or corpus.dist, hub, public=public)
    click.echo("\n".join(plan_lines(hub, plan)))
    if dry_run or plan.tagged:
        return
    if not yes:
        click.confirm("Publish?", abort=True)
    with busy("publishing"):
        commit = run(hub, plan)
    click.echo(f"published {plan.tag}: commit {commit}, every file checked by its hash")
    click.echo(f"to check what readers get: sinorus verify {repo}@{plan.provenance.version}")


@main.command()
@click.argument("target", metavar="DIR_OR_REPO[@VERSION]")
def verify(target: str) -> None:
    """Check a folder, or a version on the Hub and its cached copy, against the provenance inside; exit 1 on differences."""
    from sinorus_corpus.release.hub import read_token
    from sinorus_corpus.release.verifying import verify as run

    with busy("checking"):
        found = run(target, read_token())
    click.echo("\n".join([*found.lines, *map(str, found.differences)]))
    sys.exit(1 if found.differences else 0)
