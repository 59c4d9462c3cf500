"""What a folder holds, against the `provenance.json` inside it. Nothing is fetched here.

`provenance.json` says version, commit, tool, schema, guidelines, pyarrow, tables and the SHA-256 of every other file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from sinorus_corpus.annotation.strict_json import BadJsonError, parse_object
from sinorus_corpus.characters import escape
from sinorus_corpus.files import decode, read_bytes, refuse
from sinorus_corpus.provenance import PROVENANCE
from sinorus_corpus.records import SinorusError

# What the Hub, its clients and git put beside the files of a dataset.
_FOREIGN = re.compile(r"\.gitattributes|\.git/.*|\.cache/.*")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not as the provenance says: `missing`, `extra` or `changed`."""

    path: str
    what: str
    told: str = ""

    def __str__(self) -> str:
        return f"{self.what:<8} {escape(self.path)}{f'  {self.told}' if self.told else ''}"


@dataclass(frozen=True, slots=True)
class Provenance:
    """The part of a provenance that files are checked against, and its own digest."""

    version: str
    commit: str
    files: dict[str, str]
    sha256: str


def read_provenance(folder: Path) -> Provenance:
    """Reads `provenance.json` in a folder; a link to it, as in the cache of the Hub's client, is followed.

    Raises:
        SinorusError: there is none, or it is of another form.
    """
    path = folder / PROVENANCE
    if not path.is_file():
        raise SinorusError(
            f"{folder} has no {PROVENANCE}; expected a dataset that sinorus build made, or a copy of one"
        )
    data, issues = read_bytes(path.resolve(), str(path))
    refuse(issues)
    text, issues = decode(data, str(path), final_newline=False)
    refuse(issues)
    try:
        told = parse_object(text)
    except BadJsonError as error:
        raise SinorusError(f"{path}: {error.code}: found {escape(error.found)}; expected {error.expected}") from None
    return _parse(told, str(path), sha256(data).hexdigest())


def _parse(told: dict[str, Any], name: str, digest: str) -> Provenance:
    version, commit, files = (told.get(key) for key in ("version", "commit", "files"))
    if not (isinstance(version, str) and isinstance(commit, str) and isinstance(files, dict)):
        raise SinorusError(f"{name}: expected version and commit as text, and files as an object")
    if not re.fullmatch(r"\d+\.\d+\.\d+[\w.+-]*", version):
        raise SinorusError(f"{name}: found version {escape(version)!r}; expected one such as 1.2.0")
    for path, value in files.items():
        if not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{64}", value) or not _is_inside(path):
            raise SinorusError(f"{name}: {escape(path)}: expected a path inside the folder and the SHA-256 of the file")
    return Provenance(version, commit, files, digest)


def _is_inside(path: str) -> bool:
    return not path.startswith("/") and "\\" not in path and all(p not in ("", ".", "..") for p in path.split("/"))


def list_files(folder: Path) -> dict[str, Path]:
    """All files of a dataset in a folder by path, without what the Hub, its clients and git put beside them."""
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if not path.is_dir()}
    return {name: path for name, path in found.items() if not _FOREIGN.fullmatch(name)}


def compare_files(folder: Path, provenance: Provenance) -> Iterator[Difference]:
    """Compares every file of a folder with its SHA-256 in the provenance."""
    there = list_files(folder)
    for name in sorted({*there, *provenance.files} - {PROVENANCE}):
        expected = provenance.files.get(name)
        if expected is None:
            yield Difference(name, "extra", "not in the provenance")
        elif name not in there:
            yield Difference(name, "missing")
        elif not there[name].is_file():
            yield Difference(name, "changed", "found no regular file")
        elif (found := _digest(there[name])) != expected:
            yield Difference(name, "changed", f"found sha256 {found[:16]}…, expected {expected[:16]}…")


def _digest(path: Path) -> str:
    whole = sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                whole.update(block)
    except OSError as error:
        raise SinorusError(f"{path}: cannot be read ({error.strerror})") from None
    return whole.hexdigest()
