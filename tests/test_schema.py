"""One definition for each thing: Features, pandera schemas, guidelines and records all follow `schemas/`."""

from __future__ import annotations

import re
import shutil
from dataclasses import fields
from pathlib import Path

import polars as pl
import pytest
from datasets import ClassLabel

from sinorus_corpus.annotation.standoff import _RECORDS
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import GUIDELINES_VERSION, Schema, nearest, read_schema, schema_folder
from sinorus_corpus.schema.features import features, parquet_schema
from sinorus_corpus.schema.markdown import label_table, with_label_tables
from sinorus_corpus.tables.arrow import check_table


@pytest.fixture
def own(tmp_path: Path) -> Path:
    shutil.copytree(schema_folder(), tmp_path / "schemas")
    return tmp_path / "schemas"


def frame(schema: Schema, rows: int = 1) -> pl.DataFrame:
    """A sound frame of the `regions` table."""
    columns = {
        "line_id": [f"a:r{i}" for i in range(rows)], "doc_id": ["a"] * rows, "origin": ["written"] * rows, "line": [1] * rows,
        "text": ["x"] * rows, "before": [""] * rows, "after": [""] * rows,
        "label": [0] * rows, "keep": [True] * rows, "dup_of": [""] * rows, "raw_start": [0] * rows,
        "raw_end": [1] * rows, "start": [0] * rows, "end": [1] * rows, "reviewed": [True] * rows,
    }  # fmt: skip
    empty = pl.DataFrame(parquet_schema(schema, schema.tables["regions"]).empty_table())
    return pl.DataFrame(columns, schema=empty.schema)


def test_a_new_label_reaches_features_and_checks(own: Path) -> None:
    before = read_schema()
    file = own / "labels" / "region.toml"
    file.write_text(
        file.read_text()
        + '\n[[label]]\nname = "map"\ndefinition = "d"\nexample = "e"\ncounter_example = "c"\nsince = "1.1"\ntext = false\n'
    )
    after = read_schema(own)
    old, new = (features(s, s.tables["regions"])["label"] for s in (before, after))
    assert isinstance(new, ClassLabel)
    assert new.names == [*old.names, "map"]
    table = frame(before).with_columns(label=pl.lit(30, pl.Int64))
    assert [f.column for f in check_table(before, before.tables["regions"], table.to_arrow())] == ["label"]
    assert check_table(after, after.tables["regions"], table.to_arrow()) == []


def test_a_changed_column_reaches_features_and_checks(own: Path) -> None:
    file = own / "tables" / "regions.toml"
    file.write_text(file.read_text().replace('name = "line"\ntype = "int32"', 'name = "line"\ntype = "int64"\nmax = 5'))
    schema = read_schema(own)
    assert features(schema, schema.tables["regions"])["line"].dtype == "int64"
    bad = frame(schema, 3).with_columns(line=pl.Series([1, 6, 2], dtype=pl.Int64))
    (failure,) = check_table(schema, schema.tables["regions"], bad.to_arrow())
    assert (failure.column, failure.row, failure.value) == ("line", 1, "6")


def test_a_pattern_looks_at_empty_values_and_passes_over_nulls(own: Path) -> None:
    file = own / "tables" / "regions.toml"
    file.write_text(
        file.read_text().replace('name = "before"', "name = \"before\"\nnullable = true\npattern = '^[a-z]+$'")
    )
    schema = read_schema(own)
    made = frame(schema, 5).with_columns(before=pl.Series(["a", None, "", "A", "ab"]))
    found = check_table(schema, schema.tables["regions"], made.to_arrow())
    assert [(f.column, f.check, f.row) for f in found] == [("before", "pattern", 2), ("before", "pattern", 3)]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"line_id": pl.lit("a:r0")}, "line_id"),
        ({"origin": pl.lit("invented")}, "origin"),
        ({"raw_start": pl.lit(7, pl.Int32)}, ""),
        ({"start": pl.lit(-2, pl.Int32)}, "start"),
        ({"text": pl.lit(None, pl.String)}, "text"),
        ({"label": pl.lit(1.5)}, "label"),
    ],
)
def test_a_table_that_breaks_a_rule_is_named_by_column(change: dict[str, pl.Expr], column: str) -> None:
    schema = read_schema()
    made = frame(schema, 2).with_columns(**change).to_arrow()
    found = {f.column for f in check_table(schema, schema.tables["regions"], made)}
    assert column in found


def test_records_have_the_fields_of_their_layers() -> None:
    schema = read_schema()
    for layer, table in schema.layers.items():
        names = [c.name for c in table.columns if c.name != "layer"]
        assert sorted(names) == sorted(f.name for f in fields(_RECORDS[layer]))
        for column in table.columns:
            if column.type == "struct":
                assert {c.name for c in column.fields} == {f.name for f in fields(_RECORDS[column.name])}


def test_every_label_is_defined_in_full() -> None:
    for found in read_schema().labels.values():
        for label in found.labels:
            assert label.definition
            assert label.example
            assert label.counter_example
            assert not label.replaced_by or label.replaced_by in found


def test_every_column_says_what_it_means_and_every_offset_its_unit() -> None:
    schema = read_schema()
    columns = [c for t in [*schema.tables.values(), *schema.layers.values()] for c in t.columns]
    columns += [f for c in columns for f in c.fields]
    for column in columns:
        assert column.description.endswith("."), column
        if re.search(r"(^|_)(start|end|starts|ends)$", column.name) or column.type in ("offset", "span"):
            assert column.unit.startswith("code point") or column.fields, column


def test_the_guidelines_hold_the_label_tables(corpus: Corpus) -> None:
    text = (corpus.annotations / "GUIDELINES.md").read_text()
    schema = read_schema()
    assert with_label_tables(text, schema) == text
    shown = set(re.findall(r"<!-- labels:(\w+) -->", text))
    # readers are not told what was planted, none label pairs
    assert shown == set(schema.labels) - {"challenge", "control", "pair_relation", "verdict"}
    assert all(label_table(schema.labels[name]) in text for name in shown)


def test_the_guidelines_are_of_the_version_that_new_labels_name(corpus: Corpus) -> None:
    text = (corpus.annotations / "GUIDELINES.md").read_text()
    assert text.startswith(f"# Annotation guidelines, version {GUIDELINES_VERSION}\n")
    assert text.partition("## Changelog\n")[2].startswith(f"- {GUIDELINES_VERSION}: ")


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("labels/entity.toml", "name = ", "TOML"),
        ("labels/entity.toml", 'name = "entity"', "not a label set"),
        ("tables/ner.toml", 'name = "ner"\ndescription = ""\n[[column]]\nnme = "x"', "not a table"),
        ("issues.toml", "[x]\nlevel = 1", "catalogue"),
    ],
)
def test_a_broken_contract_is_named_by_file(own: Path, file: str, text: str, message: str) -> None:
    (own / file).write_text(text)
    with pytest.raises(SinorusError, match=message) as refused:
        read_schema(own)
    assert str(own / file) in str(refused.value)


def test_a_label_defined_twice_is_refused(own: Path) -> None:
    file = own / "labels" / "polarity.toml"
    file.write_text(file.read_text().replace('name = "neg"', 'name = "pos"'))
    with pytest.raises(SinorusError, match="defined twice"):
        read_schema(own)


def test_the_nearest_name_is_found_whatever_its_case() -> None:
    assert nearest("gpe", ["GPE", "LOC"]) == "GPE"
    assert nearest("zzzz", ["GPE", "LOC"]) == ""
