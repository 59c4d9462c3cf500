"""How long the page takes to draw a long article again: `python -m benchmarks.page`, in headless Chromium.

20,000 characters with 500 mentions. Prints the medians of 50 runs, script and layout together, against a frame of 16.7 ms and
against setting the same text plain, without any mark.
"""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from sinorus_corpus.view import SCRIPTS, STYLES
from tests.page_fixtures import CHROMIUM

_RUN = """() => {
  const words = 'The river port of Lin counts its ships again and again. ';
  const lines = Array.from({ length: 40 }, (_, n) => new Units.Line({ id: 'r' + n, label: 'body', kept: true, dup_of: null,
    pieces: [[n * 600, n * 600 + 504, words.repeat(9)]] }));
  const root = document.body.appendChild(document.createElement('div'));
  const made = new Draw.DrawnDocument(root, lines);
  const spans = lines.flatMap((line, n) => Array.from({ length: 13 }, (_, k) => ({ id: `e${n}-${k}`, kind: 'entity',
    start: n * 600 + k * 30, end: n * 600 + k * 30 + 20, label: 'GPE', tag: 'GPE', color: k, selected: false, title: '' })));
  const median = (run) => {
    const times = Array.from({ length: 50 }, (_, n) => {
      const t = performance.now();
      run(n);
      root.getBoundingClientRect();
      return performance.now() - t;
    });
    return times.sort((a, b) => a - b)[25];
  };
  made.update(spans);
  const one = median((n) => made.update(spans.map((s, k) => (k === n ? { ...s, selected: true } : s))));
  const all = median((n) => made.update(spans.map((s, k) => ({ ...s, color: (k + n) % 18 }))));
  const plain = median(() => { for (const line of lines) made.elements.get(line.id).replaceChildren(line.text); });
  return { characters: lines.reduce((sum, l) => sum + l.length, 0), spans: spans.length, one, all, plain };
}"""


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        for path in STYLES:
            page.add_style_tag(path=path)
        for path in SCRIPTS:
            page.add_script_tag(path=path)
        found = page.evaluate(_RUN)
        browser.close()
    print(f"{found['characters']} characters, {found['spans']} spans; a frame is 16.7 ms")
    for name, what in (
        ("one", "one label changes"),
        ("all", "every label changes"),
        ("plain", "the text alone, no marks"),
    ):
        print(f"{what:>26}: {found[name]:6.1f} ms, {found[name] / 16.7:4.2f} of a frame")


if __name__ == "__main__":
    main()
