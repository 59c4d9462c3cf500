"""Croissant: read by the reader of the format, its records are those of the Parquet files."""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from pathlib import Path
from typing import Any

import mlcroissant as mlc
import pyarrow.parquet as pq
import pytest

from sinorus_corpus.build import Built
from sinorus_corpus.card.croissant import described
from sinorus_corpus.schema import Column, read_schema
from sinorus_corpus.schema.features import features
from tests.conftest import ROOT

RAI = {
    "dataCollection",
    "dataAnnotationProtocol",
    "dataBiases",
    "dataLimitations",
    "dataUseCases",
    "personalSensitiveInformation",
}


def croissant(built: Built) -> dict[str, Any]:
    return dict(json.loads((built.path / "croissant.json").read_bytes()))


def plain(value: Any, prefix: str) -> Any:
    """A value that mlcroissant read as Arrow gives it, without the prefix of its names."""
    if isinstance(value, dict):
        return {name.removeprefix(f"{prefix}/"): plain(one, name) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one, prefix) for one in value]
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, datetime.datetime):
        return value.date()
    return None if isinstance(value, float) and math.isnan(value) else value


def told(row: dict[str, Any], columns: tuple[Column, ...]) -> dict[str, Any]:
    """A row without what is nested twice."""
    kept = {}
    for column in columns:
        value = row[column.name]
        if column.fields:
            names = [field.name for field in described(column)]
            value = [{name: item[name] for name in names} for item in value]
        kept[column.name] = value
    return kept


def compare(folder: Path, path: Path) -> None:
    name, split = path.parent.name, path.name.partition("-")[0]
    dataset = mlc.Dataset(jsonld=str(folder / "croissant.json"))
    found = [plain(record, f"{name}/{split}") for record in dataset.records(record_set=f"{name}/{split}")]
    columns = read_schema().tables[name].columns
    assert found == [told(row, columns) for row in pq.read_table(path).to_pylist()]


def test_every_record_is_that_of_the_parquet_file(toy_built: Built) -> None:
    paths = sorted((toy_built.path / "data").rglob("*.parquet"))
    assert {path.parent.name for path in paths} >= {"documents", "claims", "ner", "withheld"}
    for path in paths:
        compare(toy_built.path, path)


def test_a_wrong_column_is_seen(toy_built: Built, tmp_path: Path) -> None:
    """The validator of the format accepts a column that is not there; the comparison does not."""
    path = toy_built.path / "data/claims/train-00000-of-00001.parquet"
    text = (toy_built.path / "croissant.json").read_text()
    (tmp_path / "data/claims").mkdir(parents=True)
    (tmp_path / path.relative_to(toy_built.path)).write_bytes(path.read_bytes())
    (tmp_path / "croissant.json").write_text(text.replace('"column": "gloss"', '"column": "text"'))
    with pytest.raises(AssertionError):
        compare(tmp_path, path)


def test_the_format_finds_nothing_wrong(toy_built: Built) -> None:
    issues = mlc.Dataset(jsonld=str(toy_built.path / "croissant.json")).metadata.ctx.issues
    assert not issues.errors


def test_files_have_their_hashes(toy_built: Built) -> None:
    paths = {p.relative_to(toy_built.path).as_posix(): p for p in (toy_built.path / "data").rglob("*.parquet")}
    listed = {file["contentUrl"]: file["sha256"] for file in croissant(toy_built)["distribution"]}
    assert listed == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items()}


def test_label_names_are_those_of_the_features(toy_built: Built) -> None:
    schema = read_schema()
    sets = {found["@id"]: found for found in croissant(toy_built)["recordSet"]}
    column = features(schema, schema.tables["claims"])["topic"]
    assert [row["labels/topic/name"] for row in sets["labels/topic"]["data"]] == column.names
    tags = features(schema, schema.tables["ner"])["ner_tags"].feature
    assert [row["labels/entity_bio/name"] for row in sets["labels/entity_bio"]["data"]] == tags.names
    assert sets["labels/topic"]["dataType"] == "sc:Enumeration"
    (field,) = (f for f in sets["claims/train"]["field"] if f["name"] == "claims/train/topic")
    assert "labels/topic" in field["description"]


def test_it_says_how_the_data_came_about(toy_built: Built) -> None:
    found = croissant(toy_built)
    assert {key.removeprefix("rai:") for key in found if key.startswith("rai:")} >= RAI
    assert "http://mlcommons.org/croissant/RAI/1.0" in found["conformsTo"]
    read = mlc.Dataset(jsonld=str(toy_built.path / "croissant.json")).metadata
    assert read.data_collection == found["rai:dataCollection"]
    assert read.data_biases == found["rai:dataBiases"]
    assert read.personal_sensitive_information == found["rai:personalSensitiveInformation"]
    assert "No human has checked this" in found["rai:dataAnnotationAnalysis"][0]


def test_dates_of_the_published_tables_are_days() -> None:
    """The Hub's own Croissant leaves out timestamps with a zone."""
    dated = [c.type for t in read_schema().tables.values() for c in t.columns if c.name.startswith("date")]
    assert dated
    assert set(dated) == {"date32"}


@pytest.mark.skipif(not (ROOT / "dist/sinorus-corpus/croissant.json").is_file(), reason="nothing is built in dist/")
@pytest.mark.parametrize("config", ["withheld", "clusters", "pairs", "claims"])
def test_records_of_the_whole_dataset(config: str) -> None:
    folder = ROOT / "dist/sinorus-corpus"
    for path in sorted((folder / "data" / config).glob("*.parquet")):
        compare(folder, path)
