"""Builds the dataset: a pure function of what is committed, written whole or not at all. No check may live here.

The public build reads committed files alone. A private build also holds the text of hydrated articles.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from sinorus_corpus import __version__
from sinorus_corpus.card import make_card, read_findings
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import write_atomic
from sinorus_corpus.history import commit_of
from sinorus_corpus.provenance import PROVENANCE, render_provenance
from sinorus_corpus.records import Issue, SinorusError
from sinorus_corpus.schema import SCHEMA_VERSION
from sinorus_corpus.tables import Labelled
from sinorus_corpus.tables.arrow import check_published, to_table
from sinorus_corpus.tables.claims import attribution_rows, claim_rows
from sinorus_corpus.tables.documents import Row, document_row, status_columns
from sinorus_corpus.tables.leaks import check_splits
from sinorus_corpus.tables.lines import ner_rows, region_rows
from sinorus_corpus.tables.linking import linking_rows, registry_rows
from sinorus_corpus.tables.pairs import cluster_rows, pair_rows, paired_clusters
from sinorus_corpus.tables.sentences import sentence_rows
from sinorus_corpus.tables.withheld import withheld_row
from sinorus_corpus.validate import Report, validate

# What makes the rows of each config that carries text, document by document; `load` uses the same for a reader's copies.
ROW_MAKERS: dict[str, Callable[[Labelled], list[Row]]] = {
    "documents": lambda labelled: [document_row(labelled)],
    "ner": ner_rows,
    "claims": claim_rows,
    "regions": region_rows,
    "sentences": sentence_rows,
    "attribution": attribution_rows,
    "linking": linking_rows,
}


class InvalidCorpusError(SinorusError):
    """A build was refused because errors stand; the report holds them all."""

    def __init__(self, report: Report) -> None:
        super().__init__(f"{len(report.errors)} errors stand, nothing was built; sinorus validate lists them")
        self.report = report


@dataclass(frozen=True)
class Built:
    """What a build made: where, and the numbers that a person wants to see.

    Attributes:
        rows: number of rows by config and split.
        lines: kept and dropped lines by document.
        withheld: articles that ship without text, with whether a hydrated copy is at hand.
        sources: statements and figures that the records list, and how many of their sources were opened.
    """

    path: Path
    rows: dict[str, dict[str, int]]
    lines: dict[str, Counter[str]]
    entities: int
    claims: int
    withheld: dict[str, bool]
    sources: tuple[int, int]


def build(corpus: Corpus, out: Path | None = None, *, private: bool = False) -> Built:
    """Validates the corpus and writes the dataset.

    Args:
        out: the folder to make; `dist/sinorus-corpus` unless told. A private build needs one.
        private: also write the text of withheld articles that are hydrated, for oneself.

    Raises:
        InvalidCorpusError: an error stands. Nothing was written.
        SinorusError: the folder may not be replaced, or the disk refuses.
    """
    report = validate(corpus, copies="hydrated" if private else "committed")
    if report.errors:
        raise InvalidCorpusError(report)
    return write_dataset(report, _target(corpus, out, private=private), __version__, private=private)


def write_dataset(report: Report, target: Path, version: str, *, private: bool = False) -> Built:
    """Writes the dataset of a validated corpus into `target`, whole or not at all.

    Args:
        version: that of the corpus in `report`, which a release sets while this tool runs.

    Raises:
        InvalidCorpusError: a finished table breaks its own schema. Nothing was written.
        SinorusError: the disk refuses.
    """
    tables = make_tables(report)
    _check(report, tables)
    files = {
        f"data/{n}/{s}-00000-of-00001.parquet": _parquet(t) for n, found in tables.items() for s, t in found.items()
    }
    card = make_card(report.schema, tables, files, version, read_findings(report), private=private)
    made = files | card | ({".gitignore": b"*\n"} if private else {})
    guidelines = sorted({gold.header.guidelines for gold in report.content.gold.values()})
    made[PROVENANCE] = render_provenance(version, commit_of(report.corpus), guidelines, tables, made)
    replace_folder(target, made)
    return _summary(report, tables, target)


def _target(corpus: Corpus, out: Path | None, *, private: bool) -> Path:
    target = (out or corpus.dist).absolute()
    if private and (out is None or target.is_relative_to(corpus.dist.parent)):
        raise SinorusError(
            f"a private build holds text that may not be passed on; expected a folder outside {corpus.dist.parent}"
        )
    if target.exists() and not (target / "data").is_dir() and any(target.iterdir()):
        raise SinorusError(f"{target} holds something other than a built dataset; expected a new or empty folder")
    return target


def _labelled(report: Report, doc_id: str) -> Labelled:
    content = report.content
    reviewed = doc_id in content.regions
    gold = content.gold.get(doc_id)
    return Labelled(report.documents[doc_id], content.texts[doc_id], gold, content.known, reviewed, SCHEMA_VERSION)


def make_tables(report: Report) -> dict[str, dict[str, pa.Table]]:
    """All tables by config and split; splits without rows are left out, since readers refuse them."""
    schema, articles = report.schema, report.content.articles
    splits = schema.labels["split"].names
    documents = [_labelled(report, doc_id) for doc_id in sorted(report.content.texts)]
    parts = {split: [d for d in documents if d.document.article.split == split] for split in splits}
    rows = {n: {s: [r for d in part for r in make(d)] for s, part in parts.items()} for n, make in ROW_MAKERS.items()}
    clusters = [cluster for _, cluster in report.content.clusters]
    paired = paired_clusters(clusters, articles, splits)
    rows["pairs"] = {split: pair_rows(parts[split], paired[split]) for split in splits}
    rows["clusters"] = {split: cluster_rows(clusters, articles, split) for split in splits}
    rows["registry"] = {splits[0]: registry_rows(report.content.known)}
    withheld = [_withheld(report, doc_id) for doc_id in sorted(articles) if not articles[doc_id].redistribute]
    rows["withheld"] = {"transfer": withheld}
    made = {n: {s: to_table(schema, schema.tables[n], r) for s, r in found.items() if r} for n, found in rows.items()}
    return {name: found for name, found in made.items() if found}


def _withheld(report: Report, doc_id: str) -> Row:
    content = report.content
    gold = content.gold.get(doc_id)
    status = status_columns(gold, SCHEMA_VERSION, reviewed=True)
    return withheld_row(
        content.articles[doc_id],
        content.regions[doc_id].regions,
        gold,
        content.known,
        status,
        content.fingerprints.get(doc_id, ()),
    )


def _check(report: Report, tables: dict[str, dict[str, pa.Table]]) -> None:
    issues: list[Issue] = []
    for name, splits in tables.items():
        for table in splits.values():
            issues += check_published(report.schema, report.schema.tables[name], table)
    issues += check_splits(tables, {doc_id: article.split for doc_id, article in report.content.articles.items()})
    if issues:
        raise InvalidCorpusError(Report(report.corpus, report.schema, report.content, report.documents, issues))


def _parquet(table: pa.Table) -> bytes:
    """Parquet with fixed arguments: the same table gives the same bytes under one version of pyarrow."""
    out = io.BytesIO()
    pq.write_table(
        table,
        out,
        compression="zstd",
        compression_level=9,
        row_group_size=1000,
        write_page_index=True,
        store_schema=True,
    )
    return out.getvalue()


def replace_folder(target: Path, files: dict[str, bytes]) -> None:
    """Writes a folder beside `target` and renames it into place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    try:
        for name, data in files.items():
            write_atomic(temporary / name, data)
        temporary.chmod(0o755)
        old = Path(f"{temporary}.old")
        if target.exists():
            os.replace(target, old)
        os.replace(temporary, target)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise SinorusError(f"{target}: not built ({error.strerror})") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _summary(report: Report, tables: dict[str, dict[str, pa.Table]], target: Path) -> Built:
    rows = {name: {split: table.num_rows for split, table in splits.items()} for name, splits in tables.items()}
    lines = {
        doc_id: Counter("kept" if r.id in document.kept else "dropped" for r in document.regions)
        for doc_id, document in report.documents.items()
    }
    withheld = {d: a for d, a in report.content.articles.items() if not a.redistribute}
    hydrated = {d: report.corpus.hydrated_text(d).is_file() for d in withheld}
    gold: Iterable[tuple[int, int]] = [(len(g.entities), len(g.claims)) for g in report.content.gold.values()]
    entities, claims = (sum(column) for column in zip(*gold, strict=True)) if gold else (0, 0)
    sources = [s for a in report.content.articles.values() for s in (*a.statements, *a.figures)]
    opened = sum(source.checked for source in sources)
    return Built(target, rows, lines, entities, claims, hydrated, (len(sources), opened))
