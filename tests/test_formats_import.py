"""Files as the tools write them, and as nobody should: what comes in, what is refused, and that nothing is dropped in silence."""

from __future__ import annotations

import io
import json
import tarfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sinorus_corpus.annotation.formats.archive import MAX_MEMBERS, open_archive
from sinorus_corpus.annotation.formats.table import guard, unguard
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.exchange import Imported, export, import_labels
from sinorus_corpus.records import SinorusError
from tests.annotation_sets import make_corpus
from tests.conftest import TOY
from tests.test_formats import body, sinorus

FILES = Path(__file__).parent / "data" / "formats"
BRIDGE = "border-bridge"
TEXT = (FILES / "border-bridge.txt").read_text(encoding="utf-8")


def codes(made: Imported) -> list[str]:
    return sorted(issue.code for issue in made.issues)


def read(corpus: Corpus, name: str, data: str | bytes, suffix: str = ".jsonl", **options: Any) -> Imported:
    file = corpus.root.parent / f"{BRIDGE}{suffix}"
    file.write_bytes(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
    return import_labels(corpus, name, [file], "reader", **options)


def doccano(*labels: Any, text: str = TEXT, **more: Any) -> str:
    return json.dumps({"id": 1, "text": text, "label": labels, "Comments": [], **more}) + "\n"


def records(corpus: Corpus) -> dict[str, dict[str, Any]]:
    return {r["id"]: r for r in map(json.loads, filter(None, body(corpus.annotator_pass("reader", BRIDGE))))}


def test_label_studio_reads_what_the_tool_wrote(toy: Corpus) -> None:
    made = import_labels(toy, "label-studio", [FILES / "label_studio.json"], "reader")
    assert codes(made) == ["item-skipped"]  # the second task was skipped
    found, gold = records(toy), {r["id"]: r for r in map(json.loads, filter(None, body(toy.gold(BRIDGE))))}
    assert {name: found[name] for name in ("c1", "e1", "e4", "c5")} == {n: gold[n] for n in ("c1", "e1", "e4", "c5")}
    assert found["c6"]["gloss"] == "The road bridge opened in June 2022."  # what a person added, with the next free ids
    assert found["e5"]["quote"] == "10 June 2022"


@pytest.mark.parametrize(("told", "base"), [({}, ""), ({"base": "gold"}, "gold"), ({"fill_from": "gold"}, "gold")])
def test_a_reading_that_was_not_blind_says_so(toy: Corpus, told: dict[str, str], base: str) -> None:
    import_labels(toy, "label-studio", [FILES / "label_studio.json"], "reader", **told)  # type: ignore[arg-type]  # all are text
    header = json.loads(toy.annotator_pass("reader", BRIDGE).read_text(encoding="utf-8").splitlines()[0])
    assert header.get("base", "") == base


@pytest.mark.parametrize("name", ["doccano_labels.jsonl", "doccano_relations.jsonl"])
def test_doccano_reads_both_shapes(toy: Corpus, name: str) -> None:
    made = import_labels(toy, "doccano", [FILES / name], "reader", fill_from="gold")
    assert made.issues == []
    found = records(toy)
    assert [r["quote"] for r in found.values() if "quote" in r] == ["China", "Благовещенск", "10 June 2022"]
    if "relations" in name:
        assert found["c5"]["attribution"] == [
            {"source": [326, 339], "cue": [340, 344], "quotes": ["the timetable", "says"]}
        ]
        assert found["c5"]["segments"] == [[300, 324], [346, 356]]


def test_brat_reads_fragments_over_a_newline_notes_and_links(toy: Corpus) -> None:
    made = import_labels(toy, "brat", [FILES / "border-bridge.ann"], "reader")
    assert made.issues == []
    found = records(toy)
    assert found["c1"]["quotes"] == ["Blagoveshchensk 🌉", "Heihe"]
    assert found["c2"]["note"] == "is the toll still taken?"
    assert found["c2"]["unsure"] is True
    assert found["e1"]["entity"] == "SR0001"


def test_an_entity_over_a_newline_is_refused_by_line(toy: Corpus) -> None:
    data = (FILES / "border-bridge.ann").read_text().replace("T5\tclaim", "T5\tGPE")
    made = read(toy, "brat", data, ".ann")
    assert {(i.code, i.line) for i in made.issues} >= {("not-imported", 15), ("label-outside-text", 15)}
    assert not toy.annotator_pass("reader", BRIDGE).exists()


def test_prodigy_takes_accepted_examples_and_says_what_misses(toy: Corpus) -> None:
    bare = import_labels(toy, "prodigy", [FILES / "prodigy.jsonl"], "reader")
    assert codes(bare) == ["item-skipped", *["missing-key"] * 5]
    assert all("--fill-from" in i.mend for i in bare.issues if i.code == "missing-key")
    gold = toy.gold(BRIDGE)
    gold.write_text(gold.read_text().replace("[[300,324],[346,356]]", "[[300,324]]").replace(',"and a toll"', ""))
    made = import_labels(toy, "prodigy", [FILES / "prodigy.jsonl"], "reader", fill_from="gold")
    assert codes(made) == ["item-skipped"]
    assert records(toy)["c5"]["ctype"] == "state"


def test_web_annotations_of_a_browser_fit_in_utf_16(toy: Corpus) -> None:
    made = import_labels(toy, "web-annotation", [FILES / "border-bridge.json"], "reader")
    assert codes(made) == ["offset-unit", "offset-unit"]
    assert made.issues[0].mend == "Import again with --unit utf-16."
    assert import_labels(toy, "web-annotation", [FILES / "border-bridge.json"], "reader", unit="utf-16").issues == []
    assert records(toy)["e2"]["note"] == "the opening"


def test_inception_reads_layers_links_and_arrays(toy: Corpus) -> None:
    made = import_labels(toy, "inception", [FILES / "inception" / "border-bridge.xmi"], "reader", by="anna")
    assert made.issues == []
    claim = records(toy)["c1"]
    assert claim["quotes"] == ["The bridge has two lanes", "and a toll"]
    assert claim["attribution"][0]["who"] == ["SR0001"]
    assert records(toy)["e1"] == {
        "id": "e1", "layer": "entity", "start": 140, "end": 145, "quote": "China", "label": "GPE", "entity": "SR0001"
    }  # fmt: skip


def test_offsets_of_the_raw_text_are_taken_as_they_are(toy: Corpus) -> None:
    raw = toy.text(BRIDGE).read_bytes().decode()
    start = raw.index("China") + 2  # two bridges before it
    assert read(toy, "doccano", doccano([start, start + 5, "GPE"], text=raw)).issues == []
    assert records(toy)["e1"]["start"] == 140


def test_a_file_about_another_text_is_refused(toy: Corpus) -> None:
    made = read(toy, "doccano", doccano([0, 1, "GPE"], text=TEXT.replace("two lanes", "ten lanes"), doc_id=BRIDGE))
    assert codes(made) == ["text-differs"]
    assert 'at code point 237 it has "idge has ten lanes, the timeta" where ours has' in made.issues[0].found
    assert codes(read(toy, "doccano", doccano(text="Nobody's."))) == ["unknown-document"]
    assert codes(read(toy, "doccano", doccano(doc_id="border-brigde"))) == ["unknown-document"]


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (5, 5, "bad-offset"), (9, 5, "bad-offset"), (-1, 5, "bad-offset"), (0, 9000, "bad-offset"),
        (0, 3.0, "bad-offset"), (0, True, "bad-offset"), ("0", 3, "bad-offset"), (0, 2**70, "bad-offset"),
        (None, 3, "bad-offset"), (46, 47, "bad-offset"), (63, 69, "outer-space"), (63, 67, "inside-word"),
        (48, 49, "not-imported"), (46, 54, "label-outside-text"),
    ],
)  # fmt: skip
def test_offsets_that_are_none(toy: Corpus, start: Any, end: Any, code: str) -> None:
    made = read(toy, "doccano", doccano([63, 68, "GPE"], [start, end, "LOC"]), unit="utf-16")
    assert code in codes(made)
    assert made.failed == (code not in ("outer-space", "inside-word"))
    assert toy.annotator_pass("reader", BRIDGE).exists() != made.failed


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'{"text":"caf\xe9"}\n', "not-utf8"), ("text".encode("utf-16"), "not-utf8"), (b"\xef\xbb\xbf{}\n", "byte-order-mark"),
        (b"a\0b\n", "nul-byte"), (b"", "empty-file"), (b"\n \n", "empty-file"), ('{"text":', "bad-json"),
        ('{"text":"a","text":"b"}', "duplicate-key"), ('{"text":NaN}', "not-finite"), ('{"text":1e999}', "not-finite"),
        ("[" * 100_000, "too-deep"), ('{"text":' + "1" * 5000 + "}", "too-many-digits"), (r'{"text":"\ud83d"}', "lone-surrogate"),
        ("[]", "not-an-object"), ('{"text":3}', "wrong-type"), ('{"text":"a"}', "missing-key"),
        ("version https://git-lfs.github.com/spec/v1\n", "lfs-pointer"), ("<<<<<<< a\n=======\n>>>>>>> b\n", "merge-conflict"),
    ],
)  # fmt: skip
def test_hostile_json_is_refused_and_other_lines_are_read(toy: Corpus, data: str | bytes, code: str) -> None:
    assert codes(read(toy, "doccano", data)) == [code]
    if isinstance(data, str) and code not in ("lfs-pointer", "merge-conflict"):
        both = read(toy, "doccano", f"{doccano([0, 1, 'XX'])}{data}\n")
        assert {(i.code, i.line) for i in both.issues} >= {(code, 2), ("unknown-label", 1)}


def test_a_file_over_the_cap_is_refused_unread(toy: Corpus) -> None:
    file = toy.root.parent / "large.jsonl"
    with file.open("wb") as out:
        out.truncate((16 << 20) + 1)
    with pytest.raises(SinorusError, match="file-too-large"):
        import_labels(toy, "doccano", [file], "reader")
    link = toy.root.parent / "link.jsonl"
    link.symlink_to(file)
    with pytest.raises(SinorusError, match="not-a-regular-file"):
        import_labels(toy, "doccano", [link], "reader")


def task(*result: dict[str, Any], **more: Any) -> str:
    annotation = {"completed_by": 1, "was_cancelled": False, "result": list(result), **more}
    return json.dumps([{"id": 7, "data": {"text": TEXT, "doc_id": BRIDGE}, "annotations": [annotation]}])


def region(quote: str, label: str, name: str = "a", shift: int = 0) -> dict[str, Any]:
    start = TEXT.index(quote) + shift
    value = {"start": start, "end": start + len(quote), "text": quote, "labels": [label]}
    return {"id": name, "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def extra(name: str, value: str, of: str = "a") -> dict[str, Any]:
    return {"id": of, "from_name": name, "to_name": "text", "type": "choices", "value": {"choices": [value]}}


def relation(source: str, target: str, label: str) -> dict[str, Any]:
    return {"type": "relation", "from_id": source, "to_id": target, "direction": "right", "labels": [label]}


CLAIM = [
    region("a ferry still runs", "claim"),
    *(
        extra(*pair)
        for pair in {"ctype": "state", "cert": "certain", "pol": "pos", "check": "1", "topic": "other"}.items()
    ),
]


@pytest.mark.parametrize(
    ("result", "code", "told"),
    [
        ([region("Amur", "source")], "not-imported", "a source of no claim"),
        ([region("Amur", "segment")], "not-imported", "a segment of no claim"),
        ([*CLAIM, relation("a", "z", "source")], "unknown-reference", "relation source from a to z"),
        ([*CLAIM, region("Amur", "LOC", "b"), relation("a", "b", "source")], "wrong-layer-reference", "from claim to LOC"),
        ([*CLAIM, region("Amur", "source", "b"), relation("a", "b", "sauce")], "unknown-label", "relation sauce"),
        (
            [*CLAIM, *(made for q in ("Amur", "China") for made in (region(q, "source", q), relation("a", q, "source")))],
            "not-imported",
            "a second relation source",
        ),
        ([region("Amur", "LOC"), extra("ctype", "state")], "unknown-key", "has ctype"),
        ([region("Amur", "LOC"), extra("unsure", "true", "z")], "unknown-reference", "unsure of z"),
        ([{"type": "rectanglelabels", "value": {}}], "not-imported", "rectanglelabels"),
        ([region("Amur", "LOC"), region("China", "GPE")], "duplicate-id", "task 7"),
        ([region("Amur", "GEP")], "unknown-label", "label: 'GEP'"),
        ([region("Amur", "LОC")], "unknown-label", "U+041E"),
        ([region("Amur", "LOC"), extra("note", "a\u202eb")], "hidden-character", "note holds U+202E"),
        ([region("Amur", "LOC"), extra("entity", "SR0999")], "unknown-reference", "SR0999"),
        ([region("Amur", "LOC"), region("Amur", "LOC", "b")], "duplicate-span", "LOC"),
        ([region("Amur", "LOC", shift=2)], "quote-mismatch", 'there stands "ur. "'),
        ([region("Amur", "LOC", shift=200)], "bad-offset", "[338, 342)"),
        ([region("Amur", "LOC", shift=1)], "offset-unit", "Amur"),
        (CLAIM[:-1], "missing-key", "claim has no topic"),
        (["oops"], "wrong-type", "oops"),
        ([region("Amur", "LOC") | {"value": None}], "wrong-type", 'value: "None"'),
    ],
)  # fmt: skip
def test_nothing_is_dropped_in_silence(toy: Corpus, result: list[Any], code: str, told: str) -> None:
    made = read(toy, "label-studio", task(*result), ".json")
    assert code in codes(made)
    assert any(told in issue.found for issue in made.issues if issue.code == code), made.issues
    assert made.failed
    assert not toy.annotator_pass("reader", BRIDGE).exists()


def test_a_retired_label_names_its_successor(toy: Corpus) -> None:
    from tests.test_issues import retire_gpe

    retire_gpe(toy)
    made = read(toy, "label-studio", task(region("China", "GPE")), ".json")
    assert [(i.code, i.expected) for i in made.issues] == [("retired-label", "LOC")]


def test_a_relation_without_a_name_means_what_it_leads_to(toy: Corpus) -> None:
    bare = relation("a", "b", "source") | {"labels": []}
    assert read(toy, "label-studio", task(*CLAIM, region("the timetable", "source", "b"), bare), ".json").issues == []
    assert records(toy)["c1"]["attribution"][0]["quotes"] == ["the timetable", ""]


def test_skipped_tasks_are_said(toy: Corpus) -> None:
    assert codes(read(toy, "label-studio", task(was_cancelled=True), ".json")) == ["item-skipped"]
    untouched = json.dumps([{"id": 1, "data": {"text": TEXT}, "annotations": [], "predictions": [{"result": [{}]}]}])
    assert codes(read(toy, "label-studio", untouched, ".json")) == ["item-skipped"]
    assert codes(read(toy, "label-studio", '{"id": 1}', ".json")) == ["wrong-type"]


def test_two_annotators_in_a_file_are_told_apart(toy: Corpus) -> None:
    held = json.loads(task(region("Amur", "LOC")))
    held[0]["annotations"].append({"completed_by": 2, "result": [region("China", "GPE")]})
    assert codes(read(toy, "label-studio", json.dumps(held), ".json")) == ["not-imported"]
    assert read(toy, "label-studio", json.dumps(held), ".json", by="2").issues == []
    assert [r["quote"] for r in records(toy).values()] == ["China"]
    with pytest.raises(SinorusError, match="names 1, 2"):
        read(toy, "label-studio", json.dumps(held), ".json", by="3")


def test_old_label_studio_counts_utf_16(toy: Corpus) -> None:
    old = task(region("Amur", "LOC", shift=1))
    made = read(toy, "label-studio", old, ".json")
    assert codes(made) == ["offset-unit"]
    assert read(toy, "label-studio", old, ".json", unit="utf-16").issues == []
    assert records(toy)["e1"]["quote"] == "Amur"


def test_a_quote_whose_white_space_was_collapsed_still_fits(toy: Corpus) -> None:
    made = region("two lanes, the", "EVENT")
    made["value"]["text"] = "two  lanes,\\nthe"
    assert "quote-mismatch" not in codes(read(toy, "label-studio", task(made), ".json"))


def test_an_ambiguous_unit_is_refused(tmp_path: Path) -> None:
    text = "👩‍🚀 aaa bbb ccc ddd Heihe opened"
    corpus = make_corpus(tmp_path / "corpus", f"Home\n{text}\n", [])
    with pytest.raises(SinorusError, match="may be UTF-16 code units or grapheme clusters"):
        read(corpus, "doccano", doccano([10, 13, "GPE"], text=text))  # bbb, or ccc
    assert read(corpus, "doccano", doccano([18, 23, "GPE"], text=text), unit="grapheme").issues == []
    assert b'"Heihe"' in corpus.annotator_pass("reader", "doc").read_bytes()
    one = doccano([22, 27, "LOC"], text=text)  # in grapheme clusters this would cut words
    assert read(corpus, "doccano", one, overwrite=True).issues == []
    assert b'"Heihe","label":"LOC"' in corpus.annotator_pass("reader", "doc").read_bytes()


def test_a_pass_is_replaced_only_on_demand_and_kept(toy: Corpus) -> None:
    one, two = doccano([0, 1, "WORK"]), doccano([63, 68, "GPE"])
    read(toy, "doccano", one)
    before = toy.annotator_pass("reader", BRIDGE).read_bytes()
    with pytest.raises(SinorusError, match="--replace"):
        read(toy, "doccano", two)
    assert toy.annotator_pass("reader", BRIDGE).read_bytes() == before
    (kept,) = read(toy, "doccano", two, overwrite=True).kept
    assert kept.read_bytes() == before
    assert kept.is_relative_to(toy.root / "build")
    assert read(toy, "doccano", two).issues == []  # the same again changes nothing


def test_an_unknown_unit_reading_or_empty_file_is_refused(toy: Corpus) -> None:
    with pytest.raises(SinorusError, match="Did you mean utf-16"):
        read(toy, "doccano", doccano(), unit="utf16")
    assert codes(read(toy, "doccano", doccano(), fill_from="nobody")) == ["unknown-reference"]
    with pytest.raises(SinorusError, match="no document in it"):
        read(toy, "label-studio", "[]", ".json")


def test_values_of_a_file_reach_the_terminal_escaped(toy: Corpus) -> None:
    file = toy.root.parent / "a.json"
    file.write_text(task(region("Amur", "\x1b[2J::error::@all")))
    done = sinorus(toy, "import", "label-studio", str(file), "--annotator", "reader")
    assert done.exit_code == 1
    assert "offsets read as code points\n" in done.output
    assert "nothing was written" in done.output
    assert "\x1b" not in done.output
    assert "@all" not in done.output
    assert sinorus(toy, "import", "brat", str(file), "--annotator", "../x").exit_code == 1


def zipped(*members: tuple[str, bytes], change: Callable[[zipfile.ZipInfo], None] = lambda info: None) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            change(info)
            archive.writestr(info, data)
    return out.getvalue()


def as_link(info: zipfile.ZipInfo) -> None:
    info.external_attr = 0o120777 << 16


def encrypted(data: bytes) -> bytes:
    at = data.index(b"PK\x01\x02") + 8
    return data[:6] + b"\x01\x00" + data[8:at] + b"\x01\x00" + data[at + 2 :]


def tarred(name: str, kind: bytes = tarfile.REGTYPE, data: bytes = b"", mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]  # a mode chosen by the test
        info = tarfile.TarInfo(name)
        info.type, info.linkname, info.size = kind, "/etc/passwd", len(data)
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (zipped(("../x.ann", b"")), "leads out"), (zipped(("/x.ann", b"")), "leads out"),
        (zipped(("a\\x.ann", b"")), "leads out"),
        (zipped(("c:x.ann", b"")), "leads out"), (zipped(("x.ann", b"/etc/passwd"), change=as_link), "link"),
        (encrypted(zipped(("x.ann", b"a"))), "encrypted"), (zipped(("x.ann", b"a"), ("x.ann", b"b")), "twice"),
        (zipped(("x.ann", b"\0" * (8 << 20))), "times its size"), (zipped(("x.ann", b"\0" * (17 << 20))), "more than"),
        (zipped(*((f"{n}.ann", b"") for n in range(MAX_MEMBERS + 1))), "members"),
        (zipped(("x.ann", b"abc"))[:-9], "cannot be read"),
        (tarred("../x.ann"), "leads out"), (tarred("x.ann", tarfile.SYMTYPE), "link"), (tarred("x", tarfile.CHRTYPE), "device"),
        (tarred("x", tarfile.LNKTYPE, mode="w"), "link"), (tarred("x.ann", data=b"\0" * (9 << 20)), "times its size"),
        (tarred("x.ann", data=b"a" * 99)[:40], "cannot be read"),
    ],
    ids=lambda value: value if isinstance(value, str) else "archive",  # bytes of an archive hold the time it was made
)  # fmt: skip
def test_a_hostile_archive_is_refused(toy: Corpus, data: bytes, told: str) -> None:
    made = read(toy, "brat", data, ".zip")
    assert codes(made) == ["bad-archive"]
    assert told in made.issues[0].found


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_an_archive_of_brat_is_read_in_memory(toy: Corpus, tmp_path: Path, kind: str) -> None:
    made = export(toy, "brat", tmp_path, [BRIDGE])
    if kind == "zip":
        data = zipped(*((f"corpus/{p.name}", p.read_bytes()) for p in made.paths))
    else:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz") as archive:
            for path in made.paths:
                archive.add(path, f"corpus/{path.name}")
        data = out.getvalue()
    assert read(toy, "brat", data, f".{kind}").issues == []
    assert body(toy.annotator_pass("reader", BRIDGE)) == body(toy.gold(BRIDGE))
    assert open_archive("a", b"plain")[0] == {"a": b"plain"}


@pytest.mark.parametrize("name", ["border-bridge.xmi", "TypeSystem.xml"])
@pytest.mark.parametrize(
    "evil", [b'<!DOCTYPE x [<!ENTITY a "aaaa">]>', b"<!doctype x>", b'<!ENTITY % a SYSTEM "file:///etc/passwd">']
)
def test_a_document_type_is_refused(toy: Corpus, name: str, evil: bytes) -> None:
    files = {p.name: p.read_bytes() for p in (FILES / "inception").iterdir()}
    files[name] = files[name].replace(b"?>", b"?>" + evil, 1)
    assert codes(read(toy, "inception", zipped(*files.items()), ".zip")) == ["unsafe-markup"]


def xmi(old: str, new: str) -> list[tuple[str, bytes]]:
    files = {p.name: p.read_bytes() for p in (FILES / "inception").iterdir()}
    text = files["border-bridge.xmi"].decode()
    assert old in text
    return list((files | {"border-bridge.xmi": text.replace(old, new, 1).encode("utf-8", "surrogatepass")}).items())


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('encoding="UTF-8"', 'encoding="UTF-7"', "unsafe-markup"),
        ("<cas:NULL", "<cas:NULL>", "not-imported"),
        ('begin="63" end="68" value', 'begin="63" end="9999" value', "bad-offset"),
        ('begin="63" end="68" value', 'begin="47" end="68" value', "bad-offset"),
        ('begin="63" end="68" value', 'begin="x" end="68" value', "not-imported"),
        ('type3:NamedEntity xmi:id="31"', 'type3:Unheard xmi:id="31"', "not-imported"),
        ('members="2 10', 'members="999 10', "not-imported"),
        ('target="42"', 'target="30"', "wrong-layer-reference"),
        ('value="GPE"', 'value="GPS"', "unknown-label"),
        ('value="GPE"', "", "unknown-label"),
    ],
)
def test_a_broken_cas_is_refused(toy: Corpus, old: str, new: str, code: str) -> None:
    made = read(toy, "inception", zipped(*xmi(old, new)), ".zip")
    assert code in codes(made), made.issues
    assert made.failed


def test_a_cas_without_its_type_system_is_refused(toy: Corpus) -> None:
    made = read(toy, "inception", zipped(("a.xmi", (FILES / "inception" / "border-bridge.xmi").read_bytes())), ".zip")
    assert codes(made) == ["not-imported"]
    assert "TypeSystem.xml" in made.issues[0].expected
    assert codes(read(toy, "inception-json", '{"%TYPES": {}}', ".json")) == ["not-imported"]


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "'=1", "''=1", "'quoted'", "plain", ""])
def test_a_cell_that_a_spreadsheet_might_run_is_guarded_and_restored(cell: str) -> None:
    assert unguard(guard(cell)) == cell
    assert guard(cell)[:1] not in set("=+-@\t\r")


def table(corpus: Corpus, **more: str) -> list[list[str]]:
    rows = [
        ["doc_id", "id", "from", "text", "cert", "gloss"],
        [BRIDGE, "c4", "gold", "a ferry still runs", "possible", "It runs."],
    ]
    for key, value in more.items():
        rows[1][rows[0].index(key)] = value
    return rows


def as_csv(rows: list[list[str]], delimiter: str = ",") -> bytes:
    return "".join(delimiter.join(row) + "\r\n" for row in rows).encode()


def test_edited_attributes_come_back_by_claim_id(toy: Corpus) -> None:
    assert read(toy, "csv", b"\xef\xbb\xbf" + as_csv(table(toy, gloss="'=It runs."), ";"), ".csv").issues == []
    found, gold = records(toy), {r["id"]: r for r in map(json.loads, filter(None, body(toy.gold(BRIDGE))))}
    assert found["c4"] == gold["c4"] | {"cert": "possible", "gloss": "=It runs."}
    assert {k: v for k, v in found.items() if k != "c4"} == {k: v for k, v in gold.items() if k != "c4"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"id": "c99"}, "unknown-reference"), ({"id": "e1"}, "unknown-reference"), ({"doc_id": "nothing"}, "unknown-document"),
        ({"from": "nobody"}, "unknown-reference"), ({"from": "../x"}, "unknown-reference"),
        ({"text": "a ferry runs"}, "quote-mismatch"),
        ({"cert": "lickely"}, "unknown-label"), ({"cert": ""}, "missing-key"), ({"gloss": "a\u202eb"}, "hidden-character"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named(toy: Corpus, change: dict[str, str], code: str) -> None:
    made = read(toy, "csv", as_csv(table(toy, **change)), ".csv")
    assert [(i.code, i.line) for i in made.issues] == [(code, 2)]


def test_a_wrong_table_is_named(toy: Corpus) -> None:
    rows = table(toy)
    assert codes(read(toy, "csv", as_csv([*rows, rows[1]]), ".csv")) == ["duplicate-id"]
    assert codes(read(toy, "csv", as_csv([[*rows[0], "colour"], [*rows[1], "red"]]), ".csv")) == ["unknown-key"]
    assert codes(read(toy, "csv", as_csv([rows[0][1:], rows[1][1:]]), ".csv")) == ["missing-key"]
    assert codes(read(toy, "csv", as_csv([rows[0], [*rows[1], "more"]]), ".csv")) == ["not-imported"]
    assert codes(read(toy, "csv", b'doc_id,id,from\n"a\n', ".csv")) == ["not-imported"]


def workbook(corpus: Corpus, **cells: Any) -> bytes:
    from openpyxl import load_workbook

    folder = corpus.root.parent / "xlsx"
    export(corpus, "xlsx", folder, [BRIDGE])
    book = load_workbook(folder / "claims.xlsx")
    head = [cell.value for cell in book["claims"][1]]
    for key, value in cells.items():
        book["claims"].cell(5, head.index(key) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_spreadsheet_may_type_its_cells(toy: Corpus) -> None:
    from datetime import datetime

    edited = workbook(toy, check=2.0, unsure=True, reported_date=datetime(2022, 6, 10), note="'=x")
    assert read(toy, "xlsx", edited, ".xlsx").issues == []
    claim = records(toy)["c4"]
    assert {k: claim[k] for k in ("check", "unsure", "reported_date", "note")} == {
        "check": 2, "unsure": True, "reported_date": "2022-06-10", "note": "=x"
    }  # fmt: skip
    assert codes(read(toy, "xlsx", workbook(toy, check=2.5), ".xlsx")) == ["wrong-type"]
    assert codes(read(toy, "xlsx", workbook(toy, note="=1+1"), ".xlsx")) == ["not-imported"]


def test_an_exported_cell_is_text(toy: Corpus, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = toy.gold(BRIDGE)
    path.write_text(path.read_text().replace('"c4","layer":"claim"', '"c4","layer":"claim"').replace(
        '"topic":"infrastructure"}\n{"id":"c5"', '"topic":"infrastructure","note":"=HYPERLINK(1)"}\n{"id":"c5"'
    ))  # fmt: skip
    export(toy, "xlsx", tmp_path, [BRIDGE])
    kinds = {cell.data_type for row in load_workbook(tmp_path / "claims.xlsx")["claims"].iter_rows() for cell in row}
    assert kinds <= {"s", "inlineStr", "n"}  # n is an empty cell
    export(toy, "csv", tmp_path, [BRIDGE])
    assert ",'=HYPERLINK(1)" in (tmp_path / "claims.csv").read_text()


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04 no zip", zipped(("xl/workbook.xml", b"<!DOCTYPE a><a/>")), zipped(("a.xml", b"<a/>"))]
)
def test_a_hostile_workbook_is_refused(toy: Corpus, data: bytes) -> None:
    made = read(toy, "xlsx", data, ".xlsx")
    assert set(codes(made)) <= {"bad-archive", "unsafe-markup", "not-imported"}
    assert made.failed


def test_the_toy_corpus_was_not_touched() -> None:
    assert sorted(p.name for p in (TOY / "annotations" / "passes").iterdir()) == ["lm-toy"]
