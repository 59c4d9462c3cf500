"""The text of the card, in the order that a reader asks: what it is, a row, how much, how made, how good, what not to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from sinorus_corpus.card import facts
from sinorus_corpus.card.dictionary import dictionary
from sinorus_corpus.card.example import worked_example
from sinorus_corpus.card.findings import Citation, Findings
from sinorus_corpus.card.front import DEFAULT, SPLITS, Tables, ordered
from sinorus_corpus.card.measures import audits, baselines, checked, consistency, labelled, markdown_table
from sinorus_corpus.card.plots import PICTURES
from sinorus_corpus.schema import Schema

FIRST_LOOK = "images/trade-2024.png"

_HEAD = """# sinorus_corpus

An annotated corpus of writing on China–Russia relations: pages cleaned line by line, entities and claims (who said what, how
sure, how much, when) as spans at exact offsets, and claims of different documents that answer one question.
**The {written} written articles were written by a language model for this corpus, and all labels were made by language
models; the {withheld} published articles are other people's and their text is {shipped}.**
Passes by one kind of model measure consistency, not agreement between people. {checked}

It is a challenge set with known difficulties, written for the purpose; it is not news. Version {version}.
"""

_LOOK = """![The explorer's first screen: rival figures for the trade of China and Russia in 2024, each with its sources, \
currency, period and relation to the others]({path})
"""

_USE = """## Use

```python
from datasets import load_dataset

ds = load_dataset("PATH_OR_REPO", "claims", split="train")  # {configs}
names = ds.features["ctype"].names
print(ds[0]["text"], names[ds[0]["ctype"]], ds[0]["source"] or "the author")
```

All offsets are code points, half-open; `start`/`end` count in `text`, `raw_start`/`raw_end` in the raw article. For every
entity `text[start:end]` of the document equals its `text`. `croissant.json` describes the same tables for other loaders.
"""

_MADE = """## How it was made

**Articles.** {collection}

**Cleaning.** {cleaning}

**Labels.** {annotation}

**Splits.** {splitting}

**People.** {personal}

`provenance.json` names the commit, the versions of tool, schema and guidelines, and the digest of every file.
"""

_LICENCES = """## Licences

| what | licence |
|---|---|
| labels, and everything that describes them | CC BY 4.0 |
| text of the written articles, with their records | CC BY 4.0 |
| text of the published articles | their publishers', as their records say{text_rights} |
| the code that made it | Apache-2.0 |
"""

_CITE = """## How to cite

```bibtex
@misc{{sinorus_corpus,
  title        = {{{{{title}}}}},
  author       = {{{author}}},
  version      = {{{version}}},
  howpublished = {{Dataset}},
  note         = {{Labels and written articles CC BY 4.0, made by language models}}
}}
```
"""


def prose(
    schema: Schema, tables: Tables, version: str, findings: Findings, pictures: Sequence[str], *, private: bool
) -> str:
    """The card without its YAML.

    Args:
        pictures: paths of the pictures that ship.
    """
    rights = ": they are inside this private build and must not be redistributed" if private else "; it is not here"
    parts = [_head(tables, version, findings, private=private)]
    parts += [_LOOK.format(path=FIRST_LOOK)] if FIRST_LOOK in pictures else []
    parts += [worked_example(tables), _counts(tables, findings, pictures)]
    parts += [_USE.format(configs=", ".join(ordered(tables)).replace(DEFAULT, f"{DEFAULT} (default)"))]
    parts += [dictionary(schema, ordered(tables), folded=True), _made()]
    parts += [consistency(findings.compared, findings.relations)] if findings.compared else []
    parts += [audits(findings.audits), *([findings.likeness] if findings.likeness else [])]
    parts += [baselines(findings.baselines, version)] if findings.baselines else []
    parts += [_list("Known weak labels and other limits", [*facts.LIMITATIONS, *facts.BIASES])]
    parts += [_LICENCES.format(text_rights=rights), _list("What must not be done with it", facts.MISUSES)]
    parts += [bibtex(findings.citation, version)] if findings.citation else []
    return "\n".join(part for part in parts if part)


def _head(tables: Tables, version: str, findings: Findings, *, private: bool) -> str:
    origins = [o for t in tables[DEFAULT].values() for o in t["origin"].to_pylist()]
    return _HEAD.format(
        written=origins.count("written"),
        withheld=sum(t.num_rows for t in tables.get("withheld", {}).values()),
        shipped="inside this private build, which must not be passed on" if private else "not included",
        checked=checked(findings),
        version=version,
    )


def _counts(tables: Tables, findings: Findings, pictures: Sequence[str]) -> str:
    splits = [s for s in SPLITS if any(s in found for found in tables.values())]
    rows = ([f"`{name}`", *(str(_rows(tables[name], s)) for s in splits)] for name in ordered(tables))
    shown = [f"![{title}]({path})" for title, path in PICTURES.items() if path in pictures]
    parts = ["## Counts\n", markdown_table(["rows of config", *splits], rows), "", *shown, ""]
    return "\n".join([*parts, labelled(findings.counts)])


def _rows(splits: Mapping[str, pa.Table], split: str) -> int:
    return splits[split].num_rows if split in splits else 0


def _made() -> str:
    return _MADE.format(
        collection=facts.COLLECTION,
        cleaning=facts.CLEANING,
        annotation=facts.ANNOTATION,
        splitting=facts.SPLITTING,
        personal=facts.PERSONAL,
    )


def _list(title: str, lines: Sequence[str]) -> str:
    return "\n".join([f"## {title}\n", *(f"- {line}" for line in lines), ""])


def bibtex(citation: Citation, version: str) -> str:
    """How to cite, from `CITATION.cff`."""
    names = (name if "," in name else f"{{{name}}}" for name in citation.authors)
    return _CITE.format(title=citation.title, author=" and ".join(names), version=version)
