"""sinorus agree and sinorus score as people use them, on the toy corpus with a second reading made from the first."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sinorus_corpus.annotation.canonical import format_annotations
from sinorus_corpus.annotation.standoff import parse_annotations
from sinorus_corpus.build import Built
from sinorus_corpus.cli import main
from sinorus_corpus.comparing import agree
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.schema import read_schema
from sinorus_corpus.validate import validate
from tests.conftest import TOY_COPIES

Record = dict[str, Any]


def sinorus(corpus: Corpus, *args: str) -> Result:
    result = CliRunner().invoke(main, ["--corpus", str(corpus.root), *args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def measured(corpus: Corpus, *args: str) -> Any:
    result = sinorus(corpus, *args, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def values(found: Any, group: str) -> dict[str, float | None]:
    return {m["name"]: m["groups"][group]["value"] for m in found["measures"] if "by " not in m["section"]}


def write_pass(corpus: Corpus, doc_id: str, change: Callable[[list[Record]], Any], annotator: str = "lm-two") -> Path:
    """A reading made from that of lm-toy: `change` alters its header and records."""
    lines = [json.loads(line) for line in corpus.annotator_pass("lm-toy", doc_id).read_text().splitlines()]
    lines[0]["annotator"] = annotator
    change(lines)
    path = corpus.annotator_pass(annotator, doc_id)
    path.parent.mkdir(exist_ok=True)
    schema = read_schema()
    made, issues = parse_annotations("".join(json.dumps(r) + "\n" for r in lines), "", ("entity", "claim"), schema)
    assert made is not None
    assert not issues
    path.write_bytes(format_annotations(made, schema))
    return path


def record(lines: list[Record], name: str) -> Record:
    return next(line for line in lines if line.get("id") == name)


def unchanged(lines: list[Record]) -> None:
    pass


@pytest.fixture
def two(toy: Corpus) -> Corpus:
    """A toy corpus that lm-two has read as well: some differences in border-bridge, none in timetable."""

    def differ(lines: list[Record]) -> None:
        lines.remove(record(lines, "e4"))
        record(lines, "e9")["label"] = "GPE"
        record(lines, "c2")["ctype"] = "event"
        record(lines, "c5")["attribution"][0]["cue"] = None
        record(lines, "c5")["attribution"][0]["quotes"] = ["the timetable", ""]

    write_pass(toy, "border-bridge", differ)
    write_pass(toy, "timetable", unchanged)
    return toy


# agree


def test_the_headline_comes_first_and_every_figure_is_there(two: Corpus) -> None:
    result = sinorus(two, "agree", "lm-toy", "lm-two")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    names = [line.split("  ")[0].strip() for line in lines[lines.index(next(x for x in lines if "headline" in x)) :]]
    assert [name for name in names if name][2:11] == [
        "core entity types, exact typed F1",
        "domain entity types, exact typed F1",
        "claims, IoU at least .5, F1",
        "claims, exact F1",
        "innermost source F1",
        "whole chain exact, F1",
        "claim type kappa",
        "certainty kappa",
        "cluster relation kappa",
    ]


def test_figures_are_those_of_the_differences(two: Corpus) -> None:
    found = measured(two, "agree", "lm-toy", "lm-two")
    (group,) = set(found["documents"].values())
    figures = values(found, group)
    # Ten and five mentions against nine and five; of them one has another label.
    assert figures["core entity types, exact typed F1"] == pytest.approx(2 * 13 / (15 + 14))
    assert figures["boundaries alone, exact F1"] == pytest.approx(2 * 14 / (15 + 14))
    assert figures["claims, exact F1"] == 1
    assert figures["innermost source F1"] == 1
    assert figures["whole chain exact, F1"] == 0.5
    assert found["left_out"] == {"reader-copy": "only in lm-toy"}
    kinds = [(d["kind"], d["a"] and d["a"]["id"]) for d in found["disagreements"]["border-bridge"]]
    assert kinds == [("attribute ctype", "c2"), ("missing in B", "e4"), ("label", "e9"), ("chain cue", "c5")]
    assert found["disagreements"]["timetable"] == []
    assert found["disagreements"]["border-bridge"][2]["b"]["spans"] == [[216, 220]]


def test_each_document_and_label_has_its_figure(two: Corpus) -> None:
    found = measured(two, "agree", "lm-toy", "lm-two")
    labels = {m["name"]: m for m in found["measures"] if m["section"] == "entities by label, exact"}
    assert labels["LOC"]["documents"]["border-bridge"]["value"] == 0
    assert labels["LOC"]["documents"]["timetable"]["value"] is None
    assert labels["DATE"]["documents"]["timetable"] == {
        "statistic": "F1", "value": 1, "low": None, "high": None, "support": {"a": 1, "b": 1, "both": 1}
    }  # fmt: skip


def test_one_document_has_no_interval_and_that_is_said(two: Corpus) -> None:
    result = sinorus(two, "agree", "lm-toy", "lm-two", "--doc", "border-bridge")
    assert "one document, so no interval" in result.stdout
    assert "e9 216-220 LOC Amur" in result.stdout  # with --doc each difference is listed


def test_a_reading_that_started_from_labels_is_reported_apart(two: Corpus) -> None:
    path = write_pass(two, "timetable", lambda lines: lines[0].update(base="registry"))
    assert '"base":"registry"' in path.read_text()
    assert validate(two, [path]).issues == []
    groups = measured(two, "agree", "lm-toy", "lm-two")["documents"]
    assert groups["timetable"] == f"{groups['border-bridge']}, pre-annotated"


def test_a_blind_reading_has_no_base_in_its_file(two: Corpus) -> None:
    assert "base" not in two.annotator_pass("lm-two", "timetable").read_text()


def test_a_layer_can_be_left_out(two: Corpus) -> None:
    found = measured(two, "agree", "lm-toy", "lm-two", "--layer", "claim")
    assert not any(m["section"].startswith("entities") for m in found["measures"])
    assert [d["layer"] for d in found["disagreements"]["border-bridge"]] == ["claim", "claim"]


def test_gold_made_of_one_of_the_readings_is_not_independent(two: Corpus) -> None:
    assert "not independent" in measured(two, "agree", "lm-toy", "gold")["notes"][0]
    assert not any("independent" in note for note in measured(two, "agree", "lm-toy", "lm-two")["notes"])


def test_what_cannot_be_compared_is_listed_with_the_reason(two: Corpus) -> None:
    write_pass(two, "reader-copy", lambda lines: lines[0].update(sha256="0" * 64))
    assert "two different raw texts" in measured(two, "agree", "lm-toy", "lm-two")["left_out"]["reader-copy"]
    write_pass(two, "reader-copy", lambda lines: lines[0].update(status="draft"))
    assert measured(two, "agree", "lm-toy", "lm-two")["left_out"]["reader-copy"] == "lm-two: still a draft"
    write_pass(two, "reader-copy", lambda lines: record(lines, "e1").update(start=30))
    assert "not sound" in measured(two, "agree", "lm-toy", "lm-two")["left_out"]["reader-copy"]
    two.annotator_pass("lm-two", "reader-copy").write_text("{}\n")
    assert "not sound" in measured(two, "agree", "lm-toy", "lm-two")["left_out"]["reader-copy"]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["lm-toy", "lm-toy"], "one reading"),
        (["lm-toy", "lm-tow"], "Did you mean"),
        (["lm-toy", "lm-two", "--doc", "timetabel"], "Did you mean timetable?"),
        (["lm-toy", "lm-two", "--doc", "reader-copy"], "share no document"),
    ],
)
def test_what_cannot_be_answered_is_refused(two: Corpus, args: list[str], told: str) -> None:
    result = sinorus(two, "agree", *args)
    assert result.exit_code == 1
    assert told in result.output


def test_two_readings_of_the_clusters(two: Corpus, tmp_path: Path) -> None:
    second = tmp_path / "clusters.jsonl"
    second.write_text(two.clusters.read_text().replace('"broader"', '"updates"'))
    found = measured(two, "agree", "lm-toy", "lm-two", "--clusters", str(two.clusters), str(second))
    (group,) = set(found["documents"].values())
    # One of two relations agrees, and half of that is chance: (1/2 - 1/4) / (1 - 1/4).
    assert values(found, group)["cluster relation kappa"] == pytest.approx(1 / 3)
    assert values(found, group)["pairs of claims in one cluster, F1"] == 1
    found = measured(
        two, "agree", "lm-toy", "lm-two", "--doc", "timetable", "--clusters", str(two.clusters), str(second)
    )
    assert "1 claims of the clusters stand in documents that are not compared" in found["notes"]
    second.write_text("{}\n")
    result = sinorus(two, "agree", "lm-toy", "lm-two", "--clusters", str(two.clusters), str(second))
    assert result.exit_code == 1
    assert f"{second}:1: missing-key" in result.output


def test_a_page_can_draw_the_differences(two: Corpus) -> None:
    found = agree(two, "lm-toy", "lm-two").disagreements()["border-bridge"]
    first = found[0]
    assert (first.kind, first.values) == ("attribute ctype", ("state", "event"))
    assert first.spans[0] == first.spans[1] == ((126, 220),)


# score


def test_gold_against_itself_is_one(corpus: Corpus) -> None:
    found = measured(corpus, "score", str(corpus.annotations / "gold"))
    assert sorted(set(found["documents"].values())) == ["published", "written"]
    figures = [f for m in found["measures"] for f in m["groups"].values() if f["value"] is not None]
    assert {f["value"] for f in figures} == {1.0}
    assert not any(found["disagreements"].values())


def test_one_file_is_scored_with_precision_and_recall(two: Corpus) -> None:
    found = measured(two, "score", str(two.annotator_pass("lm-two", "border-bridge")))
    (group,) = set(found["documents"].values())
    (figure,) = [m["groups"][group] for m in found["measures"] if m["name"] == "core entity types, exact typed F1"]
    assert (figure["precision"], figure["recall"]) == (pytest.approx(8 / 9), pytest.approx(8 / 10))
    assert "P 0.888 R 0.800" in sinorus(two, "score", str(two.annotator_pass("lm-two", "border-bridge"))).stdout
    assert "bar" not in found["measures"][0]


def test_gold_may_be_a_folder_too(two: Corpus) -> None:
    passes = two.annotations / "passes"
    two.cluster_pass("lm-two").write_text(two.clusters.read_text())
    found = measured(two, "score", str(passes / "lm-two"), str(passes / "lm-toy"))
    assert set(found["documents"]) == {"border-bridge", "timetable"}
    assert found["left_out"] == {"reader-copy": f"only in {passes / 'lm-toy'}"}


def predictions(built: Built, tmp_path: Path, change: Callable[[Record], Any] = lambda row: None) -> Path:
    """The built dataset's own labels as a system's output."""
    import pyarrow.parquet as pq

    lines = []
    for path in sorted((built.path / "data" / "documents").glob("*.parquet")):
        for row in pq.read_table(path).to_pylist():
            entities = [{key: e[key] for key in ("start", "end", "label")} for e in row["entities"]]
            labels = read_schema().labels["entity"].names
            for e in entities:
                e["label"] = labels[e["label"]] if isinstance(e["label"], int) else e["label"]
            claims = [{"segments": [[s["start"], s["end"]] for s in c["segments"]]} for c in row["claims"]]
            made = {"doc_id": row["doc_id"], "entities": entities, "claims": claims}
            change(made)
            lines.append(json.dumps(made) + "\n")
    out = tmp_path / "predictions.jsonl"
    out.write_text("".join(lines))
    return out


def test_predictions_at_offsets_of_the_published_text(toy: Corpus, toy_built: Built, tmp_path: Path) -> None:
    found = measured(toy, "score", str(predictions(toy_built, tmp_path)))
    (group,) = set(found["documents"].values())
    figures = values(found, group)
    assert figures["all types, exact typed F1"] == figures["claims, exact F1"] == figures["characters, alpha"] == 1
    # What the file does not give is not scored.
    assert not {"claim type kappa", "innermost source F1", "metonym kappa, same spans"} & set(figures)
    assert not any(found["disagreements"].values())


def test_predictions_for_a_withheld_article_need_its_text(toy: Corpus, toy_built: Built, tmp_path: Path) -> None:
    path = predictions(toy_built, tmp_path)
    with path.open("a") as out:
        out.write('{"doc_id": "reader-copy", "entities": [{"start": 0, "end": 6, "label": "GPE"}]}\n')
    assert "hydrate" in measured(toy, "score", str(path))["left_out"]["reader-copy"]
    sinorus(toy, "hydrate", str(TOY_COPIES))
    assert measured(toy, "score", str(path))["documents"]["reader-copy"] == "published"


def test_an_attribute_that_a_system_gives_once_is_scored_on_all_claims(
    toy: Corpus, toy_built: Built, tmp_path: Path
) -> None:
    def once(row: Record) -> None:
        if row["doc_id"] == "timetable":
            row["claims"][0]["ctype"] = "quant"

    found = measured(toy, "score", str(predictions(toy_built, tmp_path, once)))
    (group,) = set(found["documents"].values())
    (figure,) = [m["groups"][group] for m in found["measures"] if m["name"] == "claim type kappa"]
    assert figure["support"] == {"items": 9, "agreed": 1}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"doc_id": "timetable", "entitys": []}', "Did you mean entities?"),
        ('{"doc_id": "timetable", "entities": [{"start": 0, "end": 4, "label": "GEP"}]}', "Did you mean GPE?"),
        ('{"doc_id": "timetable", "entities": [{"start": 0, "end": 4, "text": "x", "label": "GPE"}]}', "unknown-key"),
        ('{"doc_id": "timetable", "entities": [{"start": 0, "end": 9999, "label": "GPE"}]}', "bad-offset"),
        ('{"doc_id": "timetable", "entities": [{"start": 4, "end": 4, "label": "GPE"}]}', "bad-offset"),
        ('{"doc_id": "timetable", "entities": [{"start": 0.0, "end": 4, "label": "GPE"}]}', "bad-offset"),
        ('{"doc_id": "timetable", "entities": {"start": 0}}', "expected a list"),
        ('{"doc_id": "timetable", "claims": [{"ctype": "state"}]}', "bad-offset"),
        ('{"doc_id": "timetable", "claims": [{"segments": [[0, 4]], "ctype": "stat"}]}', "Did you mean state?"),
        ('{"doc_id": 3, "entities": []}', "wrong-type"),
        ('{"entities": []}', "doc_id"),
        ('{"doc_id": "timetable", "entities": [NaN]}', ":1: not-finite"),
        ('{"doc_id": "timetable"}\n{"doc_id": "timetable"}', "a second time"),
        ('{"doc_id": "timetable"}\n{"doc_id": NaN}', ":2: not-finite"),
        ('{"doc_id": "nowhere", "entities": []}', "share no document"),
    ],
)
def test_predictions_that_cannot_be_meant_are_refused(toy: Corpus, tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "predictions.jsonl"
    path.write_text(line + "\n")
    result = sinorus(toy, "score", str(path))
    assert result.exit_code == 1
    assert told in result.output


def test_an_empty_prediction_is_scored_as_finding_nothing(toy: Corpus, tmp_path: Path) -> None:
    path = tmp_path / "predictions.jsonl"
    path.write_text('{"doc_id": "timetable", "entities": []}\n')
    found = measured(toy, "score", str(path))
    (group,) = set(found["documents"].values())
    assert values(found, group)["all types, exact typed F1"] == 0
    assert "not compared: layer claim" in found["notes"]


def test_files_of_a_folder_that_cannot_be_scored_are_refused(two: Corpus, tmp_path: Path) -> None:
    result = sinorus(two, "score", str(tmp_path))
    assert (result.exit_code, "no .jsonl file" in result.output) == (1, True)
    for name in ("one", "two"):
        (tmp_path / f"{name}.jsonl").write_bytes(two.gold("timetable").read_bytes())
    assert "one file for each document" in sinorus(two, "score", str(tmp_path)).output
    (tmp_path / "two.jsonl").unlink()
    text = (tmp_path / "one.jsonl").read_text()
    (tmp_path / "one.jsonl").write_text(text.replace('"start":147,"end":152', '"start":148,"end":153'))
    assert "quote-mismatch" in sinorus(two, "score", str(tmp_path)).output


def test_what_files_say_cannot_draw_on_the_terminal(two: Corpus, tmp_path: Path) -> None:
    path = tmp_path / "hostile.jsonl"
    lines = two.gold("timetable").read_text().replace('"GPE"', '"[red]x::y@z"')
    path.write_text(lines.replace('"gloss":"', '"gloss":"[bold]::error::'))
    result = sinorus(two, "score", str(path), "--doc", "timetable")
    assert "[red]x:\\x3ay\\x40z" in result.stdout
    assert "::error::" not in result.stdout
