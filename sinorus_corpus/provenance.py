"""What a built dataset says of itself: its commit, tool, rules and digests. No file is written here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl
import pyarrow as pa

from sinorus_corpus.files import sha256
from sinorus_corpus.schema import SCHEMA_VERSION

PROVENANCE = "provenance.json"


def table_digest(table: pa.Table) -> str:
    """The SHA-256 of what a table says, whatever its row order, chunks, compression and library version.

    Each row is one line of JSON in the order of the columns; the digest is that of the lines sorted by their bytes.
    """
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - from_arrow gives a Series for arrays only
    return sha256(b"".join(sorted(frame.write_ndjson().encode("utf-8").splitlines(keepends=True))))


def render_provenance(
    version: str,
    commit: str,
    guidelines: list[str],
    tables: Mapping[str, Mapping[str, pa.Table]],
    files: Mapping[str, bytes],
) -> bytes:
    """The provenance as canonical JSON.

    Args:
        version: the one version of corpus, tool and dataset.
        commit: of the corpus that was built, `uncommitted` where files differed from it, empty outside git.
        guidelines: versions of the guidelines that the labels follow.
        tables: by config and split.
        files: every other file of the dataset by its path.
    """
    counted = {
        config: {split: {"rows": table.num_rows, "digest": table_digest(table)} for split, table in splits.items()}
        for config, splits in tables.items()
    }
    told: dict[str, Any] = {
        "version": version,
        "commit": commit,
        "tool": version,
        "schema": SCHEMA_VERSION,
        "guidelines": guidelines,
        "pyarrow": pa.__version__,
        "tables": counted,
        "files": {path: sha256(data) for path, data in files.items()},
    }
    return (json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")
