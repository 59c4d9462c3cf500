"""The files of the explorer: what is in them, what may not be, and how the commands refuse."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sinorus_corpus.cli import main
from sinorus_corpus.content import read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.hydrate import hydrate
from sinorus_corpus.page import bind
from sinorus_corpus.records import Quantity, SinorusError
from sinorus_corpus.schema import read_schema
from sinorus_corpus.site import build_site, make_files
from sinorus_corpus.site.quantities import rounds_to, say_period, say_quantity, say_value
from sinorus_corpus.site.server import make_app
from tests.conftest import ROOT, TOY, TOY_COPIES
from tests.site_fixtures import Files, site, toy_site
from tests.test_articles import WITHHELD, word_runs
from tests.test_build import tree

__all__ = ["site", "toy_site"]


def shared(files: Files) -> dict[str, object]:
    """What the pages share, as JSON."""
    text = files["assets/data.js"].decode()
    found: dict[str, object] = json.loads(text[text.index("{") : text.rindex("}") + 1])
    return found


def test_the_site_is_the_same_bytes_each_time(toy: Corpus, toy_site: Files, tmp_path: Path) -> None:
    assert build_site(toy, tmp_path / "once") == toy_site
    build_site(toy, tmp_path / "again")
    assert tree(tmp_path / "once") == tree(tmp_path / "again")
    build_site(toy, tmp_path / "again")  # its own folder may be made anew


def test_every_article_claim_and_cluster_is_there(site: Files) -> None:
    corpus = Corpus(ROOT)
    content = read_content(corpus, read_schema(corpus.schemas))
    data = shared(site)
    claims = sum(len(labels.claims) for labels in content.gold.values())
    assert [len(data[key]) for key in ("articles", "claims", "clusters")] == [  # type: ignore[arg-type]  # lists
        len(content.articles), claims, len(content.clusters)
    ]  # fmt: skip
    assert {f"articles/{doc_id}.html" for doc_id in content.articles} <= site.keys()
    assert sum(map(len, site.values())) < 1_500_000


def test_pages_load_nothing_from_elsewhere(site: Files) -> None:
    for name, data in site.items():
        text = re.sub(r'<a href="https://[^"]*" rel="noreferrer[^"]*">', "", data.decode())  # a link asks for nothing
        assert not re.search(r"(src|href)=\"(?!#main|data:,|(\.\./)?(assets/|[a-z]+\.html))", text), name
        assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|importScripts|innerHTML|\beval\(", text), name
        if name.endswith(".html"):
            assert "default-src 'none'; script-src 'self'; style-src 'self';" in text


def test_the_public_site_does_not_change_with_the_text_at_hand(toy: Corpus, toy_site: Files) -> None:
    hydrate(toy, TOY_COPIES, read_content(toy, read_schema()), read_schema())
    assert make_files(toy, "committed") == toy_site
    mine = make_files(toy, "hydrated")
    assert "timber" in mine["articles/reader-copy.html"].decode()
    assert "timber" not in b"".join(toy_site.values()).decode()


def test_no_words_of_theirs_stand_in_the_site(site: Files, articles_folder: Path) -> None:
    theirs = set().union(*(word_runs(p.read_text()) for p in articles_folder.glob("*.txt")))
    titles = {a["title"] for a in shared(site)["articles"]}  # type: ignore[attr-defined]  # a list of objects
    for name, data in site.items():
        text = data.decode()
        for title in titles:
            text = text.replace(title, "")
        assert not word_runs(text) & theirs, name
    for doc_id in WITHHELD:
        assert "pieces" not in site[f"articles/{doc_id}.html"].decode()


def test_with_a_copy_the_line_is_drawn(articles_folder: Path, tmp_path: Path) -> None:
    for name in ("raw", "annotations", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / "own" / name)
    own = Corpus(tmp_path / "own")
    hydrate(own, articles_folder, read_content(own, read_schema()), read_schema())
    mine = make_files(own, "hydrated")
    for doc_id in WITHHELD:
        raw = own.hydrated_text(doc_id).read_text(encoding="utf-8")
        page = mine[f"articles/{doc_id}.html"].decode()
        assert '"pieces"' in page
        line = max(raw.split("\n"), key=len).strip()
        assert line.split()[0] in page


def question(root: Path, text: str) -> Corpus:
    (root / "explorer.toml").write_text(text, encoding="utf-8")
    return Corpus(root)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("question = ", "expected TOML"),
        ('clusters = ["K1"]', "question is None"),
        ('question = "Q"\nclusters = ["K2"]', "There is no cluster 'K2'"),
        ('question = "Q"\nclusters = "K1"', "expected a list of ids"),
        ('question = "Q"\nclusters = ["K1"]\nwhy = ["border-bridge:c99"]', "expected a claim of gold"),
        ('question = "Q"\nclusters = ["K1"]\nwhi = []', "Did you mean why?"),
        ('question = "Q"\nclusters = ["K1"]\n[links]\nrepository = "javascript:alert(1)"', "begins with https://"),
        ('question = "Q"\nclusters = ["K1"]\n[links]\nrepositry = "https://example.org"', "Did you mean repository?"),
    ],
)
def test_a_bad_question_is_refused_and_nothing_written(toy: Corpus, tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SinorusError, match=re.escape(told)):
        build_site(question(toy.root, text), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_a_question_the_cluster_with_most_rivals_is_first(toy_site: Files) -> None:
    assert shared(toy_site)["featured"] == {
        "question": "The road bridge at Heihe opened on 10 June 2022.", "clusters": ["K1"], "why": []
    }  # fmt: skip


def test_a_folder_of_something_else_is_not_replaced(toy: Corpus, tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    run = CliRunner().invoke(main, ["--corpus", str(toy.root), "site", "--out", str(tmp_path)])
    assert run.exit_code == 1
    assert "something other than the site" in run.output
    assert (tmp_path / "letters.txt").read_text() == "mine"


def test_an_error_in_the_corpus_stops_the_site(toy: Corpus, tmp_path: Path) -> None:
    record = toy.record("timetable")
    record.write_text(record.read_text().replace('title = "', 'title = "\\u001b[31m'))
    run = CliRunner().invoke(main, ["--corpus", str(toy.root), "site", "--out", str(tmp_path / "out")])
    assert (run.exit_code, "hidden-character" in run.output, "\x1b" in run.output) == (1, True, False)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["border-brige"], "Did you mean border-bridge?"),
        (["border-bridge:c77"], "There is no claim in border-bridge 'c77'"),
        (["--host", "0.0.0.0"], "can be reached by other machines"),
    ],
)
def test_refusals_of_browse(arguments: list[str], told: str) -> None:
    run = CliRunner().invoke(main, ["--corpus", str(TOY), "browse", "--no-browser", *arguments])
    assert run.exit_code == 1
    assert told in run.output


def test_browse_serves_and_ends(toy: Corpus) -> None:
    command = [sys.executable, "-m", "sinorus_corpus", "--corpus", str(toy.root)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "BROWSER": "false"}
    with subprocess.Popen(
        [*command, "browse", "border-bridge:c3", "--no-browser"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    ) as server:  # fmt: skip
        assert server.stdout is not None
        assert re.match(r"http://127\.0\.0\.1:\d+/articles/border-bridge\.html#c3$", server.stdout.readline())
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
        assert "Traceback" not in (server.stderr.read() if server.stderr else "")


def test_the_server_answers_to_its_own_name_with_its_own_files_for_reading_alone(toy_site: Files) -> None:
    client = make_app(toy_site, ["127.0.0.1:8000"]).test_client()
    own = {"Host": "127.0.0.1:8000"}
    assert client.get("/", headers=own).data == toy_site["index.html"]
    assert client.get("/index.html", headers={"Host": "example.org"}).status_code == 421
    assert client.get("/../raw/border-bridge.toml", headers=own).status_code == 404
    assert client.post("/index.html", headers=own).status_code == 405
    assert "frame-ancestors 'none'" in client.get("/claims.html", headers=own).headers["Content-Security-Policy"]
    with pytest.raises(SinorusError):
        bind(lambda hosts: make_app(toy_site, hosts), "0.0.0.0", 0, expose=False)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (244.8e9, "USD", "$244.8bn"), (1.74e12, "CNY", "1.74tn yuan"), (2.9, "percent", "2.9 %"),
        (-32.9, "percent", "−32.9 %"), (108.5e6, "tonne", "108.5 million tonnes"), (1284, "m", "1,284 m"),
        (38e9, "m3/year", "38 billion m³ per year"), (0.35, "USD/m3", "$350 per 1,000 m³"), (1, "year", "1 year"),
        (730000, "item", "730,000"), (1, "rank", "number 1"), (7, "times", "7 times"), (0, "USD", "$0"),
        (1e9, "USD", "$1bn"), (999_999_999_999, "USD", "$1tn"), (3, "{x}", "3 {x}"), (3, "item/day", "3 per day"),
    ],
)  # fmt: skip
def test_figures_are_said_as_people_write_them(value: float, unit: str, said: str) -> None:
    assert say_value(value, unit) == said


def test_periods_and_directions() -> None:
    told = [say_period(p) for p in ("2024", "2024-01/2024-06", "2014/", "/2020-07", "")]
    assert told == ["2024", "2024-01 to 2024-06", "since 2014", "until 2020-07", ""]
    assert say_quantity(Quantity("trade", direction="up")) == ""


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [(244.81e9, 244.8e9, True), (35.9, 35.8, False), (237e9, 244.8e9, False), (218.17e9, 2e11, False), (5, 5, True)],
)
def test_one_figure_may_be_the_other_rounded(a: float, b: float, same: bool) -> None:
    assert rounds_to(a, b) is rounds_to(b, a) is same


@given(st.floats(min_value=1e-6, max_value=1e18), st.sampled_from(["USD", "CNY", "tonne", "percent", "x/y", ""]))
def test_no_figure_is_said_with_an_exponent_or_too_wrong(value: float, unit: str) -> None:
    said = say_value(value, unit)
    assert "e+" not in said
    number = re.search(r"[\d,.]*\d", said)
    assert number
    scales = {"tn": 1e12, "trillion": 1e12, "bn": 1e9, "billion": 1e9, "million": 1e6}
    scale = next((size for name, size in scales.items() if name in said), 1)
    if unit not in ("USD", "CNY") or not re.search(r"\dm", said):
        assert float(number.group().replace(",", "")) * scale == pytest.approx(value, rel=1e-4, abs=1e-9)
