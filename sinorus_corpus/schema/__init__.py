"""Reads `schemas/` into label sets, table columns and the issue catalogue. No article path may live here.

`features.py` and `frames.py` make the `datasets.Features` and the pandera schemas from what is read here; they are
imported where they are needed, because what they import is heavy.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from sinorus_corpus.characters import escape, first_hidden
from sinorus_corpus.records import Issue, Level, Severity, SinorusError

SCHEMA_VERSION = "1.0"
GUIDELINES_VERSION = "1.2"

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

    def current(self, name: str) -> str:
        """The label that `name` is today: itself, what replaced it, or an empty string where the set has neither."""
        while name in self and self[name].replaced_by:
            name = self[name].replaced_by
        return name if name in self else ""

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

    @property
    def nominal(self) -> bool:
        """Whether the value is one of a few."""
        return not self.list and (bool(self.labels) or self.type == "int32")


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

    @cached_property
    def versions(self) -> list[str]:
        """The versions that this tool knows, from the oldest: those since which there is a rule or a label, and its own."""
        since = [r.since for r in self.rules.values()] + [x.since for s in self.labels.values() for x in s.labels]
        return sorted({v for v in since if is_older(v, SCHEMA_VERSION)} | {SCHEMA_VERSION}, key=_version)

    def severity(self, issue: Issue) -> Severity:
        """How severe a finding is: as its rule says, unless the finding itself says that it is milder."""
        return issue.severity or self.rules[issue.code].severity

    def class_names(self, column: Column) -> list[str]:
        """What the integers of a column of type `label` or `bio` stand for."""
        names = self.labels[column.labels].names
        return tag_names(names) if column.type == "bio" else names

    def text_types(self) -> frozenset[str]:
        """The region types whose lines are text of the article."""
        return frozenset(label.name for label in self.labels["region"].labels if label.text)


def tag_names(names: Iterable[str]) -> list[str]:
    """The BIO tags of labels: `O`, then `B-` and `I-` of each (Ramshaw and Marcus 1995, in the IOB2 form of CoNLL-2002)."""
    return ["O", *(f"{prefix}-{name}" for name in names for prefix in "BI")]


def is_older(version: str, other: str) -> bool:
    """Whether `version`, such as 1.2, comes before `other`; what is no version is not older than anything."""
    return bool(_version(version)) and _version(version) < _version(other)


def _version(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split("."))) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6}){0,3}", text) else ()


def schema_folder() -> Path:
    """The folder of the contract: inside an installed package, or beside the package in a checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def read_schema(folder: Path | None = None, rules: Path | None = None) -> Schema:
    """Reads `schemas/` of a corpus, or the contract that ships with the tool where `folder` has none.

    Args:
        rules: read everything but the label sets from here: who contributes labels does not choose the rules.

    Raises:
        SinorusError: a file is not TOML of the expected shape, or a column names a label set that is not there.
    """
    chosen = folder if folder is not None and folder.is_dir() else schema_folder()
    return _read(chosen.resolve(), (rules or chosen).resolve())


@cache
def _read(folder: Path, rules: Path) -> Schema:
    found = Schema(
        labels={s.name: s for s in (_parse_labels(p, t) for p, t in _tomls(folder / "labels"))},
        tables={t.name: t for t in (_parse_table(p, t) for p, t in _tomls(rules / "tables"))},
        layers={t.name: t for t in (_parse_table(p, t) for p, t in _tomls(rules / "layers"))},
        rules=_parse_rules(rules / "issues.toml"),
    )
    for table in (*found.tables.values(), *found.layers.values()):
        for name in sorted(_label_sets(table.columns)):
            require(name, found.labels, f"label set in {folder / 'labels'} for {table.name}, which needs")
    return found


def _label_sets(columns: Iterable[Column]) -> set[str]:
    columns = list(columns)
    return {c.labels for c in columns if c.labels}.union(*(_label_sets(c.fields) for c in columns))


def _tomls(folder: Path) -> Iterable[tuple[Path, dict[str, Any]]]:
    for path in sorted(folder.glob("*.toml")):
        yield path, _toml(path)


def _toml(path: Path) -> dict[str, Any]:
    if path.is_symlink() or not path.is_file():
        raise SinorusError(f"{path}: found a link, or no file; expected a regular file")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, RecursionError, tomllib.TOMLDecodeError) as error:
        raise SinorusError(f"{path}: cannot be read as TOML: {error}") from None


def _parse_labels(path: Path, data: dict[str, Any]) -> LabelSet:
    try:
        labels = tuple(Label(**entry) for entry in data["label"])
        found = LabelSet(data["name"], data["description"], labels)
    except (KeyError, TypeError) as error:
        raise SinorusError(
            f"{path}: not a label set: {escape(str(error))}; see schemas/README.md for the keys"
        ) from None
    for problem in _label_problems(path, found):
        raise SinorusError(f"{path}: {problem}; see schemas/README.md for the keys")
    return found


def _label_problems(path: Path, found: LabelSet) -> Iterator[str]:
    """What is wrong with a label set. Label sets come with contributions, so nothing in them is taken on trust."""
    if found.name != path.stem:
        yield f"the set is called {found.name!r}; expected the name of the file"
    for label in found.labels:
        yield from _typing_problems(label)
    names = found.names
    for label in found.labels:
        if names.count(label.name) > 1:
            yield f"label {label.name} is defined twice; names are unique in a set"
        seen, at = {label.name}, label
        while at.replaced_by:
            if at.replaced_by not in names:
                yield f"label {at.name} is replaced by {at.replaced_by!r}, which is not in the set"
                return
            at = found[at.replaced_by]
            if at.name in seen:
                yield f"label {label.name} is replaced by a label that it replaces"
                return
            seen.add(at.name)


def _typing_problems(label: Label) -> Iterator[str]:
    for name in Label.__slots__:
        value, kind = getattr(label, name), bool if name == "text" else str
        if not isinstance(value, kind):
            yield f"label {label.name!r}: found {name} = {value!r}; expected {'true or false' if kind is bool else 'text'}"
        elif isinstance(value, str) and (hidden := first_hidden(value)):
            yield f"label {label.name!r}: {name} holds {hidden}; expected visible characters only"
    if isinstance(label.name, str) and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}", label.name):
        yield f"found a label called {label.name!r}; expected letters, digits, '_' and '-', at most 40"


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
