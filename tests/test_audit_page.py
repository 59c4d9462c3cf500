"""The audit on the page, in a real browser: paragraphs from empty first, then one label after the other, blind."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from sinorus_corpus.auditing.sampling import Sizes
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.page import make_server
from sinorus_corpus.page.auditing import AuditStore
from sinorus_corpus.records import SinorusError
from sinorus_corpus.validate import validate
from tests.page_fixtures import Reader

SIZES = Sizes(3, 2, 1)
DOC = "border-bridge"


@contextmanager
def served(corpus: Corpus) -> Iterator[str]:
    store = AuditStore(corpus, "aud", "human", SIZES, 1994)
    server, address = make_server(corpus, "aud", audit=store)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.close()
        thread.join(timeout=10)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_audit_from_the_first_paragraph_to_the_hand_in(toy: Corpus, browser: Browser) -> None:
    with served(toy) as address:
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.click("main a")
        page.wait_for_function("() => window.sinorus?.state")
        assert page.evaluate("() => window.sinorus.state.all.length") == 0
        reader = Reader(page)
        reader.click("The bridge has two lanes")
        assert "asks for another line" in reader.said()
        reader.drag("Amur")
        page.click('[data-label="LOC"]')
        reader.saved()
        page.click('[data-action="hand-in"]')
        page.wait_for_function("() => window.sinorus.saver.status === 'pass'")
        page.goto(address)
        page.reload()
        page.wait_for_function("() => window.sinorus?.items")
        total = page.evaluate("() => window.sinorus.items.length")
        assert page.evaluate("() => document.querySelectorAll('.part.selected').length") >= 1
        assert page.is_disabled('[data-action="finish"]')
        page.keyboard.press("2")
        page.wait_for_selector('[data-aspect="span"] [aria-pressed="true"]')
        page.fill("textarea", "too short")
        page.keyboard.press("Tab")
        page.evaluate("() => document.activeElement.blur()")
        for n in range(1, total + 1):
            page.keyboard.press("Enter")
            page.wait_for_function("(n) => window.sinorus.answered.size === n", arg=n)
            page.wait_for_function(
                "() => window.sinorus.next || window.sinorus.answered.size === window.sinorus.items.length"
            )
        page.click('[data-action="finish"]')
        page.wait_for_function("() => document.querySelector('.save').textContent.startsWith('handed in')")
        page.close()
        assert errors == []
    header, paragraph, first, *_ = lines(toy.audit("aud"))
    assert (header["kind"], header["status"], paragraph["done"]) == ("human", "pass", True)
    assert (first["note"], first["verdicts"][0]) == ("too short", {"of": "span", "verdict": "wrong"})
    (label,) = lines(toy.audit_reading("aud", DOC))[1:]
    assert (label["quote"], label["label"]) == ("Amur", "LOC")
    assert [i.code for i in validate(toy, [toy.audits]).issues] == []
    with pytest.raises(SinorusError, match="kept as made"):
        AuditStore(toy, "aud", "human", SIZES, 1994)


def test_labels_come_after_the_paragraphs_and_nothing_else_is_shown(toy: Corpus) -> None:
    store = AuditStore(toy, "aud", "human", SIZES, 1994)
    with pytest.raises(SinorusError, match="paragraphs first"):
        store.item("E1")
    for refused in (
        lambda: store.suggestions(DOC),
        lambda: store.comparison(DOC, "a", "b"),
        lambda: store.load("timetable"),
    ):
        with pytest.raises(SinorusError):
            refused()
    saved = store.save(DOC, {"etag": "", "status": "pass", "entities": [], "claims": []})
    with pytest.raises(SinorusError, match="kept as made"):
        store.save(DOC, {"etag": saved["etag"], "status": "draft", "entities": [], "claims": []})
    told = store.item("C1")
    assert {"gloss", "quotes", "note", "control"}.isdisjoint(told["shown"])
    assert "control" not in json.dumps({k: v for k, v in told.items() if k != "schema"})
    with pytest.raises(SinorusError, match="missing"):
        store.finish()


def test_an_audit_goes_on_where_it_was_left(toy: Corpus) -> None:
    store = AuditStore(toy, "aud", "human", SIZES, 1994)
    store.save(DOC, {"etag": "", "status": "pass", "entities": [], "claims": []})
    store.answer("E1", {"verdicts": {"span": "right", "type": "unsure"}, "note": "two readings"})
    again = AuditStore(toy, "aud", "human", Sizes(9, 9, 9), 7)
    assert again.sample == store.sample
    assert (again.item("E1")["verdicts"], again.item("E1")["note"]) == (
        {"span": "right", "type": "unsure"},
        "two readings",
    )
    gold = toy.gold(DOC)
    gold.write_text(gold.read_text().replace('"label":"LOC"', '"label":"FAC"'))
    with pytest.raises(SinorusError, match="gold has changed"):
        AuditStore(toy, "aud", "human", SIZES, 1994)
