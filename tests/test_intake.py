"""Adding articles, and finding a reader's copies of those that may not ship."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from sinorus_corpus.content import read_content
from sinorus_corpus.corpus import Corpus, require_name
from sinorus_corpus.files import sha256, write_atomic
from sinorus_corpus.hydrate import Hydration, hydrate
from sinorus_corpus.intake import Facts, add
from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import read_schema
from sinorus_corpus.validate import validate
from tests.conftest import TOY, TOY_COPIES

FACTS = Facts("Grain by rail", "sinorus corpus · Toy section", datetime.date(2024, 6, 2), "CC-BY-4.0", origin="written")
TEXT = "Grain by rail\n\nThe line from Zabaikalsk to Manzhouli carries grain, and a terminal there loads it.\n"


def source(tmp_path: Path, text: str | bytes, name: str = "new.txt") -> Path:
    file = tmp_path / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def files(corpus: Corpus) -> dict[str, bytes]:
    return {p.relative_to(corpus.root).as_posix(): p.read_bytes() for p in corpus.root.rglob("*") if p.is_file()}


def test_a_text_comes_in_with_record_id_and_split(toy: Corpus, tmp_path: Path) -> None:
    added = add(toy, source(tmp_path, TEXT), FACTS)
    assert added.article.doc_id == "grain-by-rail"
    assert toy.text("grain-by-rail").read_text() == TEXT
    assert added.article.split in ("train", "validation")
    assert validate(toy).issues == []
    assert read_content(toy, read_schema()).articles["grain-by-rail"] == added.article


def test_a_page_is_kept_as_it_came_and_rendered_once(toy: Corpus, tmp_path: Path) -> None:
    page = b"<html><body><nav><a href='/'>Home</a></nav><h1>Grain</h1><p>By <b>rail</b> &amp; road</p><p>Two</p></body></html>"
    added = add(toy, source(tmp_path, page, "page.HTML"), FACTS)
    assert toy.html("grain-by-rail").read_bytes() == page
    lines = [line for line in toy.text("grain-by-rail").read_text().splitlines() if line.strip()]
    assert lines == ["Home", "Grain", "By rail & road", "Two"]
    assert added.article.html_sha256 == sha256(page)
    assert added.article.renderer.startswith("inscriptis ")
    assert validate(toy).issues == []


def test_a_closed_licence_keeps_the_text_out_of_the_repository(toy: Corpus, tmp_path: Path) -> None:
    facts = Facts("Grain by rail", "unknown", None, "CC-BY-NC-ND-4.0")
    added = add(toy, source(tmp_path, TEXT), facts)
    assert (added.article.redistribute, added.article.split) == (False, "transfer")
    assert not toy.text("grain-by-rail").exists()
    assert toy.hydrated_text("grain-by-rail").read_text() == TEXT
    assert 'date = "unknown"' in toy.record("grain-by-rail").read_text()


def test_a_near_duplicate_is_named_and_shares_its_split(toy: Corpus, tmp_path: Path) -> None:
    near = toy.text("border-bridge").read_text().replace("a toll", "tolls")
    added = add(toy, source(tmp_path, near), FACTS)
    assert added.alike == ["border-bridge"]
    assert added.article.split == "train"
    assert validate(toy).issues == []


@pytest.mark.parametrize(
    ("data", "name", "facts", "message"),
    [
        ((TOY / "raw/border-bridge.txt").read_bytes(), "x.txt", {}, "already in the corpus as border-bridge"),
        ((TOY / "raw/timetable.html").read_bytes(), "x.html", {}, "already in the corpus as timetable"),
        (b"caf\xe9", "x.txt", {}, "not-utf8"),
        ("text".encode("utf-16"), "x.txt", {}, "UTF-16"),
        (b"\xef\xbb\xbftext", "x.txt", {}, "byte-order-mark"),
        (b"te\0xt", "x.txt", {}, "NUL at byte 2"),
        (b"", "x.txt", {}, "empty-file"),
        (b"   \n", "x.txt", {}, "empty-file"),
        (TEXT.encode(), "x.txt", {"license": "CC BY"}, "SPDX"),
        (TEXT.encode(), "x.txt", {"license": "CC-BY-5.0"}, "SPDX"),
        (TEXT.encode(), "x.txt", {"doc_id": "../../etc/x"}, "is not allowed"),
        (TEXT.encode(), "x.txt", {"doc_id": "border-bridge"}, "already"),
        (TEXT.encode(), "x.txt", {"title": "贸易"}, "--id"),
        (TEXT.encode(), "x.txt", {"genre": "breif"}, "unknown-label"),
        (TEXT.encode(), "x.txt", {"split": "trian"}, "expected train"),
        (TEXT.encode(), "x.txt", {"title": "a\u202eb"}, "hidden-character"),
    ],
)
def test_what_is_refused_leaves_the_corpus_as_it_was(
    toy: Corpus, tmp_path: Path, data: bytes, name: str, facts: dict[str, str], message: str
) -> None:
    before = files(toy)
    told = {"title": "Grain by rail", "publisher": "p", "date": None, "license": "CC0-1.0"} | facts
    with pytest.raises(SinorusError, match=message):
        add(toy, source(tmp_path, data, name), Facts(**told))  # type: ignore[arg-type]  # all are text or None
    assert files(toy) == before


@pytest.mark.parametrize(
    "name", ["../../etc/x", "/etc/x", "a\\b", "a\0b", "", "CON", "con", "nul.txt", "a.", "a ", "a" * 81, ".a", "РERSON"]
)
def test_a_bad_name_is_refused_before_it_touches_a_path(name: str) -> None:
    with pytest.raises(SinorusError, match="is not allowed"):
        require_name(name, "document id")


def test_a_broken_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SinorusError, match="not written"):
        write_atomic(path, b"new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("a.jsonl", "old")]


def hydrated(toy: Corpus, folder: Path) -> Hydration:
    return hydrate(toy, folder, read_content(toy, read_schema()), read_schema())


def test_a_copy_is_found_whatever_its_name(toy: Corpus) -> None:
    result = hydrated(toy, TOY_COPIES)
    assert (list(result.found), result.missing, result.near) == (["reader-copy"], [], [])
    assert toy.hydrated_text("reader-copy").read_bytes() == (TOY_COPIES / "some name.txt").read_bytes()
    assert validate(toy).issues == []


def test_labels_of_a_withheld_article_are_checked_where_a_copy_is_at_hand(toy: Corpus) -> None:
    path = toy.gold("reader-copy")
    path.write_text(path.read_text().replace("33a3d8ed92b0709b", "33a3d8ed92b0709c"))  # Russia, twice
    assert validate(toy).issues == []
    hydrated(toy, TOY_COPIES)
    assert [(issue.code, issue.line) for issue in validate(toy).issues] == [
        ("quote-mismatch", 3),
        ("quote-mismatch", 9),
    ]


COPY = (TOY_COPIES / "some name.txt").read_bytes()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (COPY.replace(b"\n", b"\r\n"), "CRLF"),
        (b"\xef\xbb\xbf" + COPY, "byte order mark"),
        (COPY + b"\n", "newline at the end"),
        (COPY.rstrip(b"\n"), "lacks the newline"),
        (COPY.decode().encode("utf-16"), "utf-16"),
        (COPY.replace(b"timber", b"wood"), "other text"),
    ],
)
def test_a_near_miss_is_listed_with_its_reason(toy: Corpus, tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "copies").mkdir()
    source(tmp_path / "copies", data, "copy.txt")
    result = hydrated(toy, tmp_path / "copies")
    assert (result.found, result.missing) == ({}, ["reader-copy"])
    assert [miss.doc_id for miss in result.near] == ["reader-copy"]
    assert reason in result.near[0].reason
    assert not toy.hydrated.exists()


def test_strangers_in_the_folder_are_passed_over(toy: Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    source(folder, b"\xff\xfe\x00", "noise.bin")
    source(folder, b"something else entirely", "other.txt")
    (folder / "link").symlink_to("/etc/passwd")
    result = hydrated(toy, folder)
    assert (result.found, result.near) == ({}, [])
