"""The annotation page in a real browser, with clicks and keys as a person gives them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from sinorus_corpus.corpus import Corpus
from sinorus_corpus.labelling import make_gold
from sinorus_corpus.validate import validate
from tests.page_fixtures import Reader, records, second_pass, served

DOC = "border-bridge"


@pytest.fixture
def reader(toy: Corpus, browser: Browser) -> Iterator[Reader]:
    """An annotator who has opened the bridge article."""
    with served(toy, "ann", f"documents/{DOC}") as address:
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        page.wait_for_function("() => window.sinorus")
        yield Reader(page)
        page.close()
        assert errors == []


def test_by_mouse(toy: Corpus, reader: Reader) -> None:
    reader.drag("🌉")  # two units for the browser, one code point
    assert "“🌉”" in reader.said()
    reader.drag("road bridge between")
    assert "“road bridge between”" in reader.said()
    reader.drag("10 June 2022")
    reader.page.click('[data-label="DATE"]')
    reader.drag("hin")  # inside a word: grows to the word
    assert "“China”" in reader.said()
    reader.press("g")
    reader.drag("黑")  # a script without spaces: one character stays one
    reader.press("Enter")
    reader.saved()
    made = records(toy.annotator_pass("ann", DOC))
    assert [(r["quote"], r["label"], r.get("entity", "")) for r in made] == [
        ("黑", "GPE", ""),
        ("China", "GPE", "SR0001"),
        ("10 June 2022", "DATE", ""),
    ]
    report = validate(toy, [toy.annotator_pass("ann", DOC)])
    assert [i.code for i in report.issues] == []


def test_snapping_can_be_switched_off(reader: Reader) -> None:
    reader.press("z")
    reader.drag("lagov", "Blagoveshchensk (Б")
    assert "“lagov”" in reader.said()
    reader.press("z")
    reader.drag("lagov", "Blagoveshchensk (Б")
    assert "“Blagoveshchensk”" in reader.said()
    reader.drag("lagov", "Blagoveshchensk (Б", modifier="Alt")
    assert "“lagov”" in reader.said()


def test_what_would_be_chosen_shows_before_release(reader: Reader) -> None:
    x, y = reader.point("Amur")
    reader.page.mouse.move(*reader.point("Amur", "first"))
    reader.page.mouse.down()
    reader.page.mouse.move(x, y)
    shown = reader.page.evaluate("() => [...CSS.highlights.get('pending')].map(String)")
    assert shown == ["Amur"]
    reader.page.mouse.up()


def test_by_keyboard_alone(toy: Corpus, reader: Reader) -> None:
    reader.page.locator("main").focus()
    reader.press("ArrowDown", "ArrowRight", "Shift+ArrowRight", "Shift+ArrowRight")
    assert "“( 黑 河”".replace(" ", "") in reader.said().replace(" ", "")
    reader.press("ArrowLeft", "g", "]", "[", "Escape", "ArrowDown", "k", "u")
    reader.saved()
    entity, claim = records(toy.annotator_pass("ann", DOC))
    assert (entity["quote"], entity["label"]) == ("Heihe", "GPE")
    assert (claim["quotes"], claim["unsure"]) == (["The"], True)


def test_resize_undo_redo_and_delete(toy: Corpus, reader: Reader) -> None:
    reader.drag("road bridge")
    reader.press("f", "]", "}", "Control+z", "Control+z", "Control+Shift+z", "u")
    reader.saved()
    (made,) = records(toy.annotator_pass("ann", DOC))
    assert (made["quote"], made["unsure"]) == ("road bridge joins", True)
    reader.press("Delete")
    reader.page.wait_for_selector(".save.unsaved")
    reader.saved()
    assert records(toy.annotator_pass("ann", DOC)) == []


def test_apply_to_all_same_strings_asks_first(toy: Corpus, reader: Reader) -> None:
    reader.drag("Heihe", "Heihe and")
    reader.press("g", "v")
    assert "1 other place" in reader.page.inner_text("dialog")
    reader.press("Enter")
    reader.saved()
    assert [r["quote"] for r in records(toy.annotator_pass("ann", DOC))] == ["Heihe", "Heihe"]


def test_a_line_that_is_left_out_takes_no_label_and_says_why(toy: Corpus, reader: Reader) -> None:
    reader.click("Toy section")
    assert "not part of the published text" in reader.said()
    reader.press("g")
    assert not toy.annotator_pass("ann", DOC).exists()


def test_a_claim_with_segments_chain_quantities_and_one_question(toy: Corpus, reader: Reader) -> None:
    page = reader.page
    reader.drag("The bridge has two lanes")
    reader.press("k")
    reader.drag("and a toll")
    reader.press("+")
    reader.drag("the timetable")
    page.click('[data-action="source-1"]')
    reader.drag("says")
    page.click('[data-action="cue-1"]')
    page.fill('[name="who-0"]', "Amu")
    page.click(".found button")
    page.click('[data-action="add-quantities"]')
    page.fill('[name="quantities-0-variable"]', "lanes of the bridge")
    page.fill('[name="quantities-0-value"]', "2")
    page.click('[name="topic=infrastructure"]')
    assert "Yes:" in page.inner_text(".guideline")
    page.locator("main").focus()
    reader.press("j", "1")
    reader.saved()
    (made,) = records(toy.annotator_pass("ann", DOC))
    assert made["quotes"] == ["The bridge has two lanes", "and a toll"]
    assert made["attribution"][0]["quotes"] == ["the timetable", "says"]
    assert made["attribution"][0]["who"] == ["SR0203"]
    assert made["quantities"] == [{"variable": "lanes of the bridge", "value": 2}]
    assert (made["ctype"], made["topic"]) == ("quant", "infrastructure")


def test_findings_of_the_validator_stand_in_the_page(reader: Reader) -> None:
    reader.press("z")
    reader.drag("lagov", "Blagoveshchensk (Б")
    reader.press("g")
    reader.page.wait_for_selector(".findings li")
    assert "inside-word" in reader.page.inner_text(".findings")


def test_the_smallest_span_under_the_pointer_is_picked_then_the_next_larger(reader: Reader) -> None:
    reader.drag("Blagoveshchensk (Благовещенск) in Russia")
    reader.press("e")
    reader.drag("Russia", "Russia face")
    reader.press("g", "Escape")
    reader.click("Russia", "Russia face")
    assert reader.said() == "GPE e2"
    reader.click("Russia", "Russia face")
    assert reader.said() == "EVENT e1"


def test_suggestions_are_to_be_corrected_and_the_reading_says_so(toy: Corpus, reader: Reader) -> None:
    reader.drag("Amur")
    reader.press("f")
    reader.page.click("text=suggest")
    reader.page.click("text=add suggestions")
    reader.page.wait_for_function("() => window.sinorus.state.records.entities.length > 3")
    reader.saved()
    path = toy.annotator_pass("ann", DOC)
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[0])["base"] == "suggest"
    labels = [(r["quote"], r["label"]) for r in records(path)]
    assert ("Amur", "FAC") in labels
    assert ("10 June 2022", "DATE") in labels
    assert ("Amur", "LOC") not in labels


def test_two_readings_side_by_side(toy: Corpus, browser: Browser, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from sinorus_corpus.cli import main

    text = toy.annotator_pass("lm-toy", DOC).read_text(encoding="utf-8")
    path = toy.annotator_pass("second", DOC)
    path.parent.mkdir()
    changed = text.replace('"annotator":"lm-toy"', '"annotator":"second"').replace('"label":"LOC"', '"label":"FAC"')
    path.write_text(changed, encoding="utf-8")
    out = tmp_path / "readings.html"
    run = CliRunner().invoke(main, ["--corpus", str(toy.root), "agree", "lm-toy", "second", "--html", str(out)])
    assert run.exit_code == 0, run.output
    page = browser.new_page()
    page.goto(out.as_uri())
    assert "1 difference" in page.inner_text("main")
    page.click("summary")
    page.click("text=entity, label: LOC | FAC")
    assert "entity, label: LOC | FAC “Amur”" in page.inner_text("main")
    assert page.locator(".part.selected").count() == 2


def test_a_stale_save_keeps_both(toy: Corpus, reader: Reader) -> None:
    reader.drag("Amur")
    reader.press("l")
    reader.saved()
    path = toy.annotator_pass("ann", DOC)
    theirs = path.read_bytes().replace(b'"label":"LOC"', b'"label":"FAC"')
    path.write_bytes(theirs)
    reader.press("u")
    reader.page.wait_for_selector(".save.conflict")
    assert path.read_bytes() == theirs
    (kept,) = (toy.root / "build" / "unsaved" / "ann").iterdir()
    assert '"unsure":true' in kept.read_text(encoding="utf-8")


def test_handed_in_is_kept_as_made(toy: Corpus, reader: Reader) -> None:
    reader.drag("Amur")
    reader.press("l")
    reader.saved()
    reader.page.click('[data-action="hand-in"]')
    reader.page.wait_for_function("() => window.sinorus.state.locked")
    reader.press("Delete")  # while it is being handed in
    reader.page.wait_for_selector("text=take back")
    reader.press("Delete")
    assert "handed in" in reader.said()
    header = json.loads(toy.annotator_pass("ann", DOC).read_text(encoding="utf-8").splitlines()[0])
    assert header["status"] == "pass"
    assert [r["quote"] for r in records(toy.annotator_pass("ann", DOC))] == ["Amur"]
    assert reader.page.locator("text=undo").is_disabled()
    reader.page.click("text=take back")
    reader.page.wait_for_function("() => !window.sinorus.state.locked")


def test_markup_in_text_and_labels_is_inert(toy: Corpus, browser: Browser, tmp_path: Path) -> None:
    out = _page_file(
        toy, tmp_path, "<img src=x onerror=\"document.title='run'\"></script><script>document.title='run'</script>"
    )
    page = browser.new_page()
    page.goto(out.as_uri())
    page.wait_for_function("() => window.sinorus")
    assert "run" not in page.title()
    assert "<script>" in page.inner_text("main")


def _page_file(toy: Corpus, tmp_path: Path, sentence: str) -> Path:
    from sinorus_corpus.intake import Facts, add
    from sinorus_corpus.labelling import fmt, propose
    from sinorus_corpus.page.handing import write_page

    source = tmp_path / "page.txt"
    source.write_text(
        f"A ferry comes back to the river\n\nThe ferry {sentence} runs again, the town says, and fares are low.\n"
    )
    facts = Facts("Ferry </title>", "toy", None, "CC-BY-4.0", genre="news", origin="written", doc_id="ferry")
    add(toy, source, facts)
    proposed = propose(toy, "ferry")[0]
    lines = [json.loads(line) for line in proposed.splitlines()]
    for line in lines[1:]:
        line["label"], line["dup_of"] = "body", None
        if not line["dup_of"]:
            del line["dup_of"]
    toy.regions("ferry").write_text(
        "".join(json.dumps(x, ensure_ascii=False, separators=(",", ":")) + "\n" for x in lines)
    )
    assert fmt(toy, [toy.regions("ferry")])[1] == []
    out = tmp_path / "ferry.html"
    write_page(toy, "ferry", out)
    return out


def test_without_a_clone(toy: Corpus, browser: Browser, tmp_path: Path) -> None:
    from click.testing import CliRunner

    from sinorus_corpus.cli import main

    out = tmp_path / "one.html"
    run = CliRunner().invoke(main, ["--corpus", str(toy.root), "annotate", "--file", DOC, "--out", str(out)])
    assert run.exit_code == 0, run.output
    page = browser.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(out.as_uri())
    page.wait_for_function("() => window.sinorus")
    reader = Reader(page)
    reader.drag("Amur")
    reader.press("l")
    reader.saved()
    page.reload()
    page.wait_for_function("() => window.sinorus")
    with page.expect_download() as download:
        page.click('[data-action="hand-in"]')
    handed = tmp_path / "handed.json"
    download.value.save_as(handed)
    assert [url for url in requests if not url.startswith(("file:", "blob:"))] == []
    taken = CliRunner().invoke(main, ["--corpus", str(toy.root), "receive", str(handed), "--annotator", "far-away"])
    assert taken.exit_code == 0, taken.output
    assert [r["quote"] for r in records(toy.annotator_pass("far-away", DOC))] == ["Amur"]
    again = CliRunner().invoke(main, ["--corpus", str(toy.root), "receive", str(handed), "--annotator", "far-away"])
    assert again.exit_code == 1
    assert "kept as made" in again.output


def test_settling_two_passes(toy: Corpus, browser: Browser) -> None:
    first = toy.annotator_pass("lm-toy", DOC).read_text(encoding="utf-8")
    second = toy.annotator_pass("second", DOC)
    second.parent.mkdir()
    changed = first.replace('"annotator":"lm-toy"', '"annotator":"second"')
    changed = changed.replace('"quote":"Amur","label":"LOC"', '"quote":"Amur","label":"FAC"').replace(
        '"ctype":"event"', '"ctype":"state"'
    )
    second.write_text("".join(line for line in changed.splitlines(keepends=True) if '"黑河"' not in line))
    assert not validate(toy).errors
    with served(toy, "judge") as address:
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        page.goto(address)
        page.click("text=settle")
        page.wait_for_selector(".difference")
        assert "3 to decide" in page.inner_text("header")
        for key in ("1", "1", "2"):
            page.keyboard.press(key)
        page.click('[data-action="gold"]')
        page.wait_for_selector("text=gold is written")
        page.reload()  # now everybody who read it can see where they differed and what was decided
        page.wait_for_selector("text=decided: second")
        page.close()
    gold = toy.gold(DOC).read_text(encoding="utf-8")
    assert json.loads(gold.splitlines()[0])["passes"] == ["lm-toy", "second"]
    assert '"黑河"' in gold
    decided = records(toy.decisions(DOC))
    assert [(d["of"], d.get("field", ""), d["choice"]) for d in decided] == [
        ("entity", "", "a"),
        ("entity", "", "a"),
        ("claim", "ctype", "b"),
    ]
    assert not validate(toy).errors


def test_a_long_article_repaints_within_a_frame(reader: Reader) -> None:
    """20,000 characters with 500 spans: what a change costs is the line that it touches, and all lines together are quick.

    No time is asserted, since machines differ; the number of lines drawn again is.
    """
    drawn = reader.page.evaluate(
        """() => {
          const words = 'The river port of Lin counts its ships again and again. ';
          const lines = Array.from({ length: 40 }, (_, n) => new Units.Line({ id: 'r' + n, label: 'body',
            kept: true, dup_of: null, pieces: [[n * 600, n * 600 + 504, words.repeat(9)]] }));
          const root = document.createElement('div');
          document.body.append(root);
          const made = new Draw.DrawnDocument(root, lines);
          const spans = lines.flatMap((line, n) => Array.from({ length: 13 }, (_, k) => ({ id: `e${n}-${k}`,
            kind: 'entity', start: n * 600 + k * 30, end: n * 600 + k * 30 + 20, label: 'GPE', tag: 'GPE', color: 1,
            selected: false, title: '' })));
          made.update(spans);
          let changed = 0;
          const watch = new MutationObserver((records) => { changed = new Set(records.map((r) => r.target)).size; });
          watch.observe(root, { childList: true, subtree: true });
          made.update(spans.map((s, n) => (n === 77 ? { ...s, selected: true } : s)));
          return new Promise((done) => setTimeout(() => { root.remove(); done([changed, spans.length]); }, 50));
        }"""
    )
    assert drawn == [1, 520]


def test_gold_of_a_draft_is_refused(toy: Corpus, reader: Reader) -> None:
    from sinorus_corpus.records import SinorusError

    reader.drag("Amur")
    reader.press("l")
    reader.saved()
    with pytest.raises(SinorusError, match="found a draft"):
        make_gold(toy, DOC, "ann")


def test_at_200_per_cent_nothing_lies_beside_the_page(toy: Corpus, browser: Browser) -> None:
    with served(toy, "ann", f"documents/{DOC}") as address:
        page = browser.new_page(viewport={"width": 640, "height": 480})  # a screen of 1280 points at 200 %
        page.goto(address)
        page.wait_for_function("() => window.sinorus")
        page.evaluate("() => window.sinorus.state.choose('')")
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        page.close()


def test_focus_goes_through_the_page_in_reading_order(reader: Reader) -> None:
    page = reader.page
    page.evaluate("() => document.activeElement.blur()")
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate("() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText")
        )
    assert seen[0] == "all articles"
    assert seen.index("hand in") < seen.index("article text")
    names = page.evaluate(
        "() => [...document.querySelectorAll('section, main, dialog, [role=radiogroup]')]"
        ".filter((e) => e.tagName !== 'DIALOG' && !e.getAttribute('aria-label')).map((e) => e.outerHTML)"
    )
    assert names == []


def test_a_note_is_kept_after_a_pause_as_one_step(toy: Corpus, reader: Reader) -> None:
    reader.drag("Amur")
    reader.press("l")
    reader.saved()
    reader.press("Alt+n")
    reader.page.keyboard.type("a river")
    assert reader.page.inner_text(".save") == "not saved yet"
    reader.page.wait_for_function("() => window.sinorus.state.record.note === 'a river'")
    reader.page.keyboard.type(" and a border")
    reader.press("Escape")
    reader.saved()
    assert records(toy.annotator_pass("ann", DOC))[0]["note"] == "a river and a border"
    reader.press("Control+z")
    assert reader.page.evaluate("() => window.sinorus.state.records.entities.map((e) => e.note ?? '')") == [""]


def test_a_number_that_cannot_be_read_stays_and_is_told(reader: Reader) -> None:
    reader.drag("The bridge has two lanes")
    reader.press("k")
    reader.page.click('[data-action="add-quantities"]')
    assert reader.page.evaluate("() => document.activeElement.dataset.focus") == "add-quantities"
    reader.page.fill('[name="quantities-0-value"]', "245,1")
    reader.press("Tab")
    reader.page.click('[name="topic=infrastructure"]')
    assert reader.page.input_value('[name="quantities-0-value"]') == "245,1"
    assert reader.page.get_attribute('[name="quantities-0-value"]', "aria-invalid") == "true"
    assert "expected a number such as 245.1" in reader.page.inner_text(".inspector")
    reader.page.fill('[name="quantities-0-value"]', "245.1")
    reader.press("Escape")
    reader.saved()
    assert reader.page.evaluate("() => window.sinorus.state.record.quantities[0].value") == 245.1


def test_another_type_drops_a_registry_link_and_says_so(reader: Reader) -> None:
    reader.drag("China")
    reader.press("g")
    reader.page.click('[data-label="ORG"]')
    assert "The link to China is dropped" in reader.said()
    assert reader.page.evaluate("() => [window.sinorus.state.record.entity, document.activeElement.dataset.focus]") == [
        "",
        "ORG",
    ]
    reader.press("Control+z", "b")
    reader.page.click('[data-label="ORG"]')
    assert reader.page.evaluate("() => window.sinorus.state.record.entity") == "SR0001"


def test_shift_and_arrows_resize_and_links_come_from_the_keyboard(reader: Reader) -> None:
    reader.drag("road bridge")
    reader.press("f", "Shift+ArrowRight", "Shift+Alt+ArrowRight")
    record = "() => { const s = window.sinorus.state, r = s.record; return s.textOf(r.start, r.end); }"
    assert reader.page.evaluate(record) == "bridge joins"
    reader.drag("The bridge has two lanes")
    reader.press("k")
    reader.drag("the timetable")
    reader.press("Alt+s")
    reader.drag("says")
    reader.press("Alt+c")
    chain = "() => window.sinorus.state.record.attribution.map((l) => [Boolean(l.source), Boolean(l.cue)])"
    assert reader.page.evaluate(chain) == [[True, True]]
    reader.page.click('[data-action="clear-cue-1"]')
    assert reader.page.evaluate(chain) == [[True, False]]


def test_after_the_last_claim_nothing_is_overwritten(reader: Reader) -> None:
    reader.drag("The bridge has two lanes")
    reader.press("k", "j", "1", "2")
    assert "all 1 answered" in reader.page.inner_text(".questions")
    ctype = "() => window.sinorus.state.record.ctype"
    assert reader.page.evaluate(ctype) == reader.page.evaluate(
        "() => window.sinorus.state.schema.labels.claim_type[0].name"
    )
    reader.press(",", "2")
    assert reader.page.evaluate(ctype) == reader.page.evaluate(
        "() => window.sinorus.state.schema.labels.claim_type[1].name"
    )


def test_the_chosen_label_is_scrolled_to(toy: Corpus, browser: Browser) -> None:
    with served(toy, "lm-toy", f"documents/{DOC}?label=e9") as address:
        page = browser.new_page(viewport={"width": 640, "height": 300})
        page.goto(address)
        page.wait_for_selector(".part.selected")
        box = page.locator(".part.selected").first.bounding_box()
        assert box is not None
        assert 0 < box["y"] < 300
        page.close()


def test_the_page_without_a_server_says_what_it_checks(toy: Corpus, browser: Browser, tmp_path: Path) -> None:
    from sinorus_corpus.page.handing import write_page

    write_page(toy, DOC, tmp_path / "one.html")
    page = browser.new_page()
    page.goto((tmp_path / "one.html").as_uri())
    page.wait_for_function("() => window.sinorus")
    assert "checked when it is received" in page.inner_text(".findings")
    reader = Reader(page)
    reader.drag("road bridge")
    reader.press("f")
    reader.drag("bridge joins")
    reader.press("f")
    page.wait_for_selector(".findings li")
    assert "crossing" in page.inner_text(".findings")
    page.click('[data-action="hand-in"]')
    assert "1 error is found" in page.inner_text("dialog")
    page.close()


def test_settling_shows_words_and_closes_with_gold(toy: Corpus, browser: Browser) -> None:
    second_pass(toy)
    with served(toy, "judge", f"adjudicate/{DOC}?a=lm-toy&b=second") as address:
        page = browser.new_page(viewport={"width": 1300, "height": 500})
        page.goto(address)
        page.wait_for_selector(".difference.current")
        names = page.evaluate("() => [...document.querySelectorAll('main')].map((m) => m.getAttribute('aria-label'))")
        assert names == ["reading of lm-toy", "reading of second"]
        page.click('[data-focus="choice-a"]')
        assert page.evaluate("() => document.activeElement.dataset.focus") == "choice-a"
        assert page.inner_text('[aria-current="true"]').endswith("decided: lm-toy")
        page.click('[data-action="gold"]')
        page.wait_for_selector("text=gold is written")
        page.keyboard.press("2")
        assert page.inner_text('[aria-current="true"]').endswith("decided: lm-toy")
        page.close()
