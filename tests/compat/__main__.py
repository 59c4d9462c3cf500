"""Runs `look.py` in each environment and prints where what it loads differs from the Parquet files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from sinorus_corpus.schema import read_schema
from sinorus_corpus.schema.features import features
from tests.compat.look import digest, label_names

LOOK = Path(__file__).with_name("look.py")


def expected(folder: Path) -> dict[str, Any]:
    """What every version should find, from the Parquet files and the schema."""
    schema = read_schema()
    found = {}
    for path in sorted((folder / "data").rglob("*.parquet")):
        table, config = pq.read_table(path), path.parent.name
        labels = label_names(features(schema, schema.tables[config]))
        told = {"labels": labels, "labels of the file alone": labels}
        found[f"{config}/{path.name.partition('-')[0]}"] = {
            "rows": table.num_rows,
            "digest": digest(table.to_pylist()),
            **told,
        }
    return found


def looked(environment: Path, folder: Path) -> dict[str, Any]:
    """What the version in an environment finds; where it fails, its last words."""
    with tempfile.TemporaryDirectory() as cache:
        offline = {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HOME": cache, "HF_HUB_DISABLE_TELEMETRY": "1"}
        command = [str(environment / "bin/python"), str(LOOK), str(folder), cache]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | offline)
    if done.returncode == 0:
        return dict(json.loads(done.stdout))
    return {"datasets": environment.name, "failed": done.stderr.strip().splitlines()[-1:]}


def differences(found: dict[str, Any], right: dict[str, Any]) -> list[str]:
    """What differs, a line each."""
    if "failed" in found:
        return [f"does not load it: {line}" for line in found["failed"] or ["no word why"]]
    splits = found["splits"]
    lines = [f"{name} is missing" for name in right.keys() - splits.keys()]
    lines += [f"{name} is not in the files" for name in splits.keys() - right.keys()]
    for name in sorted(right.keys() & splits.keys()):
        lines += [f"{name}: {key} differs" for key, value in right[name].items() if splits[name][key] != value]
    return lines


def main(folder: Path, environments: Path) -> int:
    """Prints a row for each environment; 1 where anything differs."""
    right, wrong = expected(folder), 0
    shown = Table("datasets", "configs and splits", "rows", "label columns", "differs", title=f"{folder} loaded by")
    for environment in sorted(path for path in environments.iterdir() if (path / ".ready").is_file()):
        found = looked(environment, folder)
        lines, splits = differences(found, right), found.get("splits", {})
        labels = sum(len(one["labels"]) for one in splits.values())
        rows = sum(one["rows"] for one in splits.values())
        shown.add_row(found["datasets"], str(len(splits)), f"{rows:,}", str(labels), "\n".join(lines) or "nothing")
        wrong += bool(lines)
    Console().print(shown)
    return 1 if wrong or not shown.row_count else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).absolute(), Path(sys.argv[2]).absolute()))
