"""Every format: what it cannot carry is said, what it can comes back as it was."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings

from sinorus_corpus.annotation.formats import NAMES, get_format
from sinorus_corpus.cli import main
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.exchange import export, import_labels
from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import read_schema
from sinorus_corpus.validate import validate
from tests.annotation_sets import drafts, make_corpus
from tests.conftest import TOY_COPIES

READ = [name for name in NAMES if get_format(name).read is not None]
# What a tool reads beside the file that is imported.
LABEL_FILES = {"tasks.json", "documents.jsonl", "examples.jsonl", "claims.csv", "claims.xlsx"}
LABEL_SUFFIXES = {".ann", ".xmi", ".jsonld"}


def sinorus(corpus: Corpus, *args: str) -> Result:
    return CliRunner().invoke(main, ["--corpus", str(corpus.root), *args])


def submit(tasks: Path) -> None:
    """Does what Label Studio does when an annotator submits a pre-annotated task."""
    held = json.loads(tasks.read_text(encoding="utf-8"))
    for task in held:
        result = [r for prediction in task.pop("predictions", []) for r in prediction["result"]]
        task["annotations"] = [{"completed_by": 1, "was_cancelled": False, "result": result}]
    tasks.write_text(json.dumps(held), encoding="utf-8")


def exported(corpus: Corpus, name: str, out: Path) -> list[Path]:
    made = export(corpus, name, out)
    if name == "label-studio":
        submit(out / "tasks.json")
    is_json = name == "inception-json"
    return [
        p
        for p in made.paths
        if p.name in LABEL_FILES or p.suffix in LABEL_SUFFIXES or (is_json and p.suffix == ".json")
    ]


def body(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\n")[1:]


@given(drafts())
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_a_round_trip_is_the_identity(draft: tuple[str, list[str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        corpus = make_corpus(Path(folder) / "corpus", *draft)
        if any(i.code != "inside-word" for i in validate(corpus).errors):
            raise AssertionError(validate(corpus).errors)
        has_claims = any('"claim"' in record for record in draft[1])
        for name in READ if has_claims else set(READ) - {"csv", "xlsx"}:
            form = get_format(name)
            files = exported(corpus, name, Path(folder) / name)
            fill = "gold" if form.attributes is not None else ""
            made = import_labels(corpus, name, files, name, unit=form.units[0], fill_from=fill)
            assert not made.failed, (name, made.issues)
            assert body(corpus.annotator_pass(name, "doc")) == body(corpus.gold("doc")), name


@pytest.mark.parametrize("name", NAMES)
def test_what_is_lost_is_said_item_by_item(toy: Corpus, tmp_path: Path, name: str) -> None:
    lost = export(toy, name, tmp_path).lost
    whats = {(item, what) for doc_id, item, what in lost if doc_id == "timetable"}
    expected = {
        "doccano": {("e4", "entity"), ("c1", "quantities"), ("c2", "ctype"), ("all records", "ids")},
        "prodigy": {("e4", "entity"), ("c1", "gloss"), ("all records", "ids")},
        "conll": {("c1", "claim"), ("e2", "QUANTITY nested in c1"), ("c1", "source source1"), ("c1", "cue-2 cue4")},
        "spacy": {("c1", "quantities"), ("c1", "source source1")},
    }.get(name, set())
    if name == "conll":
        expected.discard(("e2", "QUANTITY nested in c1"))  # claims are gone before nesting counts
    assert expected <= whats
    assert bool(whats) == bool(expected)


def test_nested_entities_are_lost_from_conll(toy: Corpus, tmp_path: Path) -> None:
    path = toy.gold("border-bridge")
    inner = '{"id":"e99","layer":"entity","start":264,"end":268,"quote":"June","label":"DATE"}'
    lines = path.read_text().splitlines()
    at = next(n for n, line in enumerate(lines) if '"id":"e10"' in line)
    path.write_text("\n".join([*lines[: at + 1], inner, *lines[at + 1 :]]) + "\n")
    made = export(toy, "conll", tmp_path)
    assert ("border-bridge", "e99", "DATE nested in e10") in made.lost
    assert "10 _ _ B-DATE\nJune _ _ I-DATE\n2022 _ _ I-DATE" in (tmp_path / "entities.conll").read_text()


def test_conll_has_a_sentence_a_line(toy: Corpus, tmp_path: Path) -> None:
    export(toy, "conll", tmp_path, ["timetable"])
    text = (tmp_path / "entities.conll").read_text()
    assert text.startswith("-DOCSTART- -X- -X- O\n\nTrains _ _ O\nat _ _ O\nSuifenhe _ _ B-GPE\n\nThe _ _ O\n")
    assert text.endswith("trains _ _ O\n. _ _ O\n\n")


def test_docbin_holds_text_entities_and_claims(toy: Corpus, tmp_path: Path) -> None:
    spacy = pytest.importorskip("spacy")
    export(toy, "spacy", tmp_path)
    doc = next(iter(spacy.tokens.DocBin().from_disk(tmp_path / "documents.spacy").get_docs(spacy.vocab.Vocab())))
    assert doc.text.startswith("A road bridge joins Heihe and Blagoveshchensk 🌉\nHeihe (黑河) in China")
    assert [(e.text, e.label_, e.kb_id_) for e in doc.ents][:3] == [
        ("Heihe", "GPE", "SR0201"),
        ("Blagoveshchensk", "GPE", "SR0202"),
        ("Heihe", "GPE", "SR0201"),
    ]
    segments = [s.text for s in doc.spans["claims"] if s.id_ == "c5"]
    assert segments == ["The bridge has two lanes", "and a toll"]


def test_export_writes_what_the_tool_needs_from_the_schema(toy: Corpus, tmp_path: Path) -> None:
    for name in NAMES:
        export(toy, name, tmp_path / name)
    for label in read_schema().labels["entity"].active:
        assert f'<Label value="{label}"' in (tmp_path / "label-studio" / "labels.xml").read_text()
        assert f"\n{label}\n" in (tmp_path / "brat" / "annotation.conf").read_text()
        assert f'"text": "{label}"' in (tmp_path / "doccano" / "label_config.json").read_text()
    assert "webanno.custom.Claim" in (tmp_path / "inception" / "TypeSystem.xml").read_text()


def test_two_exports_are_equal_to_the_byte(toy: Corpus, tmp_path: Path) -> None:
    for name in (n for n in NAMES if n != "xlsx"):  # a workbook holds the time it was written
        one, two = (export(toy, name, tmp_path / name / side).paths for side in ("a", "b"))
        assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]


def test_blank_leaves_the_labels_out(toy: Corpus, tmp_path: Path) -> None:
    assert sinorus(toy, "export", "label-studio", "timetable", "--out", str(tmp_path), "--blank").exit_code == 0
    (task,) = json.loads((tmp_path / "tasks.json").read_text())
    assert set(task) == {"data"}


def test_a_withheld_text_is_said_and_kept_out_of_the_repository(toy: Corpus, tmp_path: Path) -> None:
    refused = sinorus(toy, "export", "brat", "reader-copy", "--out", str(tmp_path / "out"))
    assert "sinorus hydrate" in refused.output
    assert sinorus(toy, "hydrate", str(TOY_COPIES)).exit_code == 0
    inside = sinorus(toy, "export", "brat", "reader-copy", "--out", str(toy.root / "shared"))
    assert inside.exit_code == 1
    assert "may not be passed on" in inside.output
    assert not (toy.root / "shared").exists()
    done = sinorus(toy, "export", "brat", "--out", str(toy.root / "build" / "out"))
    assert "reader-copy: THE TEXT MAY NOT BE PASSED ON" in done.output
    back = sinorus(toy, "import", "brat", str(toy.root / "build/out/reader-copy.ann"), "--annotator", "me")
    assert back.exit_code == 0, back.output
    assert body(toy.annotator_pass("me", "reader-copy")) == body(toy.gold("reader-copy"))
    assert b'"quote' not in toy.annotator_pass("me", "reader-copy").read_bytes()


def test_an_unknown_format_or_reading_is_refused(toy: Corpus, tmp_path: Path) -> None:
    assert "Did you mean doccano?" in sinorus(toy, "export", "docano", "--out", str(tmp_path)).output
    assert (
        "no document has a reading of nobody" in sinorus(toy, "export", "brat", "--out", "x", "--from", "nobody").output
    )
    assert "is written, not read" in sinorus(toy, "import", "conll", __file__, "--annotator", "me").output
    with pytest.raises(SinorusError, match="no sound labels of nobody"):
        export(toy, "brat", tmp_path, ["timetable"], "nobody")


def test_a_span_whose_edge_no_text_shows_is_said(tmp_path: Path) -> None:
    raw = "Home\nThe \u200bbridge opened.\n"
    entity = {"id": "e1", "layer": "entity", "start": 9, "end": 16, "quote": raw[9:16], "label": "FAC"}
    corpus = make_corpus(tmp_path / "corpus", raw, [json.dumps(entity)])
    (lost,) = export(corpus, "brat", tmp_path / "out").lost
    assert lost.item == "e1"
    assert "invisible" in lost.what
