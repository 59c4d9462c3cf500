"""Makes the pictures of the documents and the dataset card from the real pages in headless Chromium: `make pictures`."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from sinorus_corpus.corpus import Corpus
from sinorus_corpus.site import build_site
from tests.page_fixtures import CHROMIUM, served

ROOT = Path(__file__).parent.parent
IMAGES = Path(__file__).parent / "images"
DOC, CLAIM = "trade-record-2024", "c13"


def main() -> None:
    """Opens the corpus as a reader, as an annotator and as the one who settles two readings, and takes a picture of each."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        corpus = _copy(Path(folder) / "corpus")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        _question(Path(folder) / "site", browser)
        _annotate(corpus, browser)
        _adjudicate(corpus, browser)
        browser.close()


def _copy(root: Path) -> Corpus:
    for name in ("raw", "annotations", "schemas"):
        shutil.copytree(ROOT / name, root / name)
    corpus = Corpus(root)
    corpus.gold(DOC).unlink()  # not settled yet
    corpus.decisions(DOC).unlink()
    pass_file = next(path for path in sorted((root / "annotations" / "passes").glob(f"*/{DOC}.jsonl")))
    lines = [json.loads(line) for line in pass_file.read_text(encoding="utf-8").splitlines()]
    _write(corpus, "reader", [lines[0] | {"status": "draft"}, *lines[1:]])
    drawn = random.Random(1)  # noqa: S311 - the same picture each time, no secret
    other = [line for line in lines[1:] if drawn.random() > 0.05]
    _write(corpus, "first", lines)
    _write(corpus, "second", [lines[0], *other])
    return corpus


def _write(corpus: Corpus, annotator: str, lines: list[dict[str, object]]) -> None:
    path = corpus.annotator_pass(annotator, DOC)
    path.parent.mkdir(parents=True)
    lines[0] = lines[0] | {"annotator": annotator}
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def _question(site: Path, browser: Browser) -> None:
    """The first screen of the explorer, down to the last of the rival figures."""
    build_site(Corpus(ROOT), site)
    page = browser.new_page(viewport={"width": 1280, "height": 1400}, color_scheme="light")
    page.goto((site / "index.html").as_uri())
    end = page.locator(".hero .columns-of").first.bounding_box()
    assert end, "the first screen has no figures"  # noqa: S101 - there is no picture without them
    clip = {"x": 0, "y": 0, "width": 1280, "height": end["y"] + end["height"] + 24}
    page.screenshot(path=IMAGES / "trade-2024.png", clip=clip)  # type: ignore[arg-type]  # a FloatRect


def _annotate(corpus: Corpus, browser: Browser) -> None:
    with served(corpus, "reader", f"documents/{DOC}") as address:
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(address)
        page.wait_for_selector(".findings h3")
        page.evaluate(f"() => window.sinorus.state.choose({CLAIM!r})")
        page.screenshot(path=IMAGES / "annotate.png")


def _adjudicate(corpus: Corpus, browser: Browser) -> None:
    with served(corpus, "judge") as address:
        base, token = address.split("#")
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(f"{base}adjudicate/{DOC}?a=first&b=second#{token}")
        page.wait_for_selector(".difference")
        page.keyboard.press("1")
        page.screenshot(path=IMAGES / "adjudicate.png")


if __name__ == "__main__":
    main()
