"use strict";
// The form of the chosen label. Its fields are the columns of the layer, so a new column or label needs nothing here.
class Inspector {
  constructor(target, state, onGuideline) {
    Object.assign(this, { target, state, onGuideline, element: Draw.element });
    this.fields = new Fields(state, (change) => this.#type(change));
    this.hidden = new Set(["id", "layer", "start", "end", "label", "quote", "digest", "segments", "quotes", "digests"]);
  }

  draw() {
    const record = this.state.record;
    if (this.typed && record?.id === this.drawnId) return; // the field shows it already, and the next one may have the focus
    this.drawnId = record?.id;
    if (!record) return this.target.replaceChildren(this.element("p", { class: "faint" }, "Nothing is chosen. Drag over words, or move with the arrow keys, then press a label's key; k makes a claim."));
    const columns = this.state.schema.layers[record.layer].filter((c) => !this.hidden.has(c.name));
    const form = this.element("form", { onsubmit: (event) => event.preventDefault() }, this.#head(record), ...columns.map((c) => this.#field(c, record)));
    if (this.state.locked) for (const control of form.querySelectorAll("button, input, textarea, select")) control.disabled = true;
    Draw.keepFocus(this.target, () => this.target.replaceChildren(form));
  }

  /** Puts the focus on the first control whose `data-focus` begins so. */
  focus(key) { this.target.querySelector(`[data-focus^="${key}"]`)?.focus(); }

  #button(key, onclick, ...children) {
    return this.element("button", { type: "button", class: "plain", "data-action": key, "data-focus": key, onclick }, ...children);
  }

  #head(record) {
    const spans = record.layer === "entity" ? [[record.start, record.end]] : record.segments;
    const words = spans.map(([a, b]) => this.state.textOf(a, b)).join(" … ");
    const remove = this.#button("delete", () => this.state.remove(), "delete ", this.element("kbd", {}, "Del"));
    return this.element("div", { class: "head" }, this.element("h3", {}, `${record.label ?? "claim"} ${record.id}`), remove, this.element("blockquote", {}, words), record.layer === "claim" ? this.#segments(record) : null);
  }

  #segments(record) {
    const drops = record.segments.length < 2 ? [] : record.segments.map((_, n) =>
      this.#button(`drop-segment-${n + 1}`, () => this.state.change({ segments: record.segments.filter((__, k) => k !== n) }), `drop segment ${n + 1}`));
    return this.element("div", { class: "segments" }, ...drops, this.#button("segment", () => this.state.addSegment(), "add the selection as a segment ", this.element("kbd", {}, "+")));
  }

  #field(column, record) {
    if (column.name === "attribution") return this.#chain(record);
    if (column.list && column.type === "struct") return this.#table(column);
    if (column.name === "entity") return this.#registry(record);
    const value = record[column.name] ?? column.default ?? "";
    return this.#control(column, value, (v) => this.state.change({ [column.name]: v }), column.name);
  }

  #control(column, value, put, name) {
    const choices = this.state.choices(column);
    if (choices) return this.#radios(column, choices, value, put, name);
    return column.type === "bool" ? this.fields.check(column, value, put, name) : this.fields.text(column, value, put, name);
  }

  /** A change that its own control shows: the form is not made again, so that no focus is lost. */
  #type(change) {
    this.typed = true;
    change();
    this.typed = false;
  }

  #radios(column, choices, value, put, name) {
    const optional = !column.required && column.default === "" ? [{ value: "", label: null }] : [];
    const buttons = [...optional, ...choices].map(({ value: v, label }) => this.element("button", { type: "button", role: "radio", class: "chip", name: `${name}=${v}`, "data-focus": `${name}=${v}`, "aria-checked": String(v === value), title: label?.definition ?? "", onclick: () => { put(v); if (label) this.onGuideline(label, column.name); } }, v === "" ? "none" : String(v)));
    return this.element("div", { class: "radios", role: "radiogroup", "aria-label": column.name }, this.element("span", { class: "name", title: column.description }, column.name), ...buttons);
  }

  #chain(record) {
    const links = record.attribution ?? [];
    const rows = [...links.keys(), links.length].map((n) => this.#link(links, n));
    return this.element("fieldset", { class: "chain" }, this.element("legend", {}, "attribution, outermost first; none: the author claims it"), ...rows);
  }

  #link(links, n) {
    const link = links[n];
    const parts = ["source", "cue"].flatMap((kind) => [
      this.#button(`${kind}-${n + 1}`, () => this.state.setLink(n, kind), `${kind}: `, link?.[kind] ? this.element("q", {}, this.state.textOf(...link[kind])) : "from selection"),
      link?.[kind] ? this.#button(`clear-${kind}-${n + 1}`, () => this.state.clearLink(n, kind), `clear ${kind}`) : null]);
    if (!link) return this.element("div", { class: "link" }, `link ${n + 1} `, ...parts);
    const put = (who) => this.state.change({ attribution: this.state.record.attribution.map((l, k) => (k === n ? { ...l, who } : l)) });
    const who = link.who ?? [];
    const searches = [...who, ""].map((id, k) => new Search(this.state, k ? `who-${n}-${k}` : `who-${n}`, id, (found) => put((id ? who.with(k, found) : [...who, found]).filter(Boolean))).made);
    return this.element("div", { class: "link" }, `link ${n + 1} `, ...parts, ...searches, this.#button(`drop-link-${n + 1}`, () => this.state.change({ attribution: links.filter((_, k) => k !== n) }), "drop"));
  }

  #table(column) {
    const rows = () => this.state.record?.[column.name] ?? [];
    const put = (next) => this.state.change({ [column.name]: next });
    const drawn = rows().map((row, n) => this.element("div", { class: "row" },
      ...column.fields.map((f) => this.#control(f, row[f.name] ?? f.default ?? "", (v) => put(rows().map((r, k) => (k === n ? { ...r, [f.name]: v } : r))), `${column.name}-${n}-${f.name}`)),
      this.#button(`drop-${column.name}-${n}`, () => { this.#forget(column.name); put(rows().filter((_, k) => k !== n)); }, "drop")));
    const empty = Object.fromEntries(column.fields.filter((f) => f.required).map((f) => [f.name, f.nullable ? null : ""]));
    return this.element("fieldset", {}, this.element("legend", {}, column.name), ...drawn, this.#button(`add-${column.name}`, () => put([...rows(), empty]), `add to ${column.name}`));
  }

  /** Lets go of texts that could not be read: the fields that they stood in have other numbers now. */
  #forget(name) {
    for (const key of [...this.state.unread.keys()]) if (key.startsWith(`${this.state.chosen} ${name}-`)) this.state.unread.delete(key);
  }

  #registry(record) {
    return this.element("fieldset", {}, this.element("legend", {}, "registry; empty: not in it (NIL)"), new Search(this.state, "entity", record.entity ?? "", (id) => this.state.change({ entity: id }), record.label).made);
  }
}
