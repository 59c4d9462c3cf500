"""The explorer in a real browser: what a reader sees in the first minute, and that nothing runs or leaks."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize

from sinorus_corpus.content import read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import sha256
from sinorus_corpus.hydrate import hydrate
from sinorus_corpus.schema import read_schema
from sinorus_corpus.site import build_site, make_files
from tests.conftest import TOY_COPIES
from tests.site_fixtures import Files, answering, site

__all__ = ["site"]

PAGES = ("index.html", "index.html#K7", "claims.html", "articles.html", "figures.html",
         "articles/trade-record-2024.html#c7", "articles/000_98a3bc2b1f651c4d.html#c22")  # fmt: skip
PHONE = ViewportSize(width=375, height=812)
DESK = ViewportSize(width=1280, height=800)


@pytest.fixture(scope="module")
def address(site: Files) -> Iterator[str]:
    with answering(site) as found:
        yield found


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page that fails the test when a script fails or when it asks anybody else for anything."""
    opened = browser.new_page(viewport=DESK)
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    opened.on(
        "request", lambda request: None if request.url.startswith((address, "data:")) else wrong.append(request.url)
    )
    yield opened
    opened.close()
    assert wrong == []


def column(page: Page, figure: str) -> str:
    """The words of the first column on the page with this figure."""
    return page.locator(".hero .column", has=page.locator(".figure", has_text=figure)).first.inner_text()


def test_the_first_screen_answers_the_question(page: Page, address: str) -> None:
    page.goto(address)
    assert page.inner_text("h1") == "How much did China and Russia trade in 2024?"
    assert "No human has checked them" in page.inner_text(".hero .honest")
    figures = page.locator(".hero .columns-of").first.locator(".figure").all_inner_texts()
    assert figures == ["$244.8bn", "$237bn", "1.74tn yuan"]
    tops = (
        page.locator(".hero .columns-of")
        .first.locator(".figure")
        .evaluate_all("all => all.map((e) => e.getBoundingClientRect())")
    )
    assert len({box["top"] for box in tops}) == 1  # side by side
    assert all(box["bottom"] < DESK["height"] for box in tops)  # and on the first screen
    yuan = column(page, "1.74tn yuan")
    order = ["in yuan · 2024", "sinorus corpus", "Reuters", "“put”", "General Administration of Customs of China",
             "“the same administration”", "“citing”", "Trade in 2024 was worth 1.74 trillion yuan",
             "A record that barely grew", "10 Feb 2025", "tension", "Read line"]  # fmt: skip
    assert [yuan.index(words) for words in order] == sorted(yuan.index(words) for words in order)
    assert "$7.8bn (3.2 %) less" in column(page, "$237bn")
    assert "about rates" not in page.inner_text(".why")
    assert "The difference from $244.8bn comes from exchange rates" in page.inner_text(".why")


def test_the_chart_puts_each_currency_on_a_scale_of_its_own(page: Page, address: str) -> None:
    page.goto(address)
    scales = page.locator(".hero .chart").first.locator(".scale")
    assert [text.split("\n")[0] for text in scales.all_inner_texts()] == ["in US dollars, 2024", "in yuan, 2024"]
    widths = scales.first.locator(".bar").evaluate_all("all => all.map((e) => e.getBoundingClientRect().width)")
    assert widths[1] / widths[0] == pytest.approx(237 / 244.8, abs=0.005)


def test_one_click_leads_to_the_line(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".hero .column", has_text="1.74tn yuan").first.locator("a.go").click()
    page.wait_for_selector(".part.selected")
    assert page.url.endswith("articles/trade-record-2024.html#c7")
    chosen = page.locator(".part.selected")
    words = "".join(chosen.all_text_contents()).split()
    assert words[:7] == ["the", "year", "at", "1.74", "trillion", "yuan,", "a"]
    box = chosen.first.bounding_box()
    assert box
    assert 0 < box["y"] < DESK["height"]
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.part.selected')).backgroundColor")
        == "rgb(255, 240, 179)"
    )
    assert "Reuters" in page.inner_text(".details")


def test_a_withheld_line_leads_to_the_readers_own_copy(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(".hero a.go", has_text="in your own copy").first.click()
    page.wait_for_selector("button.selected")
    assert page.locator("button.selected").inner_text().startswith("Trade between China and Russia in both directions")
    box = page.locator("button.selected").bounding_box()
    assert box
    assert 0 < box["y"] < DESK["height"]
    told = page.inner_text(".details")
    assert "sinorus hydrate FOLDER" in told
    assert "sinorus browse 000_98a3bc2b1f651c4d:c22" in told


def test_every_other_cluster_has_the_same_form_contradictions_first(page: Page, address: str) -> None:
    page.goto(address)
    listed = page.locator(".cluster")
    assert "contradicts" in listed.first.inner_text()
    listed.first.locator("summary").click()
    assert listed.first.locator(".figure").all_inner_texts()[:2] == ["35.9 %", "35.8 %"]
    assert listed.first.locator(".chain, .gloss, .byline, .badge, a.go").count() > 20
    page.fill("[name=q]", "zhenbao")
    assert "72 Chinese soldiers" in listed.first.inner_text()
    assert page.inner_text(".rest .count").startswith("1 of ") or listed.count() > 1
    page.fill("[name=q]", "")
    page.select_option("[name=topic]", "energy")
    assert listed.locator(".topic").evaluate_all("all => new Set(all.map((e) => e.textContent)).size") == 1
    page.goto(f"{address}index.html#K71")
    page.wait_for_selector("#K71[open] .figure")


def test_claims_filter(page: Page, address: str, site: Files) -> None:
    page.goto(f"{address}claims.html")
    rows = page.locator("tbody tr")
    total = int(re.findall(r"\d+", page.inner_text(".count"))[1])
    assert rows.count() == 100
    page.locator(".more").click()
    assert rows.count() == 200
    for name, value in (
        ("topic", "trade"),
        ("ctype", "quant"),
        ("cert", "certain"),
        ("year", "2025"),
        ("origin", "written"),
    ):
        before = int(re.findall(r"\d+", page.inner_text(".count"))[0])
        page.select_option(f"[name={name}]", value)
        after = int(re.findall(r"\d+", page.inner_text(".count"))[0])
        assert 0 < after < before, name
    page.fill("[name=source]", "TASS")
    page.fill("[name=q]", "exports 115.49")
    assert page.inner_text(".count") == f"1 of {total} claims"
    assert "origin=written" in page.url
    page.reload()
    assert page.inner_text(".count") == f"1 of {total} claims"  # the address holds the view
    rows.first.locator("a").click()
    page.wait_for_selector(".part.selected")
    assert page.url.endswith("articles/trade-record-2024.html#c13")


def test_dropped_lines_and_labels_show_on_demand(page: Page, address: str) -> None:
    page.goto(f"{address}articles/trade-record-2024.html")
    dropped = page.get_by_text("About the corpus")
    assert not dropped.is_visible()
    page.check("[name=dropped]")
    assert dropped.is_visible()
    tagged = "all => all.filter((e) => e.dataset.tag).length"
    assert page.locator(".part").evaluate_all(tagged) > 50
    page.uncheck("[name=entities]")
    assert page.locator(".part").evaluate_all(tagged) == 0
    page.locator(".part", has_text="converted it to about").first.click()
    assert "Reuters converted the total in yuan" in page.inner_text(".details")
    assert page.url.endswith("#c6")
    page.uncheck("[name=claims]")
    starts = page.locator(".part").evaluate_all("all => all.map((e) => e.dataset.start).filter(Boolean).join()")
    assert "c6" in starts  # the chosen one stays
    assert "c9" not in starts


def test_by_keyboard_alone(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "go"
    page.keyboard.press("Enter")
    page.wait_for_selector("button.selected")
    page.goto(f"{address}articles/trade-record-2024.html")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.url.endswith("#c2")
    page.keyboard.press("Escape")
    assert page.url.endswith(".html")
    page.goto(f"{address}index.html")
    page.locator(".cluster summary").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".cluster[open] .column")


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_needs_no_scrolling_sideways(page: Page, address: str, name: str) -> None:
    page.set_viewport_size(PHONE)
    page.goto(address + name)
    page.wait_for_selector("main > *")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


# The ratio of WCAG 2.2, success criterion 1.4.3: 4.5 for words of ordinary size.
CONTRAST = """() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const linear = (v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * linear(r / 255) + .7152 * linear(g / 255) + .0722 * linear(b / 255);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const color = parse(getComputedStyle(e).backgroundColor);
      if (color[3] !== 0) return color;
    }
    return [255, 255, 255];
  };
  const bad = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.checkVisibility() || e.closest('script, option')) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) bad.add(`${e.tagName}.${e.className} ${ratio.toFixed(2)} ${walk.currentNode.data.slice(0, 30)}`);
  }
  return [...bad];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_words_stand_out_from_their_ground(page: Page, address: str, name: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
    page.goto(address + name)
    page.wait_for_selector("main > *")
    assert page.evaluate(CONTRAST) == []


HOSTILE = '</script><script>window.hacked = 1</script><img src=x onerror="window.hacked = 1">'


def poison(toy: Corpus) -> None:
    """Writes markup and script into everything that a contributor may write."""
    line = HOSTILE
    path = toy.text("border-bridge")
    old, raw = sha256(path.read_bytes()), path.read_text(encoding="utf-8")
    start = len(raw)
    path.write_text(f"{raw}{line}\n", encoding="utf-8", newline="")
    new = sha256(path.read_bytes())
    regions = toy.regions("border-bridge")
    added = json.dumps(
        {"id": "r9", "layer": "region", "start": start, "end": start + len(line), "label": "body"},
        separators=(",", ":"),
    )
    regions.write_text(f"{regions.read_text(encoding='utf-8')}{added}\n", encoding="utf-8")
    for file in [toy.record("border-bridge"), *toy.root.rglob("border-bridge.jsonl")]:
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    swap(
        toy.record("border-bridge"),
        'title = "',
        f'url = "javascript:window.hacked=1"\ntitle = "{HOSTILE}'.replace(HOSTILE, HOSTILE.replace('"', "'")),
    )
    swap(
        toy.record("reader-copy"),
        'publisher = "unknown"',
        f"publisher = '{HOSTILE}'\nurl = 'javascript:window.hacked=1'",
    )
    quoted = json.dumps(HOSTILE)[1:-1]
    swap(toy.gold("timetable"), '"gloss":"The', f'"gloss":"{quoted}The')
    told = '"quotes":["A road bridge at Heihe opened in June 2022"],'
    swap(toy.gold("timetable"), told, f'{told}"gloss":"{quoted}",')  # a member of the cluster on the first screen
    swap(toy.gold("reader-copy"), '"gloss":"Timber', f'"gloss":"{quoted}Timber')
    swap(toy.clusters, '"proposition":"', f'"proposition":"{quoted}')
    swap(toy.registry, "SR0203\tAmur", f"SR0203\tAmur{HOSTILE}")
    (toy.root / "explorer.toml").write_text(
        f"question = '{HOSTILE}'\nclusters = ['K1']\nwhy = ['timetable:c1']\n", encoding="utf-8"
    )


def swap(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text, path
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_hostile_words_do_nothing(toy: Corpus, browser: Browser) -> None:
    poison(toy)
    hydrate(toy, TOY_COPIES, read_content(toy, read_schema()), read_schema())
    files = make_files(toy, "hydrated")
    with answering(files) as base:
        page = browser.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for name in [*(n for n in files if n.endswith(".html")), "articles/timetable.html#c1"]:
            page.goto(base + name)
            page.wait_for_selector("main > *")
            for summary in page.locator("summary").all():
                summary.click()
            for link in page.locator("main a").all():
                assert not (link.get_attribute("href") or "").startswith("javascript:")
            assert page.evaluate("window.hacked") is None
            assert page.locator("main img").count() == 0
        page.goto(base)
        assert "<script>" in page.inner_text("h1")  # it is words, and shows as words
        page.close()
    assert [url for url in asked if not url.startswith((base, "data:"))] == []


def test_it_works_from_a_folder_too(toy: Corpus, browser: Browser, tmp_path: Path) -> None:
    build_site(toy, tmp_path / "site")
    page = browser.new_page()
    page.goto((tmp_path / "site" / "index.html").as_uri())
    assert page.inner_text("h1") == "The road bridge at Heihe opened on 10 June 2022."
    page.locator("a.go").first.click()
    page.wait_for_selector(".part.selected")
    page.close()


def test_with_a_copy_browse_opens_the_very_line(browser: Browser, articles_folder: Path, tmp_path: Path) -> None:
    root = Path(__file__).parent.parent
    for name in ("raw", "annotations", "schemas"):
        shutil.copytree(root / name, tmp_path / "own" / name)
    own = Corpus(tmp_path / "own")
    hydrate(own, articles_folder, read_content(own, read_schema()), read_schema())
    gold = read_content(own, read_schema()).gold["000_98a3bc2b1f651c4d"]
    (claim,) = [c for c in gold.claims if c.id == "c22"]
    words = own.hydrated_text("000_98a3bc2b1f651c4d").read_text(encoding="utf-8")[slice(*claim.segments[0])]
    with answering(make_files(own, "hydrated")) as base:
        page = browser.new_page(viewport=DESK)
        page.goto(f"{base}articles/000_98a3bc2b1f651c4d.html#c22")
        page.wait_for_selector(".part.selected")
        shown = "".join(page.locator(".part.selected").all_text_contents())
        assert shown.split() == words.split()
        page.close()
