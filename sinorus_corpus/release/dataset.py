"""Reads a built dataset from a folder that may be broken: card, tables, provenance. What is wrong in them is for the gate.

Nothing here raises over what the folder holds: what cannot be read becomes a finding, and the rest is read.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from datasets import Features
from datasets.info import DatasetInfosDict

from sinorus_corpus.files import decode, read_bytes
from sinorus_corpus.provenance import PROVENANCE
from sinorus_corpus.records import Issue, SinorusError

README = "README.md"


@dataclass
class Config:
    """One config, as the card describes it.

    Attributes:
        patterns: the data files of each split, as the card names them.
        features: by column; empty where the card tells none.
        rows: number of rows of each split that the card tells.
        digest: what the card says of the content of its files.
    """

    name: str
    default: bool
    version: str
    digest: str
    patterns: dict[str, list[str]]
    features: Features = field(default_factory=Features)
    rows: dict[str, int] = field(default_factory=dict)


@dataclass
class Dataset:
    """A built dataset as far as it can be read, and what was found wrong while reading.

    Attributes:
        files: every file, by its path in the folder.
        parts: the tables of each config and split with the path of each.
        pictures: the files that the card shows.
        provenance: what it says of itself; empty where that cannot be read.
    """

    folder: Path
    files: list[str] = field(default_factory=list)
    configs: dict[str, Config] = field(default_factory=dict)
    parts: dict[str, dict[str, list[tuple[str, pa.Table]]]] = field(default_factory=dict)
    pictures: set[str] = field(default_factory=set)
    provenance: dict[str, Any] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def tables(self, config: str) -> dict[str, pa.Table]:
        """The table of each split; parts that differ in their columns are left to the first one's form."""
        return {split: _joined([table for _, table in parts]) for split, parts in self.parts.get(config, {}).items()}


def read_dataset(folder: Path) -> Dataset:
    """Reads a built dataset.

    Raises:
        SinorusError: there is no such folder.
    """
    if not folder.is_dir():
        raise SinorusError(f"{folder} is no folder; expected a built dataset, as sinorus build makes one")
    found = Dataset(folder)
    found.files = sorted(_walk(folder, "", found.issues))
    found.configs = {config.name: config for config in _read_card(found)}
    found.provenance = _read_provenance(found)
    for config in found.configs.values():
        found.parts[config.name] = {split: list(_read_parts(found, paths)) for split, paths in config.patterns.items()}
    return found


def named_files(dataset: Dataset, patterns: list[str]) -> list[str]:
    """The files that the card means by `patterns`."""
    return [path for path in dataset.files if any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)]


def _walk(folder: Path, prefix: str, issues: list[Issue]) -> Iterator[str]:
    for entry in sorted(os.scandir(folder / prefix), key=lambda e: e.name):
        name = f"{prefix}{entry.name}"
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder, f"{name}/", issues)
        elif entry.is_file(follow_symlinks=False):
            yield name
        else:
            issues.append(Issue("not-a-regular-file", name, 0, "a link or device", "a regular file"))


def _text(dataset: Dataset, name: str, code: str) -> str:
    """The text of a file, or an empty string and a finding."""
    data, issues = read_bytes(dataset.folder / name, name)
    text = ""
    if not issues:
        text, issues = decode(data, name, final_newline=False)
    dataset.issues += [Issue(code, name, issue.line, issue.found, issue.expected) for issue in issues]
    return text


def _read_card(dataset: Dataset) -> list[Config]:
    text = _text(dataset, README, "bad-card")
    if not text:
        return []
    dataset.pictures = set(re.findall(r"!\[[^\]]*\]\(([^):]+)\)", text))
    try:
        front: Any = yaml.safe_load(text.split("---\n", 2)[1]) if text.startswith("---\n") else None
        configs = [_parse_config(entry) for entry in front["configs"]]
        _add_infos(front, configs)
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        told = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        dataset.issues.append(Issue("bad-card", README, 1, told, "YAML with configs and dataset_info between ---"))
        return []
    bare = [c.name for c in configs if not c.features]
    dataset.issues += [Issue("bad-card", README, 1, f"no features of {n}", "dataset_info of each config") for n in bare]
    return configs


def _parse_config(entry: dict[str, Any]) -> Config:
    patterns: dict[str, list[str]] = {}
    for part in entry["data_files"]:
        paths = [part["path"]] if isinstance(part["path"], str) else [str(path) for path in part["path"]]
        patterns.setdefault(str(part["split"]), []).extend(paths)
    version, digest = str(entry.get("version", "")), str(entry.get("description", ""))
    return Config(str(entry["config_name"]), entry.get("default") is True, version, digest, patterns)


def _add_infos(front: dict[str, Any], configs: list[Config]) -> None:
    infos = DatasetInfosDict.from_dataset_card_data(front)
    for config in configs:
        if info := infos.get(config.name):
            config.features = info.features or Features()
            config.rows = {str(name): int(split.num_examples) for name, split in (info.splits or {}).items()}


def _read_provenance(dataset: Dataset) -> dict[str, Any]:
    text = _text(dataset, PROVENANCE, "bad-provenance")
    if not text:
        return {}
    try:
        found = json.loads(text)
        digests = {str(path): str(digest) for path, digest in found["files"].items()}
        tables = {str(c): {str(s): dict(t) for s, t in splits.items()} for c, splits in found["tables"].items()}
        return {**found, "version": str(found["version"]), "files": digests, "tables": tables}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        told = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        dataset.issues.append(Issue("bad-provenance", PROVENANCE, 1, told, "version, commit, tables and files"))
        return {}


def _read_parts(dataset: Dataset, patterns: list[str]) -> Iterator[tuple[str, pa.Table]]:
    for path in named_files(dataset, patterns):
        try:
            yield path, pq.ParquetFile(dataset.folder / path).read()
        except (pa.ArrowException, OSError, ValueError) as error:
            told = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
            dataset.issues.append(Issue("bad-parquet", path, 0, told, "a Parquet file"))


def _joined(tables: list[pa.Table]) -> pa.Table:
    same = [table for table in tables if table.schema.equals(tables[0].schema)]
    return pa.concat_tables(same) if same else pa.table({})
