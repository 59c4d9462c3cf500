"""Says what one version of `datasets` makes of a built dataset, as JSON. Runs in environments that have nothing of this project.

python look.py FOLDER CACHE
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def digest(rows: Iterable[dict[str, Any]]) -> str:
    """One digest of all values, in order."""
    told = "".join(json.dumps(row, sort_keys=True, default=str) + "\n" for row in rows)
    return hashlib.sha256(told.encode("utf-8")).hexdigest()


def label_names(features: dict[str, Any]) -> dict[str, list[str]]:
    """The names of each label column, one of a list of labels too."""
    inner = {name: getattr(feature, "feature", feature) for name, feature in features.items()}
    return {name: feature.names for name, feature in inner.items() if hasattr(feature, "names")}


def look(folder: Path, cache: str) -> dict[str, Any]:
    """By config and split: rows, digest of the values, label names; read by the folder, and label names by the file alone."""
    import datasets

    found: dict[str, Any] = {"datasets": datasets.__version__, "splits": {}}
    for name in datasets.get_dataset_config_names(str(folder)):
        loaded = datasets.load_dataset(str(folder), name, cache_dir=cache)
        for split, rows in loaded.items():
            file = str(folder / f"data/{name}/{split}-00000-of-00001.parquet")
            bare = datasets.load_dataset("parquet", data_files=file, split="train", cache_dir=cache)
            found["splits"][f"{name}/{split}"] = {
                "rows": len(rows),
                "digest": digest(rows),
                "labels": label_names(rows.features),
                "labels of the file alone": label_names(bare.features),
            }
    return found


if __name__ == "__main__":
    print(json.dumps(look(Path(sys.argv[1]).absolute(), sys.argv[2])))
