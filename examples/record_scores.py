"""Writes the scores of the baselines down, so that the dataset card has its figures from one committed file.

    python -m examples.record_scores build examples/baseline.json

Scores come from `sinorus score` on the predictions that `make baseline` left in the folder; intervals are kept as it gives them.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = "make baseline"
SYSTEMS = ["claim_rules", "train_tagger", "gold_spans"]
# Right by construction where the spans of claims are given.
GIVEN = {"gold_spans": {"claims, IoU at least .5, F1", "claims, exact F1"}}
KEPT = ("value", "low", "high")


def score(predictions: Path) -> dict[str, Any]:
    """What `sinorus score` says of a file of predictions."""
    command = [str(Path(sys.executable).with_name("sinorus")), "score", str(predictions), "--format", "json"]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))  # noqa: S603  # our own command


def system(name: str, told: dict[str, Any]) -> dict[str, Any]:
    """The headline figures of a system, with the first line of its module to say what it is."""
    about = ast.get_docstring(ast.parse(Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8"))) or ""
    chosen = [m for m in told["measures"] if m["name"] in told["headline"] and m["name"] not in GIVEN.get(name, ())]
    scores = {m["name"]: {g: {k: _short(f[k]) for k in KEPT} for g, f in m["groups"].items()} for m in chosen}
    groups = list(told["documents"].values())
    documents = {group: groups.count(group) for group in sorted(set(groups))}
    return {"name": name, "about": about.splitlines()[0], "documents": documents, "scores": scores}


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def main(folder: Path, out: Path) -> None:
    """Scores all systems and writes the file."""
    from sinorus_corpus import __version__

    systems = [system(name, score(folder / f"{name}.jsonl")) for name in SYSTEMS]
    told = {"command": COMMAND, "version": __version__, "systems": systems}
    out.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {out}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
