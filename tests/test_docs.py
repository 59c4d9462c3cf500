"""The documentation is true and whole: all commands, options, findings, labels and columns are in it, and none that is not."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from sinorus_corpus.cli import main
from sinorus_corpus.schema import Column, read_schema
from tests.conftest import ROOT

WRITTEN = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation, built as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(folder)]
    made = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    return folder


def words(page: Path) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page.read_text()))


def commands(group: click.Group, path: str = "sinorus") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        yield f"{path} {name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")


def columns(found: tuple[Column, ...], outer: str = "") -> Iterator[str]:
    for column in found:
        yield outer + column.name
        yield from columns(column.fields, f"{outer}{column.name}.")


def test_every_command_and_option_is_documented(site: Path) -> None:
    page = words(site / "reference/commands/index.html")
    for path, command in commands(main):
        assert path in page
        assert command.help, path
        for option in (p for p in command.params if isinstance(p, click.Option)):
            assert option.opts[0] in page, f"{path} {option.opts[0]}"


def test_every_finding_label_and_column_is_documented(site: Path) -> None:
    schema = read_schema()
    findings, labels, table = (words(site / f"reference/{n}/index.html") for n in ("findings", "labels", "columns"))
    assert [code for code in schema.rules if code not in findings] == []
    assert [x.name for s in schema.labels.values() for x in s.labels if x.name not in labels] == []
    for one in (*schema.tables.values(), *schema.layers.values()):
        assert [name for name in columns(one.columns) if name not in table] == [], one.name


def test_pages_ask_nothing_of_other_sites(site: Path) -> None:
    for page in site.rglob("*.html"):
        found = re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"?(https?:[^\" >]+)", page.read_text())
        assert found == [], page


def test_links_and_pictures_of_pages_are_there(site: Path) -> None:
    for page in site.rglob("*.html"):
        for link in re.findall(r"<(?:a|img)[^>]+(?:src|href)=\"?([^\" >#]+)", page.read_text()):
            if not re.match(r"[a-z]+:", link) and page.name != "404.html":
                target = (page.parent / link).resolve()
                assert target.exists(), f"{page.relative_to(site)}: {link}"


@pytest.mark.parametrize("path", WRITTEN, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_what_is_written_names_commands_and_options_that_exist(path: Path) -> None:
    known = dict(commands(main))
    for name, rest in re.findall(r"(?:^|[`/ ])sinorus ([a-z][a-z-]*)([^`\n|]*)", path.read_text(), re.M):
        assert f"sinorus {name}" in known, f"sinorus {name}"
        command = known[f"sinorus {name}"]
        if isinstance(command, click.Group):
            continue
        own = {o for p in command.params for o in p.opts} | {"--help"}
        assert set(re.findall(r"(?<=\s)--[a-z][a-z-]*", rest)) <= own, f"sinorus {name}{rest}"
