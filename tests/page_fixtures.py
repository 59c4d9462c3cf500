"""A real server and a real browser, as an annotator has them."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from sinorus_corpus.corpus import Corpus
from sinorus_corpus.page import make_server

CHROMIUM = os.environ.get("SINORUS_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""


@contextmanager
def served(corpus: Corpus, annotator: str, path: str = "") -> Iterator[str]:
    """The address of a running server; it ends with the block."""
    server, address = make_server(corpus, annotator, path)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.close()
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium."""
    if not CHROMIUM:
        pytest.skip(
            "no Chromium: install it or name it in SINORUS_CHROMIUM; nothing of the page was tested in a browser"
        )
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


@dataclass
class Reader:
    """Somebody in front of the page, who sees, points and types."""

    page: Page

    def point(self, words: str, edge: str = "middle", within: str = "") -> tuple[float, float]:
        """Where some words, the first in `within`, stand on the screen: their middle, first or last character."""
        box: dict[str, float] = self.page.evaluate(
            """([words, edge, within]) => {
              const { state, drawn } = window.sinorus;
              for (const line of state.lines) {
                const from = line.text.indexOf(within);
                if (from < 0 || !line.length) continue;
                const at = line.text.indexOf(words, from);
                const i = Units.length(line.text.slice(0, at)), j = i + Units.length(words);
                drawn.elements.get(line.id).closest('details')?.setAttribute('open', '');
                const range = { middle: [i, j], first: [i, i + 1], last: [j - 1, j] }[edge];
                drawn.elements.get(line.id).scrollIntoView({ block: 'center' });
                const box = drawn.range(line, ...range).getClientRects()[0];
                return { x: box.x, y: box.y, width: box.width, height: box.height };
              }
              throw new Error('not on the page: ' + words);
            }""",
            [words, edge, within or words],
        )
        across = {"middle": 0.5, "first": 0.1, "last": 0.9}[edge]
        return box["x"] + box["width"] * across, box["y"] + box["height"] / 2

    def drag(self, words: str, within: str = "", modifier: str = "") -> None:
        """Drags from the first character of some words, the first in `within`, to their last."""
        self.point(words, "first", within)  # scrolls there
        start, end = self.point(words, "first", within), self.point(words, "last", within)
        self.page.mouse.move(*start)
        self.page.mouse.down()
        if modifier:
            self.page.keyboard.down(modifier)
        self.page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        self.page.mouse.move(*end)
        self.page.mouse.up()
        if modifier:
            self.page.keyboard.up(modifier)

    def click(self, words: str, within: str = "") -> None:
        """Clicks into the middle of some words."""
        self.point(words, within=within)  # scrolls there
        self.page.mouse.click(*self.point(words, within=within))

    def press(self, *keys: str) -> None:
        """Types keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def saved(self) -> None:
        """Waits until the page says that all is saved."""
        self.page.wait_for_selector(".save.saved", timeout=10_000)
        self.page.wait_for_function("() => !window.sinorus.saver.dirty && !window.sinorus.saver.running")

    def said(self) -> str:
        """What the page says of the selection."""
        return self.page.inner_text("#selection-said")


def records(path: Path) -> list[dict[str, Any]]:
    """The labels in an annotation file, without its header."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[1:]]


def second_pass(toy: Corpus, annotator: str = "second", *changes: tuple[str, str]) -> Path:
    """A second finished pass over the bridge article: the first one with the Amur as a facility, and other changes."""
    text = toy.annotator_pass("lm-toy", "border-bridge").read_text(encoding="utf-8")
    amur = ('"quote":"Amur","label":"LOC"', '"quote":"Amur","label":"FAC"')
    for old, new in (('"annotator":"lm-toy"', f'"annotator":"{annotator}"'), amur, *changes):
        text = text.replace(old, new)
    path = toy.annotator_pass(annotator, "border-bridge")
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path
