"""The card of a bulk build and the report of what was dropped. Nothing is counted here."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from datasets import DatasetInfo
from datasets.info import DatasetInfosDict
from datasets.splits import SplitDict, SplitInfo

from sinorus_corpus import __version__
from sinorus_corpus.card import dictionary
from sinorus_corpus.characters import escape
from sinorus_corpus.records import Issue
from sinorus_corpus.report import issue_object, message
from sinorus_corpus.schema import Schema
from sinorus_corpus.schema.features import features

_EXAMPLES = 20

_CARD = """# Articles

{written:,} articles, cleaned, checked and written by `sinorus bulk` {version} from {shards:,} shards that hold {read:,}.
The regions were proposed by a model and reviewed by nobody. {told}

What was dropped and why stands in `report.md`, and one finding a line in `report.jsonl`.

## Use

```python
from datasets import load_dataset

ds = load_dataset("PATH", split="train", streaming=True)
print(next(iter(ds))["text"])
```

All offsets are code points, half-open; `start`/`end` count in `text`, `raw_start`/`raw_end` in the article as received, whose
SHA-256 is `raw_sha256`.
"""

_REPORT = """# What was read, dropped and written

| | |
|---|---|
{counts}

{codes}
"""


class Part(NamedTuple):
    """One config of the dataset: its files' digests by path, rows and bytes in memory."""

    name: str
    files: Mapping[str, str]
    rows: int
    size: int


def card(schema: Schema, parts: Iterable[Part], counts: Mapping[str, int]) -> str:
    """The README of the built dataset."""
    parts = list(parts)
    front: dict[str, Any] = {
        "pretty_name": "Articles",
        "license": "unknown",
        "configs": [_config(part) for part in parts],
    }
    infos = {}
    for part in parts:
        splits = SplitDict()
        splits.add(SplitInfo("train", part.size, part.rows))
        infos[part.name] = DatasetInfo(features=features(schema, schema.tables[part.name]), splits=splits)
    DatasetInfosDict(infos).to_dataset_card_data(front)
    head = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=120)
    labels = (
        f"{counts['mentions']:,} mentions were joined or suggested; a note marks suggestions, which nobody has read."
    )
    text = _CARD.format(version=__version__, told=labels if counts["mentions"] else "There are no labels.", **counts)
    return f"---\n{head}---\n\n{text}\n{dictionary(schema, [part.name for part in parts])}"


def _config(part: Part) -> dict[str, Any]:
    """A `configs` entry; its digest makes a rebuild under the same path a new entry of the client's cache."""
    digest = hashlib.sha256(json.dumps(sorted(part.files.items())).encode()).hexdigest()
    return {
        "config_name": part.name,
        **({"default": True} if part.name == "documents" else {}),
        "version": __version__,
        "description": f"sha256:{digest}",
        "data_files": [{"split": "train", "path": f"data/{part.name}/train-*.parquet"}],
    }


def write_report(out: Path, schema: Schema, issues: Iterable[Issue], counts: Mapping[str, int]) -> Counter[str]:
    """Writes `report.jsonl` and `report.md`, and counts the findings by code."""
    codes: Counter[str] = Counter()
    examples: dict[str, list[str]] = defaultdict(list)
    temporary = out / ".report.jsonl.tmp"
    with temporary.open("w", encoding="utf-8") as lines:
        for issue in issues:
            codes[issue.code] += 1
            if len(examples[issue.code]) < _EXAMPLES:
                examples[issue.code].append(f"- `{escape(issue.path)}:{issue.line}` {_plain(message(issue, schema))}")
            lines.write(json.dumps(issue_object(issue, schema), ensure_ascii=False) + "\n")
        lines.flush()
        os.fsync(lines.fileno())
    os.replace(temporary, out / "report.jsonl")
    rows = "\n".join(f"| {name} | {number:,} |" for name, number in counts.items())
    told = "\n\n".join(_section(code, codes[code], examples[code], schema) for code in sorted(codes))
    text = _REPORT.format(counts=rows, codes=told or "Nothing was dropped.")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, out / "report.md")
    return codes


def _section(code: str, count: int, examples: list[str], schema: Schema) -> str:
    rule = schema.rules[code]
    more = [f"- … and {count - len(examples):,} more in report.jsonl"] if count > len(examples) else []
    return "\n".join([f"## {code}: {count:,} ({rule.severity})", "", rule.rule, "", *examples, *more])


def _plain(text: str) -> str:
    """`text` with the marks that Markdown or HTML reads made harmless."""
    return "".join(f"&#{ord(char)};" if char in "<>&`*_[]|#" else char for char in text)


def read_issues(paths: Iterable[Path]) -> Iterator[Issue]:
    """Issues as tasks wrote them, one JSON list a line."""
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield Issue(*json.loads(line))
