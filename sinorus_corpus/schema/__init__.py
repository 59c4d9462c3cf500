"""Reads `schemas/` into label sets, table columns and the issue catalogue. No article path may live here.

`features.py` and `frames.py` make the `datasets.Features` and the pandera schemas from what is read here; they are
imported where they are needed, because what they import is heavy.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sinorus_corpus.records import Level, Severity, SinorusError

SCHEMA_VERSION = "1.0"
GUIDELINES_VERSION = "1.0"

_PACKAGED = Path(__file__).parent.parent / "schemas"
_CHECKOUT = Path(__file__).parent.parent.parent / "schemas"


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a set: what it means, an example, a counter-example, since when, and what replaced it."""

    name: str
    definition: str
    example: str
    counter_example: str
    since: str
    replaced_by: str = ""
    text: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class LabelSet:
    """A closed list of labels. The order is append-only: published integers follow it."""

    name: str
    description: str
    labels: tuple[Label, ...]

    @property
    def names(self) -> list[str]:
        """All names, retired ones too, in published order."""
        return [label.name for label in self.labels]

    @property
    def active(self) -> list[str]:
        """The names that new labels may use."""
        return [label.name for label in self.labels if not label.replaced_by]

    def __contains__(self, name: object) -> bool:
        return any(label.name == name for label in self.labels)

    def __getitem__(self, name: str) -> Label:
        return next(label for label in self.labels if label.name == name)


@dataclass(frozen=True, slots=True)
class Column:
    """One column (or field of a nested column) of a table or annotation layer.

    Attributes:
        type: `string`, `int32`, `int64`, `float64`, `bool`, `date32`, `offset`, `span`, `label`, `bio` or `struct`.
        labels: the label set that values come from. With type `string` names are stored, with `label` integers.
        default: value of an annotation field that was left out; `required` if none may be left out.
    """

    name: str
    type: str
    description: str
    unit: str = ""
    list: bool = False
    labels: str = ""
    fields: tuple[Column, ...] = ()
    nullable: bool = False
    unique: bool = False
    required: bool = True
    default: Any = None
    min: float | None = None
    max: float | None = None
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of one published config or one annotation layer; `ordered` lists pairs with first < second."""

    name: str
    description: str
    columns: tuple[Column, ...]
    ordered: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """What an issue code means: the rule, a bad example and how to mend it."""

    code: str
    level: Level
    severity: Severity
    since: str
    rule: str
    bad: str
    mend: str


@dataclass(frozen=True)
class Schema:
    """Everything `schemas/` says."""

    labels: dict[str, LabelSet]
    tables: dict[str, Table]
    layers: dict[str, Table]
    rules: dict[str, Rule]

    def text_types(self) -> frozenset[str]:
        """The region types whose lines are text of the article."""
        return frozenset(label.name for label in self.labels["region"].labels if label.text)


def schema_folder() -> Path:
    """The folder of the contract: inside an installed package, or beside the package in a checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def read_schema(folder: Path | None = None) -> Schema:
    """Reads `schemas/` of a corpus, or the contract that ships with the tool where `folder` has none.

    Raises:
        SinorusError: a file is not TOML of the expected shape.
    """
    chosen = folder if folder is not None and folder.is_dir() else schema_folder()
    return _read(chosen.resolve())


@cache
def _read(folder: Path) -> Schema:
    return Schema(
        labels={s.name: s for s in (_parse_labels(p, t) for p, t in _tomls(folder / "labels"))},
        tables={t.name: t for t in (_parse_table(p, t) for p, t in _tomls(folder / "tables"))},
        layers={t.name: t for t in (_parse_table(p, t) for p, t in _tomls(folder / "layers"))},
        rules=_parse_rules(folder / "issues.toml"),
    )


def _tomls(folder: Path) -> Iterable[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder.glob("*.toml")):
        yield path, _toml(path)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SinorusError(f"{path}: cannot be read as TOML: {error}") from None


def _parse_labels(path: Path, data: dict[str, Any]) -> LabelSet:
    try:
        labels = tuple(Label(**entry) for entry in data["label"])
        found = LabelSet(data["name"], data["description"], labels)
    except (KeyError, TypeError) as error:
        raise SinorusError(f"{path}: not a label set: {error}; see schemas/README.md for the keys") from None
    twice = {name for name in found.names if found.names.count(name) > 1}
    if twice:
        raise SinorusError(f"{path}: label {sorted(twice)[0]} is defined twice; names are unique in a set")
    return found


def _parse_table(path: Path, data: dict[str, Any]) -> Table:
    try:
        columns = tuple(_parse_column(entry) for entry in data["column"])
        ordered = tuple((a, b) for a, b in data.get("ordered", []))
        return Table(data["name"], data["description"], columns, ordered)
    except (KeyError, TypeError) as error:
        raise SinorusError(f"{path}: not a table: {error}; see schemas/README.md for the keys") from None


def _parse_column(entry: dict[str, Any]) -> Column:
    fields = tuple(_parse_column(field) for field in entry.get("field", []))
    rest = {key: value for key, value in entry.items() if key != "field"}
    return Column(**rest, fields=fields, required="default" not in entry and not entry.get("nullable", False))


def _parse_rules(path: Path) -> dict[str, Rule]:
    try:
        return {code: Rule(code=code, **entry) for code, entry in _toml(path).items()}
    except TypeError as error:
        raise SinorusError(f"{path}: not a catalogue of issues: {error}") from None


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that `name` was probably meant to be, or an empty string."""
    folded = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


def require(name: str, known: Iterable[str], what: str) -> None:
    """Raises `SinorusError` with a did-you-mean unless `name` is one of `known`."""
    names = list(known)
    if name in names:
        return
    meant = nearest(name, names)
    guess = f" Did you mean {meant}?" if meant else ""
    raise SinorusError(f"There is no {what} {name!r}.{guess} There are: {', '.join(names)}")
