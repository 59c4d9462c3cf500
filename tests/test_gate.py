"""The gate over a built dataset: one broken directory for each code, the exact codes asserted; nothing is a traceback."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from click.testing import CliRunner, Result

from sinorus_corpus import __version__
from sinorus_corpus.build import Built
from sinorus_corpus.card import content_digest
from sinorus_corpus.cli import main
from sinorus_corpus.provenance import render_provenance
from sinorus_corpus.release.gate import check_dist
from sinorus_corpus.schema import read_schema
from tests.test_build import tree

Change = Callable[[Path], object]
DOCUMENTS = "data/documents/train-00000-of-00001.parquet"
CLAIMS = "data/claims/train-00000-of-00001.parquet"
NER = "data/ner/train-00000-of-00001.parquet"


@pytest.fixture
def dist(toy_built: Built, tmp_path: Path) -> Path:
    shutil.copytree(toy_built.path, tmp_path / "dist")
    return tmp_path / "dist"


def front(dist: Path) -> dict[str, Any]:
    return dict(yaml.safe_load((dist / "README.md").read_text().split("---\n", 2)[1]))


def write_front(dist: Path, data: dict[str, Any]) -> None:
    body = (dist / "README.md").read_text().split("---\n", 2)[2]
    (dist / "README.md").write_text(f"---\n{yaml.safe_dump(data, sort_keys=False)}---\n{body}")


def seal(dist: Path) -> None:
    """Makes all digests those of the files as they are, so that only what a test broke is broken."""
    data = front(dist)
    files = {k: v for k, v in tree(dist).items() if k != "provenance.json"}
    for config in data["configs"]:
        own = {p["path"]: files[p["path"]] for p in config["data_files"] if p["path"] in files}
        config["description"] = content_digest(own)
    write_front(dist, data)
    files["README.md"] = (dist / "README.md").read_bytes()
    tables: dict[str, dict[str, pa.Table]] = {}
    for path in (p for p in files if p.endswith(".parquet")):
        _, config, name = path.split("/")
        tables.setdefault(config, {})[name.partition("-")[0]] = pq.ParquetFile(dist / path).read()
    (dist / "provenance.json").write_bytes(render_provenance(__version__, "", [], tables, files))


def card(edit: Callable[[dict[str, Any]], object]) -> Change:
    """Changes what the card's YAML says."""

    def change(dist: Path) -> None:
        data = front(dist)
        before = json.dumps(data)
        edit(data)
        assert json.dumps(data) != before, "nothing was changed: this test would test nothing"
        write_front(dist, data)
        seal(dist)

    return change


def info(data: dict[str, Any], config: str) -> dict[str, Any]:
    return next(entry for entry in data["dataset_info"] if entry["config_name"] == config)


def config(data: dict[str, Any], name: str) -> dict[str, Any]:
    return next(entry for entry in data["configs"] if entry["config_name"] == name)


def column(data: dict[str, Any], config: str, name: str) -> dict[str, Any]:
    return next(entry for entry in info(data, config)["features"] if entry["name"] == name)


def table(path: str, edit: Callable[[pa.Table], pa.Table]) -> Change:
    """Changes a Parquet file, its schema's metadata kept."""

    def change(dist: Path) -> None:
        before = pq.ParquetFile(dist / path).read()
        after = edit(before)
        assert not after.equals(before, check_metadata=True), "nothing was changed: this test would test nothing"
        pq.write_table(after, dist / path)
        seal(dist)

    return change


def rows(edit: Callable[[list[dict[str, Any]]], object]) -> Callable[[pa.Table], pa.Table]:
    def change(before: pa.Table) -> pa.Table:
        data = before.to_pylist()
        edit(data)
        return pa.Table.from_pylist(data, schema=before.schema)

    return change


def put(path: str, data: bytes) -> Change:
    def change(dist: Path) -> None:
        (dist / path).parent.mkdir(parents=True, exist_ok=True)
        (dist / path).write_bytes(data)

    return change


def both(*changes: Change) -> Change:
    def change(dist: Path) -> None:
        for one in changes:
            one(dist)

    return change


def remove(path: str) -> Change:
    return lambda dist: (dist / path).unlink()


def sealed(change: Change) -> Change:
    return both(change, seal)


def shift(layer: str) -> Callable[[list[dict[str, Any]]], None]:
    """Moves the first offset of a layer of the first document that has one by one code point."""

    def edit(found: list[dict[str, Any]]) -> None:
        span = found[0][layer][0] if layer == "entities" else found[0][layer][0]["segments"][0]
        span["start"] += 1

    return edit


def first_link(found: list[dict[str, Any]]) -> dict[str, Any]:
    return next(row["attribution"][0] for row in found if row["attribution"])


def shorter_footer(before: pa.Table) -> pa.Table:
    """The claims without the names of half the topics in the table's own metadata."""
    told = json.loads(before.schema.metadata[b"huggingface"])
    names = told["info"]["features"]["topic"]["names"]
    told["info"]["features"]["topic"]["names"] = names[:1]
    return before.replace_schema_metadata({"huggingface": json.dumps(told)})


def fewer_topics(data: dict[str, Any]) -> None:
    names = column(data, "claims", "topic")["dtype"]["class_label"]["names"]
    for key in list(names)[1:]:
        del names[key]


def twin(before: pa.Table) -> pa.Table:
    return pa.concat_tables([before, before.slice(0, 1)])


def in_test(dist: Path) -> None:
    """Puts the text of the train document into the test document too."""
    text = pq.ParquetFile(dist / DOCUMENTS).read(["text"])["text"][0].as_py()
    path = DOCUMENTS.replace("train", "test")

    def edit(found: list[dict[str, Any]]) -> None:
        found[0]["text"] += "\n" + text

    table(path, rows(edit))(dist)


def count(data: dict[str, Any], name: str, split: str, number: int) -> None:
    entry = next(s for s in info(data, name)["splits"] if s["name"] == split)
    entry["num_examples"] += number


def without_a_picture(dist: Path) -> None:
    (dist / "images/depth.png").unlink()
    seal(dist)


CASES: dict[str, tuple[Change, set[str]]] = {
    "bad-card missing": (remove("README.md"), {"bad-card", "missing-file"}),
    "bad-card without YAML": (put("README.md", b"# a dataset\n"), {"bad-card", "digest-mismatch"}),
    "bad-card torn": (put("README.md", b"---\nconfigs: [\n---\n"), {"bad-card", "digest-mismatch"}),
    "bad-card of another shape": (put("README.md", b"---\nconfigs: 7\n---\n"), {"bad-card", "digest-mismatch"}),
    "bad-card not UTF-8": (put("README.md", b"---\n\xff\n"), {"bad-card", "digest-mismatch"}),
    "bad-card without features": (card(lambda d: d["dataset_info"].remove(info(d, "ner"))), {"bad-card"}),
    "bad-parquet": (put(CLAIMS, b"PAR1"), {"bad-parquet", "digest-mismatch"}),
    "bad-parquet cut off": (
        lambda d: (d / CLAIMS).write_bytes((d / CLAIMS).read_bytes()[:-9]),
        {"bad-parquet", "digest-mismatch"},
    ),
    "bad-parquet empty": (put(DOCUMENTS, b""), {"bad-parquet", "digest-mismatch"}),
    "bad-provenance missing": (remove("provenance.json"), {"bad-provenance"}),
    "bad-provenance torn": (put("provenance.json", b'{"files": '), {"bad-provenance"}),
    "bad-provenance of another shape": (put("provenance.json", b"[]\n"), {"bad-provenance"}),
    "bad-provenance version": (card(lambda d: config(d, "ner").update(version="9.9.9")), {"bad-provenance"}),
    "missing-file": (remove(NER), {"missing-file", "digest-mismatch"}),
    "orphan-file": (put("data/notes.txt", b"x"), {"orphan-file"}),
    "orphan-file Parquet": (
        sealed(lambda d: shutil.copyfile(d / NER, d / "data/ner/old-00000-of-00001.parquet")),
        {"orphan-file"},
    ),
    "not-a-regular-file": (lambda d: (d / "data/link").symlink_to("/etc/passwd"), {"not-a-regular-file"}),
    "ghost-column": (
        card(lambda d: info(d, "claims")["features"].append({"name": "ghost", "dtype": "string"})),
        {"ghost-column"},
    ),
    "missing-column": (
        card(lambda d: info(d, "claims")["features"].remove(column(d, "claims", "note"))),
        {"missing-column"},
    ),
    "column-mismatch type": (
        table(CLAIMS, lambda t: t.set_column(t.schema.get_field_index("check"), "check", t["check"].cast("int64"))),
        {"column-mismatch"},
    ),
    "column-mismatch names": (
        card(lambda d: column(d, "claims", "topic")["dtype"]["class_label"]["names"].update({"0": "commerce"})),
        {"column-mismatch"},
    ),
    "column-mismatch no metadata": (table(CLAIMS, lambda t: t.replace_schema_metadata(None)), {"column-mismatch"}),
    "column-mismatch offsets": (
        table(DOCUMENTS, lambda t: t.drop_columns(["entities"])),
        {"ghost-column", "column-mismatch"},
    ),
    "count-drift": (card(lambda d: count(d, "claims", "train", 1)), {"count-drift"}),
    "count-drift rows": (table(CLAIMS, lambda t: t.slice(1)), {"count-drift"}),
    "count-drift split": (card(lambda d: config(d, "ner")["data_files"].pop(0)), {"count-drift", "orphan-file"}),
    "short-labels": (both(card(fewer_topics), table(CLAIMS, shorter_footer)), {"short-labels", "column-mismatch"}),
    "default-config two": (card(lambda d: config(d, "claims").update(default=True)), {"default-config"}),
    "default-config none": (card(lambda d: config(d, "documents").pop("default")), {"default-config"}),
    "empty-split": (
        both(table(NER, lambda t: t.slice(0, 0)), card(lambda d: count(d, "ner", "train", -rows_of(d, "ner")))),
        {"empty-split"},
    ),
    "split-leak document": (
        both(
            table(NER, rows(lambda found: found[0].update(doc_id="timetable"))),
        ),
        {"split-leak", "span-mismatch"},
    ),
    "split-leak text": (in_test, {"split-leak"}),
    "span-mismatch entity": (table(DOCUMENTS, rows(shift("entities"))), {"span-mismatch"}),
    "span-mismatch claim": (table(DOCUMENTS, rows(shift("claims"))), {"span-mismatch"}),
    "span-mismatch outside": (
        table(DOCUMENTS, rows(lambda found: found[0]["entities"][0].update(start=-1, end=4))),
        {"span-mismatch"},
    ),
    "span-mismatch past the end": (
        table(DOCUMENTS, rows(lambda found: found[0]["entities"][-1].update(end=10**6))),
        {"span-mismatch"},
    ),
    "span-mismatch claims": (
        table(CLAIMS, rows(lambda found: found[0]["segments"][0].update(end=found[0]["segments"][0]["end"] - 1))),
        {"span-mismatch"},
    ),
    "span-mismatch cue": (table(CLAIMS, rows(lambda found: first_link(found).update(cue="denies"))), {"span-mismatch"}),
    "span-mismatch context": (table(CLAIMS, rows(lambda found: found[0].update(context_start=1))), {"span-mismatch"}),
    "span-mismatch token": (table(NER, rows(lambda found: found[0]["starts"].__setitem__(0, 1))), {"span-mismatch"}),
    "span-mismatch document": (table(CLAIMS, rows(lambda found: found[0].update(doc_id="nobody"))), {"span-mismatch"}),
    "column-mismatch token lists": (
        table(NER, rows(lambda found: found[0]["starts"].pop())),
        {"column-mismatch"},
    ),
    "digest-mismatch": (lambda d: pq.write_table(pq.ParquetFile(d / NER).read(), d / NER), {"digest-mismatch"}),
    "missing-file picture": (without_a_picture, {"missing-file"}),
    "orphan-file picture": (put("images/more.png", b"PNG"), {"orphan-file"}),
    "digest-mismatch prose": (
        lambda d: (d / "README.md").write_text((d / "README.md").read_text() + "Edited by hand.\n"),
        {"digest-mismatch"},
    ),
}  # fmt: skip


def rows_of(data: dict[str, Any], name: str) -> int:
    return int(next(s for s in info(data, name)["splits"] if s["name"] == "train")["num_examples"])


def sinorus(*args: str) -> Result:
    result = CliRunner().invoke(main, list(args))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_a_good_build_passes(dist: Path) -> None:
    assert check_dist(dist) == []
    seal(dist)
    assert check_dist(dist) == [], "seal() keeps a good build good"


@pytest.mark.parametrize("name", CASES)
def test_a_broken_dataset_yields_exactly_its_codes(dist: Path, name: str) -> None:
    change, expected = CASES[name]
    change(dist)
    result = sinorus("check-dist", str(dist), "--format", "json")
    found = json.loads(result.stdout)
    assert {issue["code"] for issue in found} == expected, found
    assert result.exit_code == 1
    assert all(issue["found"] and issue["expected"] for issue in found)


def test_every_finding_is_explained() -> None:
    for code in {name.partition(" ")[0] for name in CASES}:
        assert re.match(rf"{code} \(error, level \w+", sinorus("explain", code).output)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    result = sinorus("check-dist", str(tmp_path / "nowhere"))
    assert (result.exit_code, "is no folder" in result.output) == (1, True)
    (tmp_path / "empty").mkdir()
    assert {issue.code for issue in check_dist(tmp_path / "empty")} == {"bad-card", "bad-provenance"}


def test_every_code_of_this_level_has_a_broken_dataset() -> None:
    codes = {code for code, rule in read_schema().rules.items() if rule.level == "dataset"}
    assert codes <= {name.partition(" ")[0] for name in CASES}
