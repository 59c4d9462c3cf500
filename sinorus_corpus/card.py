"""The dataset card: YAML that readers' clients need, and prose that says honestly what this is. No file is written here."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import yaml
from datasets import DatasetInfo
from datasets.info import DatasetInfosDict
from datasets.splits import SplitDict, SplitInfo

from sinorus_corpus.agreement.bootstrap import Figure
from sinorus_corpus.auditing.figures import AuditFigures
from sinorus_corpus.auditing.report import NO_HUMAN, cell, rows, title
from sinorus_corpus.comparing import Comparison
from sinorus_corpus.schema import Column, Schema
from sinorus_corpus.schema.features import features
from sinorus_corpus.stats import Count

Tables = Mapping[str, Mapping[str, pa.Table]]
Files = Mapping[str, bytes]

DEFAULT = "documents"
_NO_HUMAN = NO_HUMAN[0].upper() + NO_HUMAN[1:]

_HEAD = """# sinorus_corpus

**The {written} written articles in this dataset were written by a language model for this corpus, and all labels were made
by language models; the {withheld} published articles are other people's and their text is {shipped}.** {checked}

An annotated corpus of writing on China–Russia relations: scraped articles cleaned line by line, entities and claims (who
said what, how sure, how much, when) as spans at exact offsets. The written articles are a challenge set: true public
facts, told as web pages with their furniture; they are not news. Their records list every statement and figure with its
source and say whether that source was opened.
"""

_USE = """## Use

```python
from datasets import load_dataset

ds = load_dataset("PATH_OR_REPO", "claims", split="train")  # {configs}
names = ds.features["ctype"].names
print(ds[0]["text"], names[ds[0]["ctype"]], ds[0]["source"] or "the author")
```

All offsets are code points, half-open; `start`/`end` count in `text`, `raw_start`/`raw_end` in the raw article. For every
entity `text[start:end]` of the document equals its `text`.
"""

_CONSISTENCY = """## Consistency

Two readings, `{a}` and `{b}`, were made blind of each other by language models of one kind, from the same guidelines, and
compared as they were made. Each is the work of several such readers, some articles each. **This measures how consistent such
readings are, not how well people agree.** In brackets: 95 % of bootstrap samples over
documents. Differences were then settled one by one; what was decided, and
what was corrected later, stands beside the passes in the repository.

| measure | {groups} |
|---|{bars}
{rows}

{relations}"""

_OWN_WORDS = """In that table each reader of clusters worded propositions of their own, by guidelines 1.1. {told}
"""

_RELATIONS = """Guidelines 1.2 part the work: clusters and propositions are settled
first, and `{a}` and `{b}` then read the relations of the same members to the same propositions, blind of each other. Cluster
relation kappa of these two: {figures}. The second figure is not the first one mended: its question is easier, and its rules were
written from where the first readings of articles in train had differed."""

_NO_RELATIONS = "Guidelines 1.2 part the work; no two readings by them are here yet."

_AUDIT = """### {reader}

{title}. In brackets: 95 % intervals, Wilson's for rates, of a bootstrap over documents for recall and F1.

| measure | {groups} |
|---|{bars}
{rows}
"""

_LIMITS = """## Limits

- Entities and claims rest on a single reading by a language model unless `status` says `adjudicated`.
- Known weak labels: relations in clusters (two readings of them agreed least of all); the wording of a quantity's `variable` is
  free (compare values and units, not words); `check` and `rel` wherever a claim speaks of the tie only by implication;
  comparisons without a figure, which are `quant` and have no quantity.
- Small: it shows difficulties and tests systems; it is not a sample of what is written on the subject. Do not estimate
  frequencies from it.
- The written articles are synthetic. Do not cite them as sources for facts: cite the sources that their records list.
- Labels say what a text asserts, not what is true.

## Licences

Labels and written articles: CC BY 4.0. The code that made them: Apache-2.0. The text of the published articles belongs to
their publishers{text_rights}.
"""


@dataclass(frozen=True)
class Findings:
    """What the card tells of the labels.

    Attributes:
        compared: the two readings that most of gold was settled from, compared.
        relations: two readings of relations alone, over settled clusters.
        audits: third readings of a sample of gold, those by humans first.
        likeness: how far written articles differ from published ones, as a section; empty where nobody has measured.
    """

    counts: list[Count]
    compared: Comparison | None
    relations: Comparison | None = None
    audits: list[AuditFigures] = field(default_factory=list)
    likeness: str = ""


def render_card(
    schema: Schema, tables: Tables, files: Files, version: str, findings: Findings, *, private: bool
) -> str:
    """The README of a built dataset.

    Args:
        tables: by config and split.
        files: the Parquet files by path, for sizes and digests.
        private: whether the text of withheld articles is inside.
    """
    front = {
        "pretty_name": "sinorus_corpus",
        "language": ["en"],
        "license": "other" if private else "cc-by-4.0",
        "task_categories": ["token-classification", "text-classification"],
        "tags": ["synthetic", "machine-generated", "claim-detection", "attribution", "china-russia-relations"],
        "size_categories": ["n<1K"],
        "configs": [_config(name, files, version) for name in _ordered(tables)],
    }
    _infos(schema, tables, files).to_dataset_card_data(front)
    head = yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=120)
    return f"---\n{head}---\n\n{_prose(schema, tables, version, findings, private=private)}"


def _ordered(tables: Tables) -> list[str]:
    return sorted(tables, key=lambda name: (name != DEFAULT, name))


def _config(name: str, files: Files, version: str) -> dict[str, Any]:
    """A `configs` entry; its digest makes a rebuild under the same path a new entry of the client's cache."""
    own = {path: data for path, data in files.items() if path.startswith(f"data/{name}/")}
    splits = sorted(own, key=_split_order)
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


def _split_order(path: str) -> int:
    return ["train", "validation", "test", "transfer"].index(_split(path))


def _infos(schema: Schema, tables: Tables, files: Files) -> DatasetInfosDict:
    infos = {}
    for name, splits in tables.items():
        sizes = {split: len(files[f"data/{name}/{split}-00000-of-00001.parquet"]) for split in splits}
        found = SplitDict()
        for split, table in splits.items():
            found.add(SplitInfo(split, table.nbytes, table.num_rows))
        infos[name] = DatasetInfo(
            features=features(schema, schema.tables[name]),
            splits=found,
            download_size=sum(sizes.values()),
            dataset_size=sum(table.nbytes for table in splits.values()),
        )
    return DatasetInfosDict(infos)


def _prose(schema: Schema, tables: Tables, version: str, findings: Findings, *, private: bool) -> str:
    documents = [row for t in tables[DEFAULT].values() for row in t.select(["origin"]).to_pylist()]
    written = sum(row["origin"] == "written" for row in documents)
    withheld = sum(t.num_rows for t in tables.get("withheld", {}).values())
    shipped = "inside this private build, which must not be passed on" if private else "not included"
    head = _HEAD.format(written=written, withheld=withheld, shipped=shipped, checked=_checked(findings))
    use = _USE.format(configs=", ".join(_ordered(tables)).replace(DEFAULT, f"{DEFAULT} (default)"))
    limits = _LIMITS.format(text_rights=" and must not be redistributed" if private else ", and is not here")
    told = [_consistency(findings.compared, findings.relations)] if findings.compared else []
    told += [_audits(findings.audits), *([findings.likeness] if findings.likeness else []), _labelled(findings.counts)]
    tables_told = [_count_table(tables), dictionary(schema, _ordered(tables))]
    parts = [head, f"Version {version}.\n", use, *told, *tables_told, limits]
    return "\n".join(parts)


def _consistency(compared: Comparison, relations: Comparison | None) -> str:
    rows = []
    for tally in compared.headline:
        found = compared.figures(tally)
        rows.append(f"| {tally.name} | {' | '.join(_figure(found[group]) for group in compared.groups)} |")
    groups = " | ".join(f"{name}, {int(chosen.sum())} articles" for name, chosen in compared.groups.items())
    names = {"a": compared.a, "b": compared.b, "groups": groups, "bars": "---|" * len(compared.groups)}
    clusters = any(tally.section == "clusters" for tally in compared.headline)
    told = _OWN_WORDS.format(told=_relations(relations)) if clusters else ""
    return _CONSISTENCY.format(rows="\n".join(rows), relations=told, **names)


def _relations(compared: Comparison | None) -> str:
    if compared is None:
        return _NO_RELATIONS
    found = [f"{name} {_figure(figure)}" for name, figure in compared.figures(compared.headline[0]).items()]
    return _RELATIONS.format(a=compared.a, b=compared.b, figures=", ".join(found))


def _checked(findings: Findings) -> str:
    humans = [a.audit.header.annotator for a in findings.audits if a.audit.header.kind == "human"]
    return (
        f"A sample of the labels was checked by a human ({', '.join(humans)}); see Audit."
        if humans
        else f"{_NO_HUMAN}."
    )


def _audits(audits: list[AuditFigures]) -> str:
    """Third readings of samples, those by humans apart from those by models."""
    parts = ["## Audit\n"]
    if not any(found.audit.header.kind == "human" for found in audits):
        parts.append(f"{_NO_HUMAN}.\n")
    parts += [_audit(found) for found in audits]
    return "\n".join(parts)


def _audit(found: AuditFigures) -> str:
    reader = (
        "By a human" if found.audit.header.kind == "human" else "A third reading by a language model, not by a human"
    )
    shown = [f"| {name} | {' | '.join(cell(by[group]) for group in found.groups)} |" for name, by in rows(found)]
    groups, bars = " | ".join(found.groups), "---|" * len(found.groups)
    return _AUDIT.format(reader=reader, title=title(found), groups=groups, bars=bars, rows="\n".join(shown))


def _figure(found: Figure) -> str:
    if found.value is None:
        return "–"
    between = "" if found.low is None or found.high is None else f" [{_cut(found.low)}, {_cut(found.high)}]"
    return f"{_cut(found.value)}{between}"


def _cut(value: float) -> str:
    """Three digits, cut and not rounded: no figure is told as better than it is."""
    return f"{math.floor(value * 1000) / 1000:.3f}"


def _labelled(counts: list[Count]) -> str:
    parts = ["## What is labelled\n"]
    for count in (c for c in counts if c.values):
        parts += [f"| {count.title} | {' | '.join(count.origins)} |", f"|---|{'---|' * len(count.origins)}"]
        parts += [f"| {v} | {' | '.join(str(count.numbers[v, o]) for o in count.origins)} |" for v in count.values]
        parts.append("")
    return "\n".join(parts)


def _count_table(tables: Tables) -> str:
    splits = sorted({split for found in tables.values() for split in found}, key=lambda s: _split_order(f"/{s}-"))
    rows = [f"| {n} | " + " | ".join(str(_rows(tables[n], s)) for s in splits) + " |" for n in _ordered(tables)]
    head = f"| rows | {' | '.join(splits)} |\n|---|{'---|' * len(splits)}"
    return "\n".join(["## Configs and splits\n", head, *rows, ""])


def _rows(splits: Mapping[str, pa.Table], split: str) -> int:
    return splits[split].num_rows if split in splits else 0


def dictionary(schema: Schema, names: Sequence[str]) -> str:
    """The columns of these configs with their meaning."""
    parts = ["## Columns\n"]
    for name in names:
        table = schema.tables[name]
        parts += [f"### {name}\n", table.description + "\n", "| column | type | meaning |", "|---|---|---|"]
        parts += [line for column in table.columns for line in _column_lines(column, "")]
        parts.append("")
    return "\n".join(parts)


def _column_lines(column: Column, outer: str) -> list[str]:
    kind = f"list of {column.type}" if column.list else column.type
    kind += f" of `{column.labels}`" if column.labels else ""
    unit = f" ({column.unit})" if column.unit else ""
    line = f"| `{outer}{column.name}` | {kind} | {column.description}{unit} |"
    return [line, *(inner for f in column.fields for inner in _column_lines(f, f"{outer}{column.name}."))]
