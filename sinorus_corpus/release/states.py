"""One side of a comparison: the tables and the contract of a built folder, of a corpus as it stands, or of a git revision.

A revision is taken out of git into a temporary folder and read by this tool under its own `schemas/`. No comparing here.
"""

from __future__ import annotations

import io
import re
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from datasets import Features

from sinorus_corpus.build import make_tables
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.history import git, git_line
from sinorus_corpus.records import SinorusError
from sinorus_corpus.release.dataset import read_dataset
from sinorus_corpus.release.floors import read_floors
from sinorus_corpus.schema import Schema
from sinorus_corpus.schema.features import features
from sinorus_corpus.validate import Report, validate

_HUB = re.compile(r"[\w.-]+/[\w.-]+@[\w./-]+")


@dataclass(frozen=True)
class State:
    """What is compared.

    Attributes:
        tables: one frame a config, with the split as a column.
        features: columns by config.
        schema: what labels and columns mean; `None` for a built folder, which has their names alone.
        registry, clusters: as the corpus has them; `None` for a built folder.
        floors: the counts that a release may not fall below.
    """

    name: str
    tables: dict[str, pl.DataFrame]
    features: dict[str, Features]
    schema: Schema | None = None
    registry: pl.DataFrame | None = None
    clusters: pl.DataFrame | None = None
    floors: dict[str, int] = field(default_factory=dict)


def read_state(corpus: Corpus, side: str) -> State:
    """Reads a side by what a person calls it.

    Args:
        side: a built folder, a corpus folder, or a git revision of the corpus.

    Raises:
        SinorusError: there is no such thing, or this version of the tool cannot read it.
    """
    folder = Path(side)
    if (folder / "raw").is_dir():
        return report_state(side, checked(side, Corpus(folder.absolute())))
    if folder.is_dir():
        return _built_state(folder)
    return revision_state(corpus, side)


def revision_state(corpus: Corpus, revision: str) -> State:
    """The state of a git revision, built in a temporary folder."""
    commit = _commit(corpus, revision)
    with tempfile.TemporaryDirectory(prefix="sinorus-") as name:
        _export(corpus, commit, Path(name))
        if not (Path(name) / "raw").is_dir():
            raise SinorusError(f"{revision} holds no raw/; expected a revision of a corpus")
        return report_state(revision, checked(revision, Corpus(Path(name))))


def _commit(corpus: Corpus, revision: str) -> str:
    try:
        if not revision.startswith("-"):
            return git_line(corpus.root, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
    except SinorusError:
        pass
    if _HUB.fullmatch(revision):
        repo, _, version = revision.partition("@")
        get = f"hf download {repo} --repo-type dataset --revision {version} --local-dir FOLDER"
        raise SinorusError(f"{revision} is on the Hub: get it with {get}, and compare FOLDER")
    raise SinorusError(
        f"found {revision!r}; expected a built folder, a corpus folder, or a tag or revision of this corpus"
    )


def _export(corpus: Corpus, commit: str, target: Path) -> None:
    """Takes the files that a build reads out of git, line ends as committed."""
    wanted = {corpus.relative(p) for p in (corpus.raw, corpus.annotations, corpus.schemas, corpus.sites)}
    there = wanted & set(git_line(corpus.root, "ls-tree", "--name-only", commit).splitlines())
    data = git(corpus.root, "-c", "core.autocrlf=false", "archive", "--format=tar", commit, "--", *sorted(there))
    try:
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            # Before Python 3.11.4 there is no filter, so that nothing but files and folders may stand in what git gives.
            archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
            if any(not (member.isfile() or member.isdir()) for member in archive):
                raise tarfile.TarError("it holds something other than files and folders")
            archive.extractall(target)  # noqa: S202 - nothing but files and folders, of names that git allows
    except tarfile.TarError as error:
        raise SinorusError(f"{commit[:12]} cannot be taken out of git: {error}") from None


def checked(name: str, corpus: Corpus) -> Report:
    """The report on a corpus that can be built.

    Raises:
        SinorusError: errors stand by the rules of this version of the tool.
    """
    try:
        report = validate(corpus, copies="committed")
        errors = report.errors
    except KeyError as error:  # a finding by a rule, or a layer, that its own schemas/ do not have yet
        raise SinorusError(
            f"{name} cannot be read by this version of the tool: its schemas/ know no {error}; build it with the tool of its "
            "own time, and compare the folder"
        ) from None
    if errors:
        first = f"{errors[0].path}:{errors[0].line}: {errors[0].code}"
        raise SinorusError(f"{name} cannot be built: {len(errors)} errors stand, the first at {first}")
    return report


def report_state(name: str, report: Report) -> State:
    """The state that a validated corpus would publish."""
    try:
        tables = make_tables(report)
    except KeyError as error:
        raise SinorusError(
            f"{name} cannot be built by this version of the tool, which makes no column {error}; build it with the tool of "
            "its own time, and compare the folder"
        ) from None
    schema = report.schema
    found = {config: features(schema, schema.tables[config]) for config in tables}
    registry = pl.DataFrame(
        [
            {
                "id": k.entity_id,
                "name": k.name,
                "type": k.type,
                "aliases": list(k.aliases),
                "wikidata_qid": k.wikidata_qid,
            }
            for k in report.content.known.values()
        ],
        schema={
            "id": pl.String,
            "name": pl.String,
            "type": pl.String,
            "aliases": pl.List(pl.String),
            "wikidata_qid": pl.String,
        },
    )
    return State(name, _frames(tables), found, schema, registry, _clusters(report), read_floors(report.corpus))


def _clusters(report: Report) -> pl.DataFrame:
    rows = [
        {
            "id": cluster.id,
            "proposition": cluster.proposition,
            "topic": cluster.topic,
            "members": [f"{member.claim} {member.relation}" for member in cluster.members],
        }
        for _, cluster in report.content.clusters
    ]
    types: dict[str, Any] = {
        "id": pl.String,
        "proposition": pl.String,
        "topic": pl.String,
        "members": pl.List(pl.String),
    }
    return pl.DataFrame(rows, schema=types)


def _built_state(folder: Path) -> State:
    dataset = read_dataset(folder)
    if dataset.issues or not dataset.configs:
        first = dataset.issues[0] if dataset.issues else None
        told = f"{first.path}: {first.code}: {first.found}" if first else "it has no configs"
        raise SinorusError(f"{folder} cannot be compared: {told}; sinorus check-dist {folder} tells all")
    tables = {name: dataset.tables(name) for name in dataset.configs}
    return State(str(folder), _frames(tables), {c.name: c.features for c in dataset.configs.values()})


def _frames(tables: Mapping[str, Mapping[str, pa.Table]]) -> dict[str, pl.DataFrame]:
    found = {}
    for config, splits in tables.items():
        frames = [pl.DataFrame(table).with_columns(split=pl.lit(split)) for split, table in splits.items()]
        found[config] = pl.concat(frames, how="diagonal_relaxed") if frames else pl.DataFrame()
    return found
