"use strict";
// The audit: first paragraphs to label from empty, on the annotation page; then one label after the other, alone in its article.
const Audit = (() => {
  const { element } = Draw;
  const VERDICTS = { 1: "right", 2: "wrong", 3: "unsure" };

  /** What an aspect of the label is, as people read it. */
  class Shown {
    constructor({ shown, registry }, lines) { Object.assign(this, { shown, registry, lines }); }

    words(span) {
      const line = span && this.lines.find((l) => l.length && l.toShown(...span));
      return line ? `“${line.slice(...line.toShown(...span))}”` : "none";
    }

    name(id) { const k = this.registry.find((one) => one.entity_id === id); return id ? `${k?.name ?? ""} ${id}` : "none"; }
    link({ source, cue, who = [] }) { return `source ${this.words(source)}, cue ${this.words(cue)}, who ${who.map((id) => this.name(id)).join("; ") || "none"}`; }

    value(aspect) {
      const { shown } = this;
      const spans = shown.segments ?? [[shown.start, shown.end]];
      if (aspect === "span") return spans.map((span) => this.words(span)).join(" … ");
      if (aspect === "type") return shown.label;
      if (aspect === "link") return this.name(shown.entity);
      if (aspect === "attribution") return shown.attribution?.map((l, n) => `${n + 1}. ${this.link(l)}`).join("; ") ?? "none: the author claims it";
      if (aspect === "quantities") return shown.quantities?.map((q) => Object.entries(q).map(([k, v]) => `${k} ${v}`).join(", ")).join("; ") ?? "none";
      return String(shown[aspect] ?? "none");
    }
  }

  const ask = (store, method, path, body) => store.ask(method, path, body).catch(() => ({ status: 0, data: {} }));
  const refusal = ({ status, data }) => data.error ?? (status ? `the server answered ${status}` : "the server does not answer; is it still running?");

  class Judging {
    constructor(root, store, items) {
      Object.assign(this, { store, items, answered: new Set(items.filter((i) => i.answered).map((i) => i.id)) });
      this.said = element("span", { class: "save", role: "status", "aria-live": "polite" });
      this.hand = element("button", { type: "button", "data-action": "finish", onclick: () => this.finish() }, "hand in");
      this.text = element("main", { "aria-label": "article text" });
      this.asked = element("section", { "aria-label": "verdicts", class: "inspector" });
      root.append(element("header", {}, element("b", {}, "Is this label right?"), element("div", {}, this.said, this.hand)),
        element("div", { class: "columns" }, element("div", {}, this.text), element("aside", {}, this.asked)));
      document.addEventListener("keydown", (event) => this.#onKey(event));
    }

    get at() { return this.items.findIndex((i) => i.id === this.data.id); }
    get next() { return this.data.aspects.find((aspect) => !this.verdicts[aspect]); }

    async open(id) {
      const answer = await ask(this.store, "GET", `/api/audit/${id}`);
      if (answer.status !== 200) { this.said.textContent = refusal(answer); return; }
      Object.assign(this, { data: answer.data, verdicts: answer.data.verdicts, note: answer.data.note });
      const lines = Draw.lines(this.data.lines);
      this.drawn = new Draw.DrawnDocument(this.text, lines);
      const { shown, schema } = this.data;
      const record = shown.layer === "entity" ? { entities: [shown], claims: [] } : { entities: [], claims: [shown] };
      this.drawn.update(Draw.spansOf(record, schema.labels, shown.id));
      this.shown = new Shown(this.data, lines);
      this.refresh();
      this.text.querySelector(".part.selected")?.scrollIntoView({ block: "center" });
    }

    refresh() {
      const rows = this.data.aspects.map((aspect) => element("fieldset", { "data-aspect": aspect }, element("legend", {}, aspect), element("div", {}, this.shown.value(aspect)),
        ...Object.entries(VERDICTS).map(([key, verdict]) => element("button", { type: "button", "data-focus": `${aspect}-${verdict}`, "aria-pressed": String(this.verdicts[aspect] === verdict), onclick: () => this.judge(aspect, verdict) }, aspect === this.next ? element("kbd", {}, key) : "", ` ${verdict}`))));
      const note = element("textarea", { rows: 2, "data-focus": "note", onchange: (e) => { this.note = e.target.value; this.save(); } }, this.note);
      const move = (text, step) => element("button", { type: "button", disabled: !this.items[this.at + step], onclick: () => this.open(this.items[this.at + step].id) }, text);
      Draw.keepFocus(this.asked, () => this.asked.replaceChildren(element("p", {}, `${this.at + 1} of ${this.items.length} (${this.data.shown.layer})`), ...rows,
        element("label", { class: "text" }, "why, in your own words", note), move("‹ back", -1), " ", move("next ›", 1),
        element("p", { class: "faint" }, element("kbd", {}, "1 2 3"), " the next verdict · ", element("kbd", {}, "Enter"), " the rest is right, go on · ", element("kbd", {}, "← →"), " back, next")));
      this.hand.disabled = this.answered.size < this.items.length;
      this.tell();
    }

    tell(text = "") { this.said.textContent = text || `${this.items.length - this.answered.size} to judge`; }

    judge(aspect, verdict) {
      this.verdicts = { ...this.verdicts, [aspect]: verdict };
      return this.save();
    }

    /** Answers are sent one after the other, so that an older one never comes last. */
    save() {
      const { id } = this.data;
      const body = { verdicts: this.verdicts, note: this.note };
      this.refresh();
      this.saving = (this.saving ?? Promise.resolve()).then(async () => {
        const answer = await ask(this.store, "PUT", `/api/audit/${id}`, body);
        if (answer.status !== 200) { this.said.className = "save failed"; return this.tell(`NOT SAVED: ${refusal(answer)}`); }
        this.said.className = "save saved";
        if (answer.data.answered) this.answered.add(id); else this.answered.delete(id);
        this.hand.disabled = this.answered.size < this.items.length;
        return this.tell();
      });
      return this.saving;
    }

    async rest() {
      for (const aspect of this.data.aspects) this.verdicts = { [aspect]: "right", ...this.verdicts };
      await this.save();
      const open = this.items.slice(this.at + 1).find((i) => !this.answered.has(i.id)) ?? this.items.find((i) => !this.answered.has(i.id));
      if (open && this.answered.has(this.data.id)) await this.open(open.id);
    }

    async finish() {
      const answer = await ask(this.store, "PUT", "/api/audit", {});
      this.tell(answer.status === 200 ? `handed in: ${answer.data.where}` : `NOT HANDED IN: ${refusal(answer)}`);
      if (answer.status === 200) this.hand.disabled = true;
    }

    #onKey(event) {
      if (!this.data || event.target.matches("input, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (VERDICTS[event.key] && this.next) this.judge(this.next, VERDICTS[event.key]);
      else if (event.key === "Enter" && !event.target.matches("button")) this.rest();
      else if (step && this.items[this.at + step]) this.open(this.items[this.at + step].id);
      else return;
      event.preventDefault();
    }
  }

  const paragraphs = (documents, token) => element("ul", {}, ...documents.map((d) => element("li", {},
    element("a", { href: `/documents/${d.doc_id}#${token}` }, d.title), ` ${d.paragraphs} ${d.paragraphs === 1 ? "paragraph" : "paragraphs"}${d.done ? ", handed in" : ""}`)));

  const start = async (root, store, data) => {
    document.title = "audit · sinorus";
    const left = data.documents.filter((d) => !d.done);
    if (left.length) {
      return root.append(element("main", { class: "overview" }, element("h1", {}, `Audit of ${data.audit}`),
        element("p", {}, `First label these paragraphs from empty, and hand each article in. Then come ${data.items.length} labels to judge; some were altered to see whether you notice.`), paragraphs(data.documents, store.token)));
    }
    if (data.finished || !data.items.length) return root.append(element("main", { class: "overview" }, element("p", {}, data.finished ? "This audit is handed in." : "There are no labels to judge.")));
    const judging = new Judging(root, store, data.items);
    await judging.open((data.items.find((i) => !i.answered) ?? data.items[0]).id);
    window.sinorus = judging; // for tests and the curious
    return judging;
  };

  return { start };
})();
