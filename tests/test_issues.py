"""One tiny bad corpus for each issue code: the toy corpus with one thing wrong, and exactly the codes that it yields."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sinorus_corpus.corpus import Corpus
from sinorus_corpus.labelling import anchor
from sinorus_corpus.schema import GUIDELINES_VERSION, read_schema, schema_folder
from sinorus_corpus.validate import validate
from tests.conftest import TOY_COPIES

Change = Callable[[Corpus], object]

BRIDGE, GOLD, REGIONS = (
    "border-bridge",
    "annotations/gold/border-bridge.jsonl",
    "annotations/regions/border-bridge.jsonl",
)
WITHHELD = "annotations/gold/reader-copy.jsonl"
PRINTS = "annotations/fingerprints/reader-copy.jsonl"
FINGERPRINT = b'{"start":0,"end":2,"norm_start":0,"norm_end":2,"digest":"0123456789abcdef"}\n'
CLUSTER = (
    '{"id":"K1","proposition":"x","topic":"other","members":[{"claim":"border-bridge:c3","relation":"same"},'
    '{"claim":"timetable:c3","relation":"tension"}]}\n'
)
DECISIONS = "annotations/decisions/border-bridge.jsonl"
decision = '{"id":"d1","layer":"decision","of":"entity","a":["e3"],"choice":"a"}'
PASS = "annotations/passes/lm-toy/border-bridge.jsonl"
AUDIT = "annotations/audits/aud/answers.jsonl"


def edit(path: str, old: str, new: str) -> Change:
    def change(corpus: Corpus) -> None:
        file = corpus.root / path
        text = file.read_bytes().decode()
        assert old in text, f"{old} is not in {path}: this test would test nothing"
        file.write_bytes(text.replace(old, new, 1).encode("utf-8", "surrogatepass"))

    return change


def write(path: str, data: bytes) -> Change:
    def change(corpus: Corpus) -> None:
        file = corpus.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    return change


def add_line(path: str, line: str) -> Change:
    return lambda corpus: write(path, (corpus.root / path).read_bytes() + line.encode() + b"\n")(corpus)


def remove(path: str) -> Change:
    return lambda corpus: (corpus.root / path).unlink()


def both(*changes: Change) -> Change:
    def change(corpus: Corpus) -> None:
        for one in changes:
            one(corpus)

    return change


def link(path: str, target: str) -> Change:
    return lambda corpus: (corpus.root / path).symlink_to(target)


def fifo(path: str) -> Change:
    return lambda corpus: os.mkfifo(corpus.root / path)


def sparse(path: str, size: int) -> Change:
    def change(corpus: Corpus) -> None:
        with (corpus.root / path).open("wb") as out:
            out.truncate(size)

    return change


def retire_gpe(corpus: Corpus) -> None:
    """Gives the corpus its own schemas, in which GPE has been replaced by LOC."""
    import shutil

    shutil.copytree(schema_folder(), corpus.schemas)
    file = corpus.schemas / "labels" / "entity.toml"
    text = file.read_text()
    file.write_text(re.sub(r'(name = "GPE"\n)', r'\1replaced_by = "LOC"\n', text))


def entity(span: str, label: str = "GPE", quote: str = "China", extra: str = "", entity_id: str = "e99") -> str:
    return f'{{"id":"{entity_id}","layer":"entity",{span},"quote":"{quote}","label":"{label}"{extra}}}'


def put(record: str) -> Change:
    """Adds a record to the gold file in its canonical place, so that nothing else is wrong."""

    def change(corpus: Corpus) -> None:
        file = corpus.root / GOLD
        lines = file.read_text().splitlines()
        data = json.loads(record)
        start, end = data["segments"][0] if "segments" in data else (data["start"], data["end"])

        def key(line: str) -> tuple[int, int, bool, int]:
            there = json.loads(line)
            s, e = there["segments"][0] if "segments" in there else (there["start"], there["end"])
            return s, -e, there["layer"] == "claim", int(there["id"][1:]) if there["id"][1:].isdecimal() else 0

        new = key(record)
        at = next((i for i, line in enumerate(lines[1:], 1) if key(line) > new), len(lines))
        assert (start, end) != (None, None)
        file.write_text("\n".join([*lines[:at], record, *lines[at:]]) + "\n")

    return change


def twin(split: str) -> Change:
    """A near-copy of border-bridge in another split."""

    def change(corpus: Corpus) -> None:
        text = corpus.text(BRIDGE).read_text()
        record = corpus.record(BRIDGE).read_text().replace('split = "train"', f'split = "{split}"')
        digest = hashlib.sha256(text.encode()).hexdigest()
        write("raw/twin.txt", text.encode())(corpus)
        write("raw/twin.toml", re.sub(r'sha256 = "\w+"', f'sha256 = "{digest}"', record).encode())(corpus)
        regions = (corpus.root / REGIONS).read_text().replace(f'"doc_id":"{BRIDGE}"', '"doc_id":"twin"')
        write("annotations/regions/twin.jsonl", regions.encode())(corpus)

    return change


def quoting(split: str) -> Change:
    """A long article of its own in another split, which quotes one sentence of border-bridge."""

    def change(corpus: Corpus) -> None:
        twin(split)(corpus)
        own = " ".join(
            f"The {n}th of the toy ferries crossed the river on day {n} of its toy month." for n in range(60)
        )
        quoted = "face each other over the Amur. The road bridge between them opened on 10 June 2022, but a ferry"
        text = f"{own} {quoted} is what the other page says.\n"
        digest = hashlib.sha256(text.encode()).hexdigest()
        write("raw/twin.txt", text.encode())(corpus)
        record = (corpus.root / "raw/twin.toml").read_text()
        write("raw/twin.toml", re.sub(r'sha256 = "\w+"', f'sha256 = "{digest}"', record).encode())(corpus)
        header = (corpus.root / "annotations/regions/twin.jsonl").read_text().splitlines()[0]
        header = re.sub(r'"sha256":"\w+"', f'"sha256":"{digest}"', header)
        region = f'{{"id":"r1","layer":"region","start":0,"end":{len(text) - 1},"label":"body"}}'
        write("annotations/regions/twin.jsonl", f"{header}\n{region}\n".encode())(corpus)

    return change


def audit(record: str, header: str = "") -> Change:
    """A finished audit that says one thing."""
    head = '{"annotator":"aud","kind":"human","status":"pass","seed":1,"schema":"1.0","guidelines":"1.0",'
    return write(AUDIT, f'{header or head}"gold":"{"0" * 64}"}}\n{record}\n'.encode())


def judged(doc_id: str = BRIDGE, note: str = "", **verdicts: str) -> str:
    told = {"span": "right", "type": "right", "link": "right"} | verdicts
    found = json.dumps([{"of": k, "verdict": v} for k, v in told.items() if v], separators=(",", ":"))
    noted = f',"note":"{note}"' if note else ""
    head = f'{{"id":"E1","layer":"judgement","doc_id":"{doc_id}","of":"entity","label":"e1","digest":"{"0" * 16}"'
    return f'{head},"verdicts":{found}{noted}}}'


def hydrated(corpus: Corpus) -> None:
    (found,) = TOY_COPIES.iterdir()
    write("build/hydrated/reader-copy.txt", found.read_bytes())(corpus)


E4 = '"start":133,"end":135,"quote":"黑河"'
CASES: dict[str, tuple[Change, set[str]]] = {
    "missing-answer": (audit(judged(type="")), {"missing-answer"}),
    "missing-answer paragraph": (
        audit(f'{{"id":"P1","layer":"paragraph","doc_id":"{BRIDGE}","region":"r4"}}'),
        {"missing-answer"},
    ),
    "withheld-words": (
        both(hydrated, audit(judged("reader-copy", "it says China sells machines to Russia"))),
        {"withheld-words"},
    ),
    "unknown-label audit": (audit(judged(type="rihgt")), {"unknown-label"}),
    "unknown-reference audit": (audit(judged("border-bride")), {"unknown-reference"}),
    "unknown-reference aspect": (audit(judged(tpye="right")), {"unknown-reference"}),
    "wrong-header audit": (
        audit(
            judged(), '{"annotator":"bud","kind":"human","status":"pass","seed":1,"schema":"1.0","guidelines":"1.0",'
        ),
        {"wrong-header"},
    ),
    "missing-header audit": (write(AUDIT, judged().encode() + b"\n"), {"missing-header"}),
    "stray-file in audits": (write("annotations/audits/a.jsonl", b"{}\n"), {"stray-file"}),
    "stray-file beside answers": (write("annotations/audits/aud/notes.txt", b"x"), {"stray-file"}),
    "bad-name auditor": (write("annotations/audits/Аud/border-bridge.jsonl", b"{}\n"), {"bad-name"}),
    "bad-name": (write("annotations/passes/РERSON/border-bridge.jsonl", b"{}\n"), {"bad-name"}),
    "bad-name trailing dot": (write("raw/a..txt", b"x\n"), {"bad-name"}),
    "bad-name reserved": (write("raw/con.txt", b"x\n"), {"bad-name"}),
    "bad-name long": (write(f"raw/{'a' * 81}.txt", b"x\n"), {"bad-name"}),
    "name-collision": (write("raw/Border-Bridge.txt", b"x\n"), {"name-collision", "bad-name"}),
    "not-a-regular-file link": (link("raw/escape.txt", "/etc/passwd"), {"not-a-regular-file"}),
    "not-a-regular-file fifo": (fifo("annotations/gold/pipe.jsonl"), {"not-a-regular-file"}),
    "not-a-regular-file record": (link("raw/escape.toml", "border-bridge.toml"), {"not-a-regular-file"}),
    "not-a-regular-file folder": (link("annotations/passes/else", "/etc"), {"not-a-regular-file"}),
    "not-a-regular-file raw": (
        both(lambda c: c.raw.rename(c.root / "elsewhere"), link("raw", "elsewhere")),
        {"not-a-regular-file"},
    ),
    "stray-file": (write("raw/notes.docx", b"x"), {"stray-file"}),
    "stray-file folder": (write("raw/sub/a.txt", b"x"), {"stray-file"}),
    "stray-file in passes": (write("annotations/passes/a.jsonl", b"{}\n"), {"stray-file"}),
    "unknown-document": (write("annotations/passes/lm-toy/b.jsonl", b"\n"), {"unknown-document", "empty-file"}),
    "empty-file": (write(GOLD, b""), {"empty-file"}),
    "empty-file of white space": (write("raw/border-bridge.txt", b" \n\n"), {"empty-file"}),
    "file-too-large": (sparse("raw/border-bridge.txt", (16 << 20) + 1), {"file-too-large"}),
    "line-too-long": (add_line(PASS, "x" * ((1 << 20) + 1)), {"line-too-long"}),
    "no-final-newline": (
        edit(PASS, '"cue":[340,344],"quotes":["the timetable","says"]}]}\n', "x"),
        {"no-final-newline"},
    ),
    "lfs-pointer": (write("raw/border-bridge.txt", b"version https://git-lfs.github.com/spec/v1\n"), {"lfs-pointer"}),
    "merge-conflict": (add_line(PASS, "<<<<<<< HEAD\n=======\n>>>>>>> other"), {"merge-conflict"}),
    "not-utf8": (write(PASS, b'{"doc_id":"caf\xe9"}\n'), {"not-utf8"}),
    "not-utf8 utf-16": (write("raw/border-bridge.txt", "text".encode("utf-16")), {"not-utf8"}),
    "byte-order-mark": (write("raw/border-bridge.txt", b"\xef\xbb\xbftext\n"), {"byte-order-mark"}),
    "nul-byte": (write("raw/border-bridge.txt", b"te\0xt\n"), {"nul-byte"}),
    "bad-toml": (edit("raw/border-bridge.toml", 'language = "en"', "language = en"), {"bad-toml"}),
    "bad-json": (add_line(PASS, '{"id":"e1",'), {"bad-json"}),
    "not-an-object": (add_line(PASS, '["e1",0,5]'), {"not-an-object"}),
    "duplicate-key": (add_line(PASS, '{"id":"e1","id":"e2"}'), {"duplicate-key"}),
    "not-finite": (add_line(PASS, '{"id":"e1","start":NaN}'), {"not-finite"}),
    "not-finite 1e999": (add_line(PASS, '{"id":"e1","start":1e999}'), {"not-finite"}),
    "too-deep": (add_line(PASS, "[" * 100_000), {"too-deep"}),
    "too-many-digits": (add_line(PASS, '{"start":' + "1" * 5000 + "}"), {"too-many-digits"}),
    "lone-surrogate": (add_line(PASS, r'{"note":"\ud83d"}'), {"lone-surrogate"}),
    "unknown-key": (edit(PASS, '"label":"LOC"', '"lable":"LOC","label":"LOC"'), {"unknown-key"}),
    "unknown-key in a record": (edit("raw/border-bridge.toml", "language", 'languge = "x"\nlanguage'), {"unknown-key"}),
    "missing-key": (edit(PASS, ',"label":"LOC"', ""), {"missing-key"}),
    "missing-key in a record": (edit("raw/border-bridge.toml", 'genre = "news"\n', ""), {"missing-key"}),
    "wrong-type": (edit(PASS, '"label":"LOC"', '"label":"LOC","unsure":"no"'), {"wrong-type"}),
    "wrong-type in a record": (
        edit("raw/border-bridge.toml", "redistribute = true", "redistribute = 1"),
        {"wrong-type"},
    ),
    "wrong-layer": (edit(PASS, '"layer":"entity"', '"layer":"region"'), {"wrong-layer"}),
    "missing-header": (write(PASS, b'{"id":"e1","layer":"entity"}\n'), {"missing-header"}),
    "wrong-header": (edit(PASS, '"annotator":"lm-toy"', '"annotator":"lm-boy"'), {"wrong-header"}),
    "hidden-character": (edit(PASS, '"label":"LOC"', '"label":"LOC","note":"a\u202eb"'), {"hidden-character"}),
    "hidden-character in a record": (
        edit("raw/border-bridge.toml", 'publisher = "', 'publisher = "‮'),
        {"hidden-character"},
    ),
    "hidden-character in the registry": (
        edit("annotations/entities.tsv", "Amur", "Am­ur"),
        {"hidden-character"},
    ),
    "not-canonical": (edit(PASS, '"layer":"entity",', '"layer": "entity",'), {"not-canonical"}),
    "not-canonical crlf": (edit(PASS, "}\n", "}\r\n"), {"not-canonical"}),
    "bad-registry": (add_line("annotations/entities.tsv", "SR0300\tonly two"), {"bad-registry"}),
    "bad-offset order": (edit(PASS, E4, '"start":135,"end":135,"quote":"黑河"'), {"bad-offset"}),
    "bad-offset past the end": (put(entity('"start":9000,"end":9005')), {"bad-offset"}),
    "stale-fingerprints": (remove(PRINTS), {"stale-fingerprints"}),
    "stale-fingerprints of another claim": (edit(WITHHELD, "[[55,85]]", "[[55,75]]"), {"stale-fingerprints"}),
    "bad-fingerprint": (edit(PRINTS, '"digest":"', '"digest":"x'), {"bad-fingerprint"}),
    "bad-fingerprint that ends before it starts": (edit(PRINTS, '"norm_end":70', '"norm_end":7'), {"bad-fingerprint"}),
    "bad-fingerprint of a text that ships": (
        write("annotations/fingerprints/timetable.jsonl", FINGERPRINT),
        {"bad-fingerprint"},
    ),
    "missing-text": (remove("raw/timetable.txt"), {"missing-text"}),
    "withheld-text": (write("raw/reader-copy.txt", b"text\n"), {"withheld-text", "raw-changed"}),
    "withheld-text in a page": (write("raw/reader-copy.html", b"<p>text</p>\n"), {"withheld-text"}),
    "raw-changed": (edit("raw/border-bridge.txt", "two lanes", "ten lanes"), {"raw-changed"}),
    "raw-changed header": (edit(PASS, '"sha256":"f', '"sha256":"0'), {"raw-changed"}),
    "page-changed": (edit("raw/timetable.html", "Trains", "Planes"), {"page-changed"}),
    "old-schema": (edit(PASS, '"schema":"1.0"', '"schema":"0.9"'), {"old-schema"}),
    "region-missing": (
        edit(REGIONS, '{"id":"r4","layer":"region","start":126,"end":298,"label":"body"}\n', ""),
        {"region-missing"},
    ),
    "region-mismatch": (edit(REGIONS, '"start":126,', '"start":127,'), {"region-mismatch", "region-missing"}),
    "offset-unit": (put(entity('"start":142,"end":147')), {"offset-unit"}),
    "quote-mismatch": (edit(PASS, '"quote":"10 June 2022"', '"quote":"11 June 2022"'), {"quote-mismatch"}),
    "quote-mismatch segment": (edit(PASS, '"and a toll"', '"and no toll"'), {"quote-mismatch"}),
    "outer-space": (put(entity('"start":140,"end":146', quote="China ", extra=',"unsure":true')), {"outer-space"}),
    "inside-word": (put(entity('"start":140,"end":144', quote="Chin")), {"inside-word"}),
    "unknown-label": (edit(PASS, '"label":"LOC"', '"label":"LOK"'), {"unknown-label"}),
    "unknown-label homoglyph": (edit(PASS, '"label":"LOC"', '"label":"LОC"'), {"unknown-label"}),
    "unknown-label genre": (edit("raw/border-bridge.toml", 'genre = "news"', 'genre = "new"'), {"unknown-label"}),
    "unknown-label registry": (add_line("annotations/entities.tsv", "SR0300\tX\tPLACE\t\t"), {"unknown-label"}),
    "unknown-label cluster": (edit("annotations/clusters.jsonl", '"same"', '"sane"'), {"unknown-label"}),
    "retired-label": (retire_gpe, {"retired-label"}),
    "value-out-of-range": (edit(PASS, '"check":2', '"check":7'), {"value-out-of-range"}),
    "bad-value": (edit(PASS, '"id":"e9"', '"id":"place-9"'), {"bad-value"}),
    "bad-value in a record": (edit("raw/border-bridge.toml", 'when = "2022-06-10"', 'when = "once"'), {"bad-value"}),
    "bad-value registry": (add_line("annotations/entities.tsv", "X1\tX\tLOC\t\tQ0"), {"bad-value"}),
    "bad-license": (edit("raw/reader-copy.toml", 'license = "unknown"', 'license = "CC BY"'), {"bad-license"}),
    "closed-license": (edit("raw/border-bridge.toml", "CC-BY-4.0", "CC-BY-NC-ND-4.0"), {"closed-license"}),
    "split-rights": (edit("raw/reader-copy.toml", '"transfer"', '"train"'), {"split-rights"}),
    "duplicate-id": (put(entity('"start":140,"end":145', label="LOC", entity_id="e4")), {"duplicate-id"}),
    "duplicate-id registry": (add_line("annotations/entities.tsv", "SR0203\tX\tLOC\t\t"), {"duplicate-id"}),
    "duplicate-span": (put(entity('"start":140,"end":145')), {"duplicate-span"}),
    "crossing-entities": (put(entity('"start":137,"end":143', quote="in Chi")), {"crossing-entities", "inside-word"}),
    "overlapping-claims": (
        put(
            '{"id":"c9","layer":"claim","segments":[[261,297]],"quotes":["10 June 2022, but a ferry\u00a0still runs"],'
            '"ctype":"state","cert":"certain","pol":"pos","check":1,"topic":"other"}'
        ),
        {"overlapping-claims"},
    ),
    "quote-count": (
        edit(PASS, '"quotes":["The bridge has two lanes","and a toll"]', '"quotes":["The bridge has two lanes"]'),
        {"quote-count", "missing-quote"},
    ),
    "label-outside-text": (put(entity('"start":0,"end":11', quote="Toy section", label="ORG")), {"label-outside-text"}),
    "label-outside-text repeat": (put(entity('"start":97,"end":102', quote="Heihe")), {"label-outside-text"}),
    "label-across-lines": (
        put(
            '{"id":"c9","layer":"claim","segments":[[287,324]],"quotes":["still runs.\\n\\nThe bridge has two lanes"],'
            '"ctype":"state","cert":"certain","pol":"pos","check":1,"topic":"other"}'
        ),
        {"label-across-lines", "overlapping-claims"},
    ),
    "unknown-reference": (edit(PASS, '"entity":"SR0203"', '"entity":"SR0999"'), {"unknown-reference"}),
    "unknown-reference dup_of": (edit(REGIONS, '"dup_of":"r2"', '"dup_of":"r77"'), {"unknown-reference"}),
    "unknown-reference cluster": (
        edit("annotations/clusters.jsonl", "timetable:c3", "timetable:c8"),
        {"unknown-reference"},
    ),
    "self-reference": (edit(REGIONS, '"dup_of":"r2"', '"dup_of":"r3"'), {"self-reference"}),
    "forward-reference": (edit(REGIONS, '"dup_of":"r2"', '"dup_of":"r6"'), {"forward-reference"}),
    "foreign-reference": (edit(REGIONS, '"dup_of":"r2"', '"dup_of":"timetable:r2"'), {"foreign-reference"}),
    "wrong-layer-reference": (edit(REGIONS, '"dup_of":"r2"', '"dup_of":"e2"'), {"wrong-layer-reference"}),
    "reference-cycle": (
        both(edit(REGIONS, '"label":"title"}', '"label":"title","dup_of":"r3"}')),
        {"reference-cycle", "label-outside-text"},
    ),
    "missing-quote": (edit(PASS, '"quote":"Amur",', ""), {"missing-quote"}),
    "withheld-quote": (edit(WITHHELD, '"digest":"33a3d8ed92b0709b"', '"quote":"Russia"'), {"withheld-quote"}),
    "missing-gloss": (edit(WITHHELD, '"gloss":"Machinery goes the other way.",', ""), {"missing-gloss"}),
    "split-leak": (twin("test"), {"split-leak"}),
    "split-leak quotation": (quoting("test"), {"split-leak"}),
    "missing-regions": (remove(REGIONS), {"missing-regions"}),
    "missing-regions withheld": (
        both(
            remove("annotations/regions/reader-copy.jsonl"),
            remove("annotations/gold/reader-copy.jsonl"),
            remove("annotations/passes/lm-toy/reader-copy.jsonl"),
        ),
        {"missing-regions"},
    ),
    "duplicate-member": (
        edit("annotations/clusters.jsonl", '"timetable:c3"', '"border-bridge:c3"'),
        {"duplicate-member"},
    ),
}


def decide(line: str, first: str = "lm-toy") -> Change:
    """A file of decisions over the bridge article, by two annotators of whom only lm-toy has read it."""

    def change(corpus: Corpus) -> None:
        sha = json.loads((corpus.root / GOLD).read_text().splitlines()[0])["sha256"]
        rest = f'"schema":"1.0","guidelines":"1.0","annotator":"judge","status":"adjudicated","passes":["{first}"]'
        header = f'{{"doc_id":"border-bridge","sha256":"{sha}",{rest}}}'
        write(DECISIONS, f"{header}\n{line}\n".encode())(corpus)

    return change


def correct(line: str) -> Change:
    """A file with one correction of gold."""
    return write("annotations/corrections.jsonl", f"{line}\n".encode())


CORRECTION = '{"doc_id":"timetable","id":"e1","field":"label","before":"LOC","guidelines":"1.0","why":"a slip"}'

CASES |= {
    "unknown-label choice": (decide(decision.replace('"a"}', '"c"}')), {"unknown-label"}),
    "unknown-reference decision": (decide(decision.replace("e3", "e93")), {"unknown-reference"}),
    "unknown-reference pass": (decide(decision, first="lm-toi"), {"unknown-reference"}),
    "wrong-layer decision": (decide(decision.replace('"layer":"decision"', '"layer":"entity"')), {"wrong-layer"}),
    "missing-key decision": (decide('{"id":"d1","layer":"decision","of":"entity"}'), {"missing-key"}),
    "unknown-label cluster pass": (
        write("annotations/passes/lm-toy/clusters.jsonl", CLUSTER.replace('"same"', '"sames"').encode()),
        {"unknown-label"},
    ),
    "bad-json cluster pass": (write("annotations/passes/lm-toy/clusters.jsonl", b"{\n"), {"bad-json"}),
    "missing-key no segment": (edit(PASS, '"segments":[[279,297]]', '"segments":[]'), {"missing-key"}),
    "missing-key no member": (
        add_line("annotations/clusters.jsonl", '{"id":"K9","proposition":"x","topic":"other","members":[]}'),
        {"missing-key"},
    ),
    "not-canonical decision": (decide(decision.replace('","', '", "')), {"not-canonical"}),
    "bad-json decision": (decide("{"), {"bad-json"}),
    "bad-json correction": (correct("{"), {"bad-json"}),
    "unknown-reference correction": (correct(CORRECTION.replace("e1", "e99")), {"unknown-reference"}),
    "unknown-reference corrected gold": (correct(CORRECTION.replace("timetable", "timetables")), {"unknown-reference"}),
    "unknown-key correction": (correct(CORRECTION.replace('"label"', '"lable"')), {"unknown-key"}),
    "wrong-header correction": (correct(CORRECTION.replace('"1.0"', '"9.9"')), {"wrong-header"}),
    "not-canonical correction": (correct(CORRECTION.replace('","', '", "')), {"not-canonical"}),
    "bad-value correction": (correct(CORRECTION.replace('"a slip"', '" "')), {"bad-value"}),
}

# Codes that no corpus on disk yields, each with the test that does.
ELSEWHERE = {
    "quote-not-found": "test_a_draft_is_refused_by_line",
    "ambiguous-quote": "test_a_draft_is_refused_by_line",
    "table-check": "test_a_table_that_breaks_its_schema_is_not_published (test_build)",
    "table-leak": "test_a_pair_across_splits_is_not_published (test_task_tables)",
    "unreadable-file": "test_a_file_without_read_permission",
    "splits-grapheme": "test_a_span_that_cuts_a_character",
    "pass-changed": "test_a_finished_pass_is_kept_as_made (test_workflow)",
    "foreign-pass": "test_a_change_touches_the_passes_of_one_annotator (test_workflow)",
    "label-order": "test_labels_are_added_at_the_end_alone (test_workflow)",
    "debt-grown": "test_debt_never_grows (test_workflow)",
    "debt-shrunk": "test_a_newer_rule_warns_on_an_older_file_and_its_debt_only_shrinks (test_workflow)",
    "text-differs": "test_a_file_about_another_text_is_refused (test_formats_import)",
    "not-imported": "test_nothing_is_dropped_in_silence (test_formats_import)",
    "item-skipped": "test_skipped_tasks_are_said (test_formats_import)",
    "bad-archive": "test_a_hostile_archive_is_refused (test_formats_import)",
    "shard-failed": "test_a_broken_shard_costs_itself_alone (test_bulk_bad_inputs)",
    "no-text": "test_what_is_wrong_is_named_and_costs_nothing_else (test_bulk_bad_inputs)",
    "unsafe-markup": "test_a_document_type_is_refused (test_formats_import)",
    **dict.fromkeys(
        [code for code, rule in read_schema().rules.items() if rule.level == "dataset"],
        "test_a_broken_dataset_yields_exactly_its_codes (test_gate)",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_corpus_yields_exactly_its_codes(toy: Corpus, name: str) -> None:
    change, expected = CASES[name]
    change(toy)
    report = validate(toy)
    assert {issue.code for issue in report.issues} == expected
    assert all(issue.found and issue.expected for issue in report.issues)


def test_every_code_has_a_bad_corpus() -> None:
    covered = {name.partition(" ")[0] for name in CASES} | set(ELSEWHERE)
    assert covered == set(read_schema().rules)


def test_the_toy_corpus_is_sound(toy: Corpus) -> None:
    assert validate(toy).issues == []


@pytest.mark.parametrize("version", ["0.9", "1.0", GUIDELINES_VERSION])
def test_a_pass_made_by_older_guidelines_stays_sound(toy: Corpus, version: str) -> None:
    for path in (PASS, GOLD, REGIONS):
        edit(path, '"guidelines":"1.0"', f'"guidelines":"{version}"')(toy)
    assert validate(toy).issues == []


def test_a_file_without_read_permission(toy: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert {issue.code for issue in validate(toy).issues} == {"unreadable-file"}


def test_a_span_that_cuts_a_character(toy: Corpus) -> None:
    text = "Home\n\nThe cafe\u0301 at Heihe opened.\n"
    digest = hashlib.sha256(text.encode()).hexdigest()
    write("raw/accent.txt", text.encode())(toy)
    record = re.sub(r'sha256 = "\w+"', f'sha256 = "{digest}"', toy.record(BRIDGE).read_text())
    write("raw/accent.toml", record.encode())(toy)
    head = f'{{"doc_id":"accent","sha256":"{digest}","schema":"1.0","guidelines":"1.0","annotator":"lm-toy",'
    lines = '{"id":"r1","layer":"region","start":0,"end":4,"label":"nav"}\n'
    lines += '{"id":"r2","layer":"region","start":6,"end":32,"label":"body"}\n'
    write("annotations/regions/accent.jsonl", f'{head}"status":"reviewed"}}\n{lines}'.encode())(toy)
    label = '{"id":"e1","layer":"entity","start":10,"end":14,"quote":"cafe","label":"FAC"}\n'
    write("annotations/passes/lm-toy/accent.jsonl", f'{head}"status":"pass"}}\n{label}'.encode())(toy)
    assert {issue.code for issue in validate(toy).issues} == {"splits-grapheme"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"layer":"entity","quote":"Chnia","label":"GPE"}', "quote-not-found"),
        ('{"layer":"entity","quote":"Heihe","label":"GPE"}', "ambiguous-quote"),
        ('{"layer":"entity","quote":"Heihe","occurrence":9,"label":"GPE"}', "quote-not-found"),
        ('{"layer":"entity","quote":"Heihe","in":"r3","label":"GPE"}', "unknown-reference"),
        ('{"layer":"entity","quote":"Amur","start":true,"label":"LOC","colour":1}', "unknown-key"),
        ('{"layer":"entity","label":"GPE"}', "quote-not-found"),
        ('{"layer":"region","quote":"Heihe"}', "wrong-layer"),
        ('{"layer":"claim","quotes":"The bridge","attribution":7}', "wrong-type"),
        ('{"layer":"claim","quotes":["two lanes"],"attribution":[7]}', "wrong-type"),
        ('{"layer":"claim","quotes":[7]}', "wrong-type"),
        ('{"layer":"entity","quote":"Amur","entity":["x"],"label":"LOC"}', "wrong-type"),
        ("[1]", "not-an-object"),
    ],
)
def test_a_draft_is_refused_by_line(toy: Corpus, tmp_path: Path, line: str, code: str) -> None:
    before = (toy.root / PASS).read_bytes()
    draft = tmp_path / "draft.jsonl"
    draft.write_text('{"layer":"entity","quote":"Amur","label":"LOC"}\n' + line + "\n")
    _, _, issues = anchor(toy, draft, BRIDGE, "lm-toy")
    assert [(issue.line, issue.code) for issue in issues] == [(2, code)]
    assert (toy.root / PASS).read_bytes() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (edit("raw/border-bridge.txt", "two lanes", "ten lanes"), [GOLD, REGIONS, PASS]),
        (edit(PASS, '"label":"LOC"', '"label":"LОC"'), ["U+041E", "LOC"]),
        (put(entity('"start":142,"end":147')), ["UTF-16"]),
        (edit(PASS, '"start":261,"end":273', '"start":262,"end":274'), ["0 June 2022,", "10 June 2022", "[261, 273)"]),
        (put(entity('"start":0,"end":11', quote="Toy section", label="ORG")), ["r1", "nav"]),
        (edit(REGIONS, '"dup_of":"r2"', '"dup_of":"r7"'), ["r7"]),
        (write("raw/border-bridge.txt", b"caf\xe9"), ["0xe9", "byte 3"]),
        (sparse("raw/border-bridge.txt", (16 << 20) + 1), ["16777217 bytes"]),
        (edit(PASS, '"entity":"SR0203"', '"entity":"SR0303"'), ["SR0303", "SR02"]),
    ],
)
def test_a_finding_says_what_was_found_and_what_would_fit(toy: Corpus, change: Change, words: list[str]) -> None:
    change(toy)
    told = " ".join(f"{issue.found} {issue.expected}" for issue in validate(toy).issues)
    assert [word for word in words if word not in told] == []
