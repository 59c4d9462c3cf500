"""The card's YAML: what the Hub and readers' clients need to know of configs, splits, features and origin."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import yaml
from datasets import DatasetInfo
from datasets.info import DatasetInfosDict
from datasets.splits import SplitDict, SplitInfo

from sinorus_corpus.schema import Schema
from sinorus_corpus.schema.features import features

Tables = Mapping[str, Mapping[str, pa.Table]]
Files = Mapping[str, bytes]

DEFAULT = "documents"
SPLITS = ["train", "validation", "test", "transfer"]


def front_matter(schema: Schema, tables: Tables, files: Files, version: str, *, private: bool) -> str:
    """The YAML between the dashes, dashes included; its words for origin are those that the Hub filters by."""
    front = {
        "pretty_name": "sinorus_corpus",
        "language": ["en"],
        "license": "other" if private else "cc-by-4.0",
        "annotations_creators": ["machine-generated"],
        "language_creators": ["machine-generated", *(["found"] if private else [])],
        "source_datasets": ["original"],
        "multilinguality": "monolingual",
        "task_categories": ["token-classification", "text-classification"],
        "task_ids": ["named-entity-recognition", "multi-class-classification"],
        "tags": ["synthetic", "machine-generated", "claim-detection", "attribution", "china-russia-relations"],
        "size_categories": ["n<1K"],
        "configs": [_config(name, files, version) for name in ordered(tables)],
    }
    _infos(schema, tables, files).to_dataset_card_data(front)
    _spell_as_before(front["dataset_info"])
    return f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=120)}---\n"


def _spell_as_before(told: Any) -> None:
    """Spells lists of single values `sequence`, as `datasets` before 4 did: those make of `list` what has no label names."""
    for entry in told if isinstance(told, list) else [told]:
        if isinstance(entry, dict):
            for inner in entry.values():
                _spell_as_before(inner)
            if "list" in entry and not isinstance(entry["list"], list):
                entry["sequence"] = entry.pop("list")


def ordered(tables: Tables) -> list[str]:
    """The configs, that which loads by default first."""
    return sorted(tables, key=lambda name: (name != DEFAULT, name))


def _config(name: str, files: Files, version: str) -> dict[str, Any]:
    """A `configs` entry; its digest makes a rebuild under the same path a new entry of the client's cache."""
    own = {path: data for path, data in files.items() if path.startswith(f"data/{name}/")}
    splits = sorted(own, key=lambda path: SPLITS.index(_split(path)))
    return {
        "config_name": name,
        **({"default": True} if name == DEFAULT else {}),
        "version": version,
        "description": content_digest(own),
        "data_files": [{"split": _split(path), "path": path} for path in splits],
    }


def content_digest(files: Files) -> str:
    """What the card says of the content of a config's files: a digest of their digests, by path."""
    digests = b"".join(hashlib.sha256(data).digest() for _, data in sorted(files.items()))
    return f"sha256:{hashlib.sha256(digests).hexdigest()}"


def _split(path: str) -> str:
    return path.rpartition("/")[2].partition("-")[0]


def table_path(config: str, split: str) -> str:
    """Where the table of a split stands in the dataset."""
    return f"data/{config}/{split}-00000-of-00001.parquet"


def _infos(schema: Schema, tables: Tables, files: Files) -> DatasetInfosDict:
    infos = {}
    for name, splits in tables.items():
        found = SplitDict()
        for split, table in splits.items():
            found.add(SplitInfo(split, table.nbytes, table.num_rows))
        infos[name] = DatasetInfo(
            features=features(schema, schema.tables[name]),
            splits=found,
            download_size=sum(len(files[table_path(name, split)]) for split in splits),
            dataset_size=sum(table.nbytes for table in splits.values()),
        )
    return DatasetInfosDict(infos)
