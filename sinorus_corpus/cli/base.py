"""What every command shares: the group with its did-you-mean, the corpus, refusals and progress. No command may live here."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

import click

from sinorus_corpus import __version__
from sinorus_corpus.corpus import Corpus, find_corpus
from sinorus_corpus.records import SinorusError

WIDTH = 120  # of tables that go to a file or a log


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


def fail(text: str) -> NoReturn:
    """Says why on standard error and ends with exit code 1."""
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


def busy(text: str) -> Any:
    """A spinner on standard error while something runs."""
    from rich.console import Console

    return Console(stderr=True).status(text)


def show(parts: Iterable[Any]) -> None:
    """Prints tables, and text as it is; lines of a file or a log are wide."""
    from rich.console import Console

    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    for part in parts:
        console.print(part, markup=not isinstance(part, str), soft_wrap=isinstance(part, str))
