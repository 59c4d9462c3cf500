"""Rules for the lines of one site, as data: `sites.toml` beside `raw/`. No rule is written in code.

Each `[[rule]]` has a `site`, a `reason`, a `label`, and one of `line` (a line that matches), `from` (a line that matches and
all after it) or `until` (all lines before one that matches). Patterns are regular expressions, searched in the line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import LabelSet, require

_KINDS = ("line", "from", "until")


@dataclass(frozen=True)
class SiteRule:
    """One rule: where it holds, what it says of a line and why."""

    site: str
    kind: str
    pattern: re.Pattern[str]
    label: str
    reason: str


def read_site_rules(path: Path, labels: LabelSet) -> list[SiteRule]:
    """The rules of a file, none where there is no file.

    Raises:
        SinorusError: the file is not TOML, or a rule is not one.
    """
    if not path.is_file():
        return []
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("rule", [])
        return [_rule(entry, path, number, labels) for number, entry in enumerate(entries, 1)]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SinorusError(f"{path}: cannot be read as TOML: {error}") from None


def _rule(entry: dict[str, str], path: Path, number: int, labels: LabelSet) -> SiteRule:
    kinds = [kind for kind in _KINDS if kind in entry]
    if len(kinds) != 1 or set(entry) != {"site", "label", "reason", kinds[0]}:
        raise SinorusError(f"{path}: rule {number}: expected site, label, reason and one of {', '.join(_KINDS)}")
    require(entry["label"], labels.active, f"region type in {path}")
    try:
        pattern = re.compile(entry[kinds[0]])
    except re.error as error:
        raise SinorusError(f"{path}: rule {number}: {entry[kinds[0]]!r} is no regular expression: {error}") from None
    return SiteRule(entry["site"], kinds[0], pattern, entry["label"], entry["reason"])


def apply_rules(rules: Sequence[SiteRule], site: str, texts: Sequence[str]) -> dict[int, int]:
    """Which lines of a page which rule decides, by number: the first rule that holds wins."""
    decided: dict[int, int] = {}
    for number, rule in enumerate(rules):
        if rule.site != site:
            continue
        hits = [i for i, text in enumerate(texts) if rule.pattern.search(text)]
        if rule.kind == "from":
            hits = list(range(hits[0], len(texts))) if hits else []
        elif rule.kind == "until":
            hits = list(range(hits[0])) if hits else []
        for i in hits:
            decided.setdefault(i, number)
    return decided
