"use strict";
// Two passes side by side. What they agree on is accepted; each difference takes one key.
const Adjudicate = (() => {
  const { element } = Draw;
  const KEYS = { 1: "a", 2: "b", 3: "both", 0: "none" };

  const words = (data, lines, side, id) => {
    const record = [...data[side].entities, ...data[side].claims].find((r) => r.id === id);
    const spans = record.layer === "entity" ? [[record.start, record.end]] : record.segments;
    const text = spans.map(([a, b]) => { const line = lines.find((l) => l.length && l.toShown(a, b)); return line ? line.slice(...line.toShown(a, b)) : ""; }).join(" … ");
    return { record, text };
  };

  const reading = (data, lines, side, difference) => {
    const found = difference[side].map((id) => words(data, lines, side, id));
    if (!found.length) return element("p", { class: "faint" }, "nothing here");
    return element("div", {}, ...found.map(({ record, text }) => element("p", {}, difference.field
      ? element("b", {}, `${difference.field}: ${show(record[difference.field])}`) : element("b", {}, record.label ?? `${record.ctype}, ${record.cert}`), ` “${text}”`)));
  };

  const show = (value) => (value === undefined || value === "" ? "none" : typeof value === "object" ? JSON.stringify(value) : String(value));

  const start = async (root, store, doc, first, second) => {
    const { status, data } = await store.ask("GET", `/api/documents/${encodeURIComponent(doc)}/comparison?a=${encodeURIComponent(first)}&b=${encodeURIComponent(second)}`);
    if (status !== 200) return root.append(element("p", { class: "refused" }, data.error ?? `the server answered ${status}`));
    const kept = `sinorus ${doc} ${first} ${second} ${data.doc.sha256}`;
    let choices;
    try { choices = JSON.parse(sessionStorage.getItem(kept) ?? "null") ?? data.choices; } catch { choices = data.choices; }
    const view = { current: data.differences.find((d) => !choices[d.n])?.n ?? 1 };
    const list = element("section", { "aria-label": "differences", tabindex: "0" });
    const said = element("span", { class: "save", role: "status", "aria-live": "polite" });
    const done = element("button", { type: "button", "data-action": "gold", onclick: () => finish() }, "write gold");
    const [left, right] = [element("main", {}), element("main", {})];
    const lines = Draw.lines(data.lines);
    root.append(element("header", {}, element("div", {}, element("a", { href: `/#${store.token}` }, "all articles"), " ", element("b", {}, data.doc.title)), element("div", {}, said, done)),
      element("div", { class: "overview settle" }, element("p", {}, `${data.agreed} labels stand in both passes and are accepted. ${data.differences.length} differences: `, element("kbd", {}, "1"), ` ${first} `, element("kbd", {}, "2"), ` ${second} `, element("kbd", {}, "3"), " both ", element("kbd", {}, "0"), " neither ", element("kbd", {}, "↑ ↓"), " move"), list),
      element("div", { class: "two" }, element("div", {}, element("h2", {}, first), left), element("div", {}, element("h2", {}, second), right)));
    const drawn = { a: new Draw.DrawnDocument(left, Draw.lines(data.lines)), b: new Draw.DrawnDocument(right, Draw.lines(data.lines)) };

    const choose = (n, choice) => {
      const difference = data.differences.find((d) => d.n === n);
      if (!difference || (difference.field && choice === "both")) return;
      choices[n] = choice;
      sessionStorage.setItem(kept, JSON.stringify(choices));
      view.current = data.differences.find((d) => d.n > n && !choices[d.n])?.n ?? data.differences.find((d) => !choices[d.n])?.n ?? n;
      refresh();
    };

    const finish = async () => {
      const answer = await store.ask("PUT", `/api/documents/${encodeURIComponent(doc)}/gold`, { a: first, b: second, choices, gold: data.gold });
      said.textContent = answer.status === 200 ? `gold is written: ${answer.data.where}` : `NOT WRITTEN: ${answer.data.error}`;
      if (answer.status === 200) { sessionStorage.removeItem(kept); done.disabled = true; }
    };

    const item = (d) => element("div", { class: `difference ${d.n === view.current ? "current" : ""}`, "data-n": d.n, onclick: () => { view.current = d.n; refresh(); } },
      element("small", { class: "faint" }, `${d.n} of ${data.differences.length} · ${d.of}${d.field ? ` · ${d.field}` : ""}${choices[d.n] ? ` · decided: ${choices[d.n]}` : ""}`),
      element("div", { class: "two-readings" }, ...["a", "b"].map((side) => element("div", {}, reading(data, lines, side, d)))),
      ...(d.n === view.current ? Object.entries(KEYS).filter(([, c]) => !(d.field && c === "both")).map(([key, c]) => element("button", { type: "button", "aria-pressed": String(choices[d.n] === c), onclick: (e) => { e.stopPropagation(); choose(d.n, c); } }, element("kbd", {}, key), ` ${{ a: first, b: second, both: "both", none: "neither" }[c]}`)) : []));

    const refresh = () => {
      const open = data.differences.filter((d) => !choices[d.n]).length;
      said.textContent = open ? `${open} to decide` : "all decided";
      done.disabled = open > 0;
      const at = data.differences.findIndex((d) => d.n === view.current);
      list.replaceChildren(...data.differences.slice(Math.max(0, at - 2), at + 4).map(item));
      for (const side of ["a", "b"]) {
        const differing = new Map(data.differences.flatMap((d) => d[side].map((id) => [id, d.n])));
        const chosen = data.differences[at]?.[side][0] ?? "";
        const spans = Draw.spansOf(data[side], data.schema.labels, chosen).filter((s) => differing.has(s.id));
        drawn[side].update(spans);
        drawn[side].elements.get(lines.find((l) => spans.some((s) => s.selected && l.length && l.toShown(s.start, s.end)))?.id)?.scrollIntoView({ block: "nearest" });
      }
    };

    document.addEventListener("keydown", (event) => {
      if (event.target.matches("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
      const at = data.differences.findIndex((d) => d.n === view.current);
      const step = { ArrowDown: 1, ArrowUp: -1, ".": 1, ",": -1 }[event.key];
      if (KEYS[event.key]) choose(view.current, KEYS[event.key]);
      else if (step && data.differences[at + step]) { view.current = data.differences[at + step].n; refresh(); }
      else return;
      event.preventDefault();
    });
    document.title = `settle ${data.doc.title} · sinorus`;
    refresh();
    return data;
  };

  return { start };
})();
