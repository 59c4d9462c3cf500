"""The counts: one place for terminal, JSON, figure page and card."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from sinorus_corpus.build import Built
from sinorus_corpus.cli import main
from sinorus_corpus.corpus import Corpus


def test_counts_are_those_of_gold(toy: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "figures.html"
    run = CliRunner().invoke(main, ["--corpus", str(toy.root), "stats", "--format", "json", "--html", str(out)])
    assert run.exit_code == 0, run.output
    told = json.loads(run.output)
    gold = [json.loads(line) for path in sorted((toy.annotations / "gold").iterdir()) for line in path.open()]
    entities = [r for r in gold if r.get("layer") == "entity"]
    claims = [r for r in gold if r.get("layer") == "claim"]
    assert sum(sum(by.values()) for by in told["entities by type"].values()) == len(entities)
    assert sum(sum(by.values()) for by in told["claims by topic"].values()) == len(claims)
    depths = told["claims by depth of attribution"]
    assert sum(depths["1"].values()) == sum(len(c.get("attribution", [])) == 1 for c in claims)
    page = out.read_text(encoding="utf-8")
    assert "http" not in page.replace("http-equiv", "")
    assert "entities by type" in page


def test_the_card_tells_the_same_numbers(toy_built: Built) -> None:
    run = CliRunner().invoke(
        main, ["--corpus", str(Path(__file__).parent / "data" / "toy"), "stats", "--format", "json"]
    )
    told = json.loads(run.output)["entities by type"]["GPE"]
    card = (toy_built.path / "README.md").read_text(encoding="utf-8")
    shown = " | ".join(str(told.get(origin, 0)) for origin in sorted({"published", "written"}))
    assert f"| GPE | {shown} |" in card
