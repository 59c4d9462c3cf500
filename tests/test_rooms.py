"""The house rules: who may import whom, how large a module may be, what the project may not say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

# In the order that data walks through them; a module imports only from its own room and those above it.
ROOMS = [
    "__init__", "records", "characters", "strings", "schema", "corpus", "files", "history", "debt", "articles", "sources",
    "cleaning", "annotation", "copies", "tables", "content", "rival_figures", "stats", "corpus_checks", "agreement",
    "comparing", "migrate", "changes", "validate", "auditing", "likeness", "card", "provenance", "build", "release",
    "hydrate", "loading", "using", "intake", "fetching", "pinned", "clean", "suggestions", "labelling", "exchange",
    "adjudicating", "relations", "report", "summary", "bulk", "view", "page", "site", "cli", "__main__",
]  # fmt: skip
MODULES = sorted((ROOT / "sinorus_corpus").rglob("*.py"))


def room(module: str) -> int:
    parts = module.split(".")
    return ROOMS.index(parts[1] if len(parts) > 1 else "__init__")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_a_module_imports_only_from_rooms_above_it(path: Path) -> None:
    own = room(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sinorus_corpus"):
            if own == room("sinorus_corpus"):
                continue  # the package's front door imports `load` when it is called
            assert room(node.module or "") <= own, f"{path.name} imports {node.module}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_modules_are_small_and_say_what_they_are(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) < 400
    assert ast.get_docstring(ast.parse(text))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 40, node.name


def test_the_client_of_the_hub_has_one_importer() -> None:
    found = [p.name for p in MODULES if re.search(r"^\s*(from|import) huggingface_hub", p.read_text(), re.M)]
    assert found == ["hub.py"]


def test_pandera_has_one_importer() -> None:
    found = [p.name for p in MODULES if re.search(r"^\s*(from|import) pandera", p.read_text(), re.M)]
    assert found == ["frames.py"]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=True).stdout
    return [ROOT / name for name in listed.decode().split("\0") if name]


def test_no_registry_address_is_written_down() -> None:
    pattern = re.compile(rb"(pypi|npmjs|pythonhosted)" + rb"\.(org|com)|extra-" + rb"index|--index-" + rb"url")
    assert [p.name for p in tracked() if p.is_file() and pattern.search(p.read_bytes())] == []


def test_every_folder_says_what_it_is() -> None:
    for name in ("raw", "annotations", "schemas", "tests", "sinorus_corpus"):
        lines = (ROOT / name / "README.md").read_text().strip().splitlines()
        assert 2 <= len(lines) <= 12, name


def test_a_wheel_carries_the_contract(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)], cwd=ROOT, check=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for path in (ROOT / "schemas").rglob("*.toml"):
        assert f"sinorus_corpus/{path.relative_to(ROOT).as_posix()}" in names
    assert not any(name.startswith(("raw/", "annotations/", "tests/")) for name in names)
