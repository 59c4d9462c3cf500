"use strict";
// Two passes side by side. What they agree on is accepted; each difference takes one key.
const Adjudicate = (() => {
  const { element } = Draw;
  const KEYS = { 1: "a", 2: "b", 3: "both", 0: "none" };

  /** Shows values of records as people read them: words instead of offsets, names instead of ids. */
  class Shown {
    constructor(data, lines) { Object.assign(this, { data, lines }); }

    words([start, end]) {
      const line = this.lines.find((l) => l.length && l.toShown(start, end));
      return line ? line.slice(...line.toShown(start, end)) : "";
    }

    record(side, id) { return [...this.data[side].entities, ...this.data[side].claims].find((r) => r.id === id); }
    text(record) { return (record.layer === "entity" ? [[record.start, record.end]] : record.segments).map((span) => this.words(span)).join(" … "); }
    name(id) { return this.data.registry.find((k) => k.entity_id === id)?.name ?? id; }

    link({ source, cue, who = [] }) {
      const named = who.length ? ` (${who.map((id) => this.name(id)).join(", ")})` : "";
      return `source ${source ? `“${this.words(source)}”` : "none"}${named}, cue ${cue ? `“${this.words(cue)}”` : "none"}`;
    }

    value(field, value) {
      if (value === undefined || value === "" || value?.length === 0) return "none";
      if (field === "attribution") return value.map((link) => this.link(link)).join("; ");
      if (field === "entity") return `${this.name(value)} ${value}`;
      if (Array.isArray(value)) return value.map((row) => Object.entries(row).map(([key, v]) => `${key} ${v}`).join(", ")).join("; ");
      return String(value);
    }

    reading(side, difference) {
      const found = difference[side].map((id) => this.record(side, id));
      if (!found.length) return element("p", { class: "faint" }, "nothing here");
      const told = (r) => (difference.field ? `${difference.field}: ${this.value(difference.field, r[difference.field])}` : r.label ?? `${r.ctype}, ${r.cert}`);
      return element("div", {}, ...found.map((r) => element("p", {}, element("b", {}, told(r)), ` “${this.text(r)}”`)));
    }

    start(difference) {
      const places = ["a", "b"].flatMap((side) => difference[side].map((id) => this.record(side, id))).map((r) => r.start ?? r.segments[0][0]);
      return Math.min(...places);
    }
  }

  const kept = (key, fallback) => {
    try { return JSON.parse(sessionStorage.getItem(key) ?? "null") ?? fallback; } catch { return fallback; }
  };

  class Settling {
    constructor(root, store, doc, [first, second], data) {
      Object.assign(this, { store, doc, data, names: { a: first, b: second } });
      this.key = `sinorus ${doc} ${first} ${second} ${data.passes} ${data.gold}`;
      this.choices = kept(this.key, data.choices);
      this.closed = !data.may_settle;
      this.shown = new Shown(data, Draw.lines(data.lines));
      this.current = (this.open[0] ?? data.differences[0])?.n ?? 0;
      this.#frame(root);
      document.addEventListener("keydown", (event) => this.#onKey(event));
      this.refresh();
    }

    get open() { return this.data.differences.filter((d) => !this.choices[d.n]); }
    get at() { return this.data.differences.findIndex((d) => d.n === this.current); }
    named(choice) { return { ...this.names, both: "both", none: "neither" }[choice]; }

    #frame(root) {
      const { data, store, names } = this;
      this.said = element("span", { class: "save", role: "status", "aria-live": "polite" });
      this.done = element("button", { type: "button", "data-action": "gold", "data-focus": "gold", hidden: this.closed, onclick: () => this.finish() }, "write gold");
      this.list = element("section", { "aria-label": "differences", role: "list", tabindex: "0" });
      const panes = Object.entries(names).map(([side, name]) => [side, element("main", { "aria-label": `reading of ${name}` }), name]);
      const keys = this.closed ? [] : Object.entries(KEYS).flatMap(([key, choice]) => [element("kbd", {}, key), ` ${this.named(choice)} `]);
      root.append(
        element("header", {}, element("div", {}, element("a", { href: `/#${store.token}` }, "all articles"), " ", element("b", {}, data.doc.title)), element("div", {}, this.said, this.done)),
        element("div", { class: "overview settle" }, element("p", {}, `${data.agreed} labels stand in both passes and are accepted. ${data.differences.length} differences: `, ...keys, element("kbd", {}, "↑ ↓"), " move"), this.list),
        element("div", { class: "two" }, ...panes.map(([, pane, name]) => element("div", {}, element("h2", {}, name), pane))));
      this.drawn = Object.fromEntries(panes.map(([side, pane]) => [side, new Draw.DrawnDocument(pane, Draw.lines(data.lines))]));
    }

    choose(n, choice) {
      const difference = this.data.differences.find((d) => d.n === n);
      if (this.closed || !difference || (difference.field && choice === "both")) return;
      this.choices[n] = choice;
      sessionStorage.setItem(this.key, JSON.stringify(this.choices));
      this.current = (this.open.find((d) => d.n > n) ?? this.open[0])?.n ?? n;
      this.refresh();
    }

    move(n) { this.current = n; this.refresh(); }

    async finish() {
      const { store, doc, choices, names, data } = this;
      const { status, data: told } = await store.ask("PUT", `/api/documents/${encodeURIComponent(doc)}/gold`, { ...names, choices, gold: data.gold, passes: data.passes })
        .catch(() => ({ status: 0, data: { error: "the server does not answer; is it still running?" } }));
      if (status === 200) { this.closed = true; sessionStorage.removeItem(this.key); this.refresh(); }
      this.said.textContent = status === 200 ? `gold is written: ${told.where}` : `NOT WRITTEN: ${told.error ?? `the server answered ${status}`}`;
    }

    #item(d) {
      const { data, choices, closed } = this;
      const current = d.n === this.current;
      const decided = choices[d.n] ? ` · decided: ${this.named(choices[d.n])}` : "";
      const head = element("button", { type: "button", class: "plain", "data-focus": `difference-${d.n}`, "aria-current": String(current), onclick: () => this.move(d.n) }, `${d.n} of ${data.differences.length} · ${d.of}${d.field ? ` · ${d.field}` : ""}${decided}`);
      const offered = current && !closed ? Object.entries(KEYS).filter(([, c]) => !(d.field && c === "both")) : [];
      return element("div", { class: `difference ${current ? "current" : ""}`, role: "listitem", "data-n": d.n, onclick: () => !current && this.move(d.n) }, head,
        element("div", { class: "two-readings" }, ...["a", "b"].map((side) => element("div", {}, this.shown.reading(side, d)))),
        ...offered.map(([key, c]) => element("button", { type: "button", "data-focus": `choice-${c}`, "aria-pressed": String(choices[d.n] === c), onclick: (e) => { e.stopPropagation(); this.choose(d.n, c); } }, element("kbd", {}, key), ` ${this.named(c)}`)));
    }

    refresh() {
      const { data, at, open, closed } = this;
      this.said.textContent = open.length ? `${open.length} to decide` : closed ? "settled; to look at only" : "all decided";
      this.done.disabled = open.length > 0 || closed;
      Draw.keepFocus(this.list, () => this.list.replaceChildren(...data.differences.slice(Math.max(0, at - 2), at + 4).map((d) => this.#item(d))));
      for (const side of ["a", "b"]) this.#pane(side, data.differences[at]);
      this.list.querySelector(".current")?.scrollIntoView({ block: "nearest" });
    }

    #pane(side, current) {
      const differing = new Set(this.data.differences.flatMap((d) => d[side]));
      this.drawn[side].update(Draw.spansOf(this.data[side], this.data.schema.labels, current?.[side][0] ?? "").filter((s) => differing.has(s.id)));
      const line = current && this.shown.lines.find((l) => l.length && l.end > this.shown.start(current));
      const target = line && this.drawn[side].elements.get(line.id);
      const pane = target?.closest(".two > div");
      if (pane) pane.scrollTop += target.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3;
    }

    #onKey(event) {
      if (event.target.matches("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
      const step = { ArrowDown: 1, ArrowUp: -1, ".": 1, ",": -1 }[event.key];
      const next = step && this.data.differences[this.at + step];
      if (KEYS[event.key] && !this.closed) this.choose(this.current, KEYS[event.key]);
      else if (next) this.move(next.n);
      else return;
      event.preventDefault();
    }
  }

  const start = async (root, store, doc, first, second) => {
    const { status, data } = await store.ask("GET", `/api/documents/${encodeURIComponent(doc)}/comparison?a=${encodeURIComponent(first)}&b=${encodeURIComponent(second)}`);
    if (status !== 200) return root.append(element("p", { class: "refused" }, data.error ?? `the server answered ${status}`));
    document.title = `settle ${data.doc.title} · sinorus`;
    return new Settling(root, store, doc, [first, second], data);
  };

  return { start };
})();
