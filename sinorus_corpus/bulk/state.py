"""What is done already, known by content: a record for each finished task, beside what it wrote. No task runs here."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sinorus_corpus.files import write_atomic

Record = dict[str, Any]


def key_of(*parts: object) -> str:
    """A name for a task: the SHA-256 of everything that its outcome hangs on."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def find_record(folder: Path, key: str, root: Path | None = None) -> Record | None:
    """The record of a finished task, if every file that it wrote is still as it was.

    Args:
        root: what the names of these files are relative to, if it is not `folder`.
    """
    try:
        record: Record = json.loads((folder / f"{key}.json").read_bytes())
        sound = all(file_digest(Path(root or folder, name)) == digest for name, digest in record["files"].items())
    except (OSError, ValueError, KeyError):
        return None
    return record if sound else None


def save_record(folder: Path, key: str, record: Record) -> Record:
    """Writes the record of a finished task, after its files.

    Raises:
        SinorusError: the disk refuses.
    """
    write_atomic(folder / f"{key}.json", json.dumps(record, sort_keys=True).encode())
    return record
