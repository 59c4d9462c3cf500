"""Articles from pinned public sources: rows of the loopback Hub and pages beside it, taken in and taken again."""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sinorus_corpus.articles import check_record, format_record, parse_record
from sinorus_corpus.content import read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.fetching.evidence import card_statement, page_statement, spdx_of
from sinorus_corpus.fetching.pages import fetch_page
from sinorus_corpus.files import sha256
from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import read_schema
from sinorus_corpus.sources import parse_collections
from sinorus_corpus.validate import validate
from tests.conftest import ROOT, TOY
from tests.hub_client import HubClient, Outcome
from tests.hub_fixtures import client, hub, hub_session
from tests.hub_server import Hub

__all__ = ["client", "hub", "hub_session"]  # pytest finds fixtures by their names here

TEXT = (
    "Rails to the border\nA desk\nChina and Russia run a freight train through Zabaikalsk; a depot there was widened.\n"
)
BY = "Creative Commons - Attribution - https://creativecommons.org/licenses/by/4.0/"
NC = "https://creativecommons.org/licenses/by-nc/4.0/"
TOLD = ["--title", "Rails to the border", "--publisher", "A desk"]
DAY = ["--date", "2024-03-02"]
COLLECTION = """
[press]
repo = "org/press"
files = "*.gz"
id = "metadata.url"
text = "text"
date = "created"
url = "metadata.url"
license = "metadata.license"
keywords = [["China", "Chinese"], ["Russia"]]
about = "Made for a test."
verified = "Nothing: it is made for a test."
"""


def row(url: str, text: str, license_text: str, created: str = "2024-03-02T10:00:00") -> dict[str, Any]:
    metadata = {"url": url, "license": license_text}
    return {"id": 1, "text": text, "created": created, "metadata": metadata}


ROWS = [
    row("https://example.org/tea", "Tea in China\nNothing else.\n", BY),
    row("https://example.org/rails", TEXT, BY),
    row("https://example.org/closed", TEXT.replace("widened", "closed"), NC),
    row("https://example.org/undated", TEXT.replace("widened", "painted"), BY, "May 16, 2018"),
]


@pytest.fixture
def press(hub: Hub) -> str:
    """The commit of a collection of articles, gzipped JSON by line."""
    data = gzip.compress("".join(json.dumps(one) + "\n" for one in ROWS).encode(), mtime=0)
    hub.create("org/press").commit("rows", {".gitattributes": b"", "news.jsonl.gz": data, "README.md": b"# press\n"})
    repo = hub.repos["org/press"]
    repo.tags["v1"] = repo.branches["main"]
    return repo.tags["v1"]


@pytest.fixture
def corpus(toy: Corpus) -> Corpus:
    """The toy corpus with a list of collections."""
    toy.sources.write_text(COLLECTION.lstrip())
    return toy


def sinorus(client: HubClient, corpus: Corpus, *args: str) -> Outcome:
    outcome = client.sinorus("--corpus", corpus.root, *args)
    assert outcome.traceback == ""
    return outcome


def added(client: HubClient, corpus: Corpus, source: str, *args: str) -> None:
    outcome = sinorus(client, corpus, "add", "--from", source, *args)
    assert outcome.code == 0, outcome
    withheld = "split transfer" in outcome.output  # whose regions somebody with the text has still to review
    assert [issue.code for issue in validate(corpus).issues] == (["missing-regions"] if withheld else [])


def refused(client: HubClient, corpus: Corpus, *args: str) -> str:
    before = {p: p.read_bytes() for p in corpus.root.rglob("*") if p.is_file()}
    outcome = sinorus(client, corpus, *args)
    assert outcome.code in (1, 2), outcome
    assert {p: p.read_bytes() for p in corpus.root.rglob("*") if p.is_file()} == before
    return outcome.output


@pytest.mark.parametrize("revision", ["v1", "main"])
def test_a_row_comes_in_pinned_to_a_commit_with_its_licence(
    client: HubClient, corpus: Corpus, press: str, revision: str
) -> None:
    added(client, corpus, f"hf://datasets/org/press@{revision}:https://example.org/rails", *TOLD)
    article = read_content(corpus, read_schema()).articles["rails-to-the-border"]
    assert corpus.text(article.doc_id).read_text() == TEXT
    assert (article.license, article.redistribute, article.url) == ("CC-BY-4.0", True, "https://example.org/rails")
    assert str(article.date) == "2024-03-02"
    pin = article.source
    assert pin
    assert (pin.kind, pin.repo, pin.revision, pin.file) == ("hub", "org/press", press, "news.jsonl.gz")
    assert (pin.id_column, pin.id, pin.column) == ("metadata.url", "https://example.org/rails", "text")
    assert (pin.sha256, pin.license_statement) == (sha256(TEXT.encode()), BY)
    assert pin.license_read == f"column metadata.license of the row in news.jsonl.gz, org/press at {press}"


def test_a_record_with_a_source_is_written_as_it_was_read(client: HubClient, corpus: Corpus, press: str) -> None:
    added(client, corpus, f"hf://datasets/org/press@{press}:https://example.org/rails", *TOLD)
    path = corpus.record("rails-to-the-border")
    article, issues = parse_record("rails-to-the-border", path.read_text(), "x.toml")
    assert issues == []
    assert article
    assert format_record(article) == path.read_bytes()
    assert format_record(replace(article, source=None)) != path.read_bytes()


def test_a_closed_licence_is_withheld_and_hydrates_by_itself(client: HubClient, corpus: Corpus, press: str) -> None:
    added(client, corpus, f"hf://datasets/org/press@{press}:https://example.org/closed", *TOLD)
    article = read_content(corpus, read_schema()).articles["rails-to-the-border"]
    assert (article.license, article.redistribute, article.split) == ("CC-BY-NC-4.0", False, "transfer")
    copy = corpus.hydrated_text(article.doc_id)
    text = copy.read_bytes()
    assert not corpus.text(article.doc_id).exists()
    assert "1 taken" not in sinorus(client, corpus, "hydrate", "--pinned").output
    copy.unlink()
    outcome = sinorus(client, corpus, "hydrate", "--pinned")
    assert (outcome.code, "taken    rails-to-the-border" in outcome.output) == (0, True)
    assert copy.read_bytes() == text


def test_what_came_otherwise_the_second_time_is_not_kept(
    client: HubClient, corpus: Corpus, hub: Hub, press: str
) -> None:
    added(client, corpus, f"hf://datasets/org/press@{press}:https://example.org/closed", *TOLD)
    copy = corpus.hydrated_text("rails-to-the-border")
    copy.unlink()
    record = corpus.record("rails-to-the-border")
    head, _, pin = record.read_text().partition("[source]")
    record.write_text(f"{head}[source]{pin.replace(pin.split('sha256 = ')[1][:17], chr(34) + '0' * 16)}")
    outcome = sinorus(client, corpus, "hydrate", "--pinned")
    assert (outcome.code, "the source has changed" in outcome.output, copy.exists()) == (1, True, False)
    hub.false_bytes["news.jsonl.gz"] = gzip.compress(b"")
    outcome = sinorus(client, corpus, "hydrate", "--pinned")
    assert (outcome.code, "failed   rails-to-the-border" in outcome.output, copy.exists()) == (1, True, False)
    hub.fail("GET /api/datasets", status=403)
    outcome = sinorus(client, corpus, "hydrate", "--pinned")
    assert (outcome.code, "refuses (403" in outcome.output, copy.exists()) == (1, True, False)


def test_a_dataset_in_parquet_whose_card_says_the_licence(client: HubClient, toy: Corpus, hub: Hub) -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"id": ["a", "b"], "text": ["Tea\n", TEXT]}), out)
    card = b"---\nlanguage: en\nlicense: cc-by-sa-4.0\n---\n# rows\n"
    hub.create("org/rows").commit("rows", {"README.md": card, "data/train-0.parquet": out.getvalue()})
    added(client, toy, "hf://datasets/org/rows@main:b", *TOLD, *DAY)
    article = read_content(toy, read_schema()).articles["rails-to-the-border"]
    assert article.license == "CC-BY-SA-4.0"
    assert article.source
    assert article.source.license_statement == "license: cc-by-sa-4.0"
    assert article.source.license_read.startswith("head of README.md, org/rows at ")


def test_the_list_shows_what_is_on_the_subject(client: HubClient, corpus: Corpus, press: str) -> None:
    outcome = sinorus(client, corpus, "add", "--from", "press", "--list")
    assert "3 on the subject" in outcome.output
    assert "Tea in China" not in outcome.output
    assert f"--from 'hf://datasets/org/press@{press}:https://example.org/rails'" in outcome.output
    assert (
        "1 on the subject; --limit"
        in sinorus(client, corpus, "add", "--from", "press", "--list", "--limit", "1").output
    )


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("hf://datasets/org/press@v1:https://example.org/none", TOLD, "has no row whose metadata.url is"),
        ("hf://datasets/org/press@v2:https://example.org/rails", TOLD, "has no revision v2"),
        ("hf://datasets/org/press:https://example.org/rails", TOLD, "expected hf://datasets/ORG/NAME@REVISION:ID"),
        ("hf://datasets/org/none@v1:x", TOLD, "no such repository"),
        ("hf://datasets/org/press@v1:https://example.org/rails", [], "does not say the title"),
        ("hf://datasets/org/press@v1:https://example.org/undated", TOLD, "give it with --date"),
        (
            "hf://datasets/org/press@v1:https://example.org/rails",
            [*TOLD, "--license", "CC0-1.0"],
            "the source says CC-BY-4.0",
        ),
        ("pres", [], "Did you mean press"),
        ("press", TOLD, "--list shows"),
        ("http://example.org/x", TOLD, "expected an https address"),
        ("https://user:secret@example.org/x", TOLD, "without a password"),
        ("file:///etc/passwd", TOLD, "expected an address"),
    ],
)
def test_what_is_refused_leaves_the_corpus_as_it_was(
    client: HubClient, corpus: Corpus, press: str, source: str, options: list[str], message: str
) -> None:
    assert message in " ".join(refused(client, corpus, "add", "--from", source, *options).split())


def test_a_file_and_a_source_exclude_each_other(client: HubClient, corpus: Corpus, hub: Hub) -> None:
    assert "expected a FILE" in refused(client, corpus, "add")
    assert "expected a FILE" in refused(client, corpus, "add", str(corpus.sources), "--from", "press")
    assert "Missing option '--title'" in refused(client, corpus, "add", str(corpus.sources))
    assert "expected a FOLDER" in refused(client, corpus, "hydrate")
    assert hub.asked == []


PAGE = b'<html><head><link rel="license" href="https://creativecommons.org/licenses/by/4.0/"></head><body><h1>Rails</h1><p>Two</p></body></html>'


def test_a_page_comes_in_with_what_it_calls_its_licence(client: HubClient, corpus: Corpus, hub: Hub) -> None:
    hub.pages["rails"] = ("text/html; charset=utf-8", PAGE)
    url = f"{hub.endpoint}/web/rails"
    added(client, corpus, f"{url}#top", *TOLD, *DAY)
    article = read_content(corpus, read_schema()).articles["rails-to-the-border"]
    assert corpus.html(article.doc_id).read_bytes() == PAGE
    assert (article.license, article.url, article.html_sha256) == ("CC-BY-4.0", url, sha256(PAGE))
    assert article.source
    assert (article.source.kind, article.source.url, article.source.sha256) == ("web", url, sha256(PAGE))
    assert article.source.license_statement == "https://creativecommons.org/licenses/by/4.0/"
    assert article.source.license_read.startswith(f"{url} on 20")


def test_an_open_licence_needs_evidence(client: HubClient, corpus: Corpus, hub: Hub) -> None:
    hub.pages["bare"] = ("text/plain", TEXT.encode())
    args = ["add", "--from", f"{hub.endpoint}/web/bare", *TOLD, *DAY, "--license", "CC-BY-4.0"]
    assert "give with --evidence" in refused(client, corpus, *args)
    added(client, corpus, *args[2:], "--evidence", "the imprint says: CC BY 4.0")
    source = read_content(corpus, read_schema()).articles["rails-to-the-border"].source
    assert source
    assert (source.license_statement, source.license_read) == (
        "the imprint says: CC BY 4.0",
        "told by who added the article",
    )


def test_a_page_without_a_licence_is_withheld_and_hydrates_by_itself(
    client: HubClient, corpus: Corpus, hub: Hub
) -> None:
    hub.pages["bare"] = ("text/html", b"<html><body><h1>Rails</h1><p>Two</p></body></html>")
    added(client, corpus, f"{hub.endpoint}/web/bare", *TOLD, *DAY)
    copy = corpus.hydrated_text("rails-to-the-border")
    text = copy.read_bytes()
    copy.unlink()
    assert sinorus(client, corpus, "hydrate", "--pinned").code == 0
    assert copy.read_bytes() == text
    copy.unlink()
    hub.pages["bare"] = ("text/html", b"<html><body><h1>Other</h1></body></html>")
    assert "the source has changed" in sinorus(client, corpus, "hydrate", "--pinned").output
    assert not copy.exists()


@pytest.mark.parametrize(
    ("kind", "data", "message"),
    [
        ("application/pdf", b"%PDF-1.7", "expected text/html or text/plain"),
        ("text/plain", b"x" * ((16 << 20) + 1), "more than"),
        ("text/html", "Привет".encode("cp1251"), "not-utf8"),
        ("text/plain", b"", "empty-file"),
        ("redirect", b"https://elsewhere.example/rails", "leads to https://elsewhere.example/rails"),
        ("redirect", b"file:///etc/passwd", "answered 302"),
    ],
)
def test_pages_that_are_refused(hub: Hub, kind: str, data: bytes, message: str) -> None:
    hub.pages["x"] = (kind, data)
    with pytest.raises(SinorusError, match=message):
        fetch_page(f"{hub.endpoint}/web/x", "2024-03-02")


def test_a_redirect_within_the_host_is_followed(hub: Hub) -> None:
    hub.pages["old"] = ("redirect", f"{hub.endpoint}/web/new".encode())
    hub.pages["new"] = ("text/plain", TEXT.encode())
    assert fetch_page(f"{hub.endpoint}/web/old", "2024-03-02").data == TEXT.encode()


def test_a_server_that_fails_or_is_slow_or_silent_is_one_line(hub: Hub) -> None:
    hub.pages["x"] = ("text/plain", TEXT.encode())
    faults: list[tuple[dict[str, Any], str]] = [
        ({"status": 404}, "answered 404"),
        ({"seconds": 2}, "timed out"),
        ({"drop": "before"}, "read"),
    ]
    for fault, message in faults:
        hub.fail("GET /web/", **fault)
        with pytest.raises(SinorusError, match=message):
            fetch_page(f"{hub.endpoint}/web/x", "2024-03-02", timeout=0.5 if "seconds" in fault else 30)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (BY, "CC-BY-4.0"),
        (NC, "CC-BY-NC-4.0"),
        ("http://creativecommons.org/licenses/by-nc-nd/3.0/deed.de", "CC-BY-NC-ND-3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("license: cc-by-2.5", "CC-BY-2.5"),
        (f"{BY} {NC}", ""),
        ("all rights reserved", ""),
        ("", ""),
    ],
)
def test_words_that_stand_for_one_licence(statement: str, expected: str) -> None:
    assert spdx_of(statement) == expected


def test_what_a_page_calls_its_licence_goes_before_what_it_links_to() -> None:
    page = (
        '<a rel="nofollow license" href="/terms">x</a><a href="https://creativecommons.org/licenses/by/4.0/">photo</a>'
    )
    assert page_statement(page)[0] == "/terms"
    assert page_statement(page.replace("nofollow license", "x"))[0] == "https://creativecommons.org/licenses/by/4.0/"
    assert page_statement("<p>nothing") == ("", "")


def test_the_head_of_a_card_alone_says_its_licence() -> None:
    assert card_statement("---\nlicense: cc-by-4.0\n---\nx") == "license: cc-by-4.0"
    assert card_statement("# x\nlicense: cc-by-4.0\n") == ""
    assert card_statement("---\na: b\n---\nlicense: cc-by-4.0\n") == ""


PIN = """
[source]
kind = "hub"
sha256 = "SHA"
retrieved = "2026-01-02"
license_statement = "s"
license_read = "r"
repo = "org/press"
revision = "REV"
file = "f"
id_column = "i"
id = "1"
column = "t"
""".replace("SHA", "a" * 64).replace("REV", "b" * 40)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"hub"', '"ftp"', "bad-value"),
        ("b" * 40, "main", "bad-value"),
        ("a" * 64, "a", "bad-value"),
        ('"2026-01-02"', '"today"', "bad-value"),
        ('"org/press"', '"press"', "bad-value"),
        ('file = "f"\n', "", "missing-key"),
        ('license_read = "r"\n', "", "missing-key"),
        ('id = "1"', "id = 1", "wrong-type"),
        ('file = "f"', 'file = "f"\nurl = "https://example.org/x"', "unknown-key"),
        ('"s"', '"s\\u202e"', "hidden-character"),
        (PIN, 'source = "x"\n', "wrong-type"),
    ],
)
def test_a_source_in_a_record_is_checked(old: str, new: str, code: str) -> None:
    record = (TOY / "raw/timetable.toml").read_text()
    text = (record + PIN).replace(old, new) if old != PIN else new + record
    article, issues = parse_record("timetable", text, "x.toml")
    found = [*issues, *(check_record(article, text, "x.toml", read_schema()) if article else ())]
    assert {issue.code for issue in found} == {code}
    assert parse_record("timetable", record + PIN, "x.toml")[1] == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("[press]", "[press", "bad-toml"),
        ("[press]", "[Press]", "bad-name"),
        ('repo = "org/press"', 'repo = "press"', "bad-value"),
        ('about = "Made for a test."\n', "", "missing-key"),
        ("files =", "filse =", "unknown-key"),
        ('["Russia"]', '"Russia"', "wrong-type"),
        ("Made for", "Made\\u200b for", "hidden-character"),
    ],
)
def test_the_list_of_collections_is_checked(old: str, new: str, code: str) -> None:
    _, issues = parse_collections(COLLECTION.lstrip().replace(old, new), "raw/sources.toml")
    assert [(issue.code, issue.path) for issue in issues] == [(code, "raw/sources.toml")]


def test_a_list_of_collections_is_no_record(corpus: Corpus) -> None:
    assert "sources" not in corpus.doc_ids()
    corpus.sources.write_text(COLLECTION.replace("files =", "filse =").lstrip())
    (corpus.raw / "sources.txt").write_text("x\n")
    found = [(issue.code, issue.path) for issue in validate(corpus).issues]
    assert found == [("unknown-key", "raw/sources.toml"), ("unknown-document", "raw/sources.txt")]


def test_the_collections_of_this_repository_say_what_was_verified() -> None:
    found, issues = parse_collections((ROOT / "raw/sources.toml").read_text(), "raw/sources.toml")
    assert issues == []
    assert {one.repo for one in found.values()} == {"common-pile/news", "izumi-lab/wikinews-en-20230728"}
    for one in found.values():
        assert "not looked at" in one.verified
        assert one.is_on_subject("Beijing and Moscow agreed")
        assert not one.is_on_subject("Beijing alone, and Prussian blue")
