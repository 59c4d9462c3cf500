"use strict";
// The form of the chosen label. Its fields are the columns of the layer, so a new column or label needs nothing here.
class Inspector {
  constructor(target, state, onGuideline) {
    Object.assign(this, { target, state, onGuideline });
    this.element = Draw.element;
    this.hidden = new Set(["id", "layer", "start", "end", "label", "quote", "digest", "segments", "quotes", "digests"]);
  }

  draw() {
    const record = this.state.record;
    if (this.typed && record?.id === this.drawnId) return; // the field shows it already, and the next one may have the focus
    this.drawnId = record?.id;
    const focus = this.target.contains(document.activeElement) ? document.activeElement.name : "";
    if (!record) return this.target.replaceChildren(this.element("p", { class: "faint" }, "Nothing is chosen. Drag over words, or move with the arrow keys, then press a label's key; k makes a claim."));
    const columns = this.state.schema.layers[record.layer].filter((c) => !this.hidden.has(c.name));
    const form = this.element("form", { onsubmit: (event) => event.preventDefault() }, this.#head(record), ...columns.map((c) => this.#field(c, record)));
    if (this.state.locked) for (const control of form.querySelectorAll("button, input, textarea, select")) control.disabled = true;
    this.target.replaceChildren(form);
    if (focus) this.target.querySelector(`[name="${CSS.escape(focus)}"]`)?.focus();
  }

  #head(record) {
    const spans = record.layer === "entity" ? [[record.start, record.end]] : record.segments;
    const words = spans.map(([a, b]) => this.state.textOf(a, b)).join(" … ");
    const remove = this.element("button", { type: "button", class: "plain", onclick: () => this.state.remove() }, "delete ", this.element("kbd", {}, "Del"));
    return this.element("div", { class: "head" }, this.element("h3", {}, `${record.label ?? "claim"} ${record.id}`), remove, this.element("blockquote", {}, words), record.layer === "claim" ? this.#segments(record) : null);
  }

  #segments(record) {
    const made = this.element("div", { class: "segments" });
    record.segments.forEach((_, n) => record.segments.length > 1 && made.append(this.element("button", { type: "button", class: "plain", onclick: () => this.state.change({ segments: record.segments.filter((_, k) => k !== n) }) }, `drop segment ${n + 1}`)));
    made.append(this.element("button", { type: "button", class: "plain", "data-action": "segment", onclick: () => this.state.addSegment() }, "add the selection as a segment ", this.element("kbd", {}, "+")));
    return made;
  }

  #field(column, record) {
    if (column.name === "attribution") return this.#chain(record);
    if (column.list && column.type === "struct") return this.#table(column, record);
    if (column.name === "entity") return this.#registry(record);
    const value = record[column.name] ?? column.default ?? "";
    return this.#control(column, value, (v) => this.state.change({ [column.name]: v }), column.name);
  }

  #control(column, value, put, name) {
    const choices = this.#choices(column);
    if (choices) return this.#radios(column, choices, value, put, name);
    if (column.type === "bool") return this.element("label", { class: "check" }, this.element("input", { type: "checkbox", name, ...(value ? { checked: true } : {}), onchange: (e) => this.#type(() => put(e.target.checked)) }), column.name, this.#hint(column));
    const number = column.type === "float64";
    const parse = (text) => (number ? (text.trim() === "" || Number.isNaN(Number(text)) ? null : Number(text)) : text);
    const tag = ["gloss", "note"].includes(column.name) ? "textarea" : "input";
    const control = this.element(tag, { name, title: column.description, ...(number ? { inputmode: "decimal" } : {}), onchange: (e) => this.#type(() => put(parse(e.target.value))) });
    control.value = value ?? "";
    return this.element("label", { class: "text" }, column.name, control);
  }

  /** A change that its own control shows: the form is not made again, so that no focus is lost. */
  #type(change) {
    this.typed = true;
    change();
    this.typed = false;
  }

  #hint(column) { return this.element("small", { class: "faint" }, ` ${column.description}`); }

  #choices(column) {
    if (column.labels) return this.state.schema.labels[column.labels].map((l) => ({ value: l.name, label: l }));
    if (column.type === "int32" && column.max !== null) return Array.from({ length: column.max - column.min + 1 }, (_, n) => ({ value: column.min + n, label: this.state.schema.labels.checkworthiness?.[n] }));
    return null;
  }

  #radios(column, choices, value, put, name) {
    const optional = !column.required && column.default === "" ? [{ value: "", label: null }] : [];
    const buttons = [...optional, ...choices].map(({ value: v, label }) => this.element("button", { type: "button", role: "radio", class: "chip", name: `${name}=${v}`, "aria-checked": String(v === value), title: label?.definition ?? "", onclick: () => { put(v); if (label) this.onGuideline(label, column.name); } }, v === "" ? "none" : String(v)));
    return this.element("div", { class: "radios", role: "radiogroup", "aria-label": column.name }, this.element("span", { class: "name", title: column.description }, column.name), ...buttons);
  }

  #chain(record) {
    const links = record.attribution ?? [];
    const rows = [...links.keys(), links.length].map((n) => this.#link(links, n));
    return this.element("fieldset", { class: "chain" }, this.element("legend", {}, "attribution, outermost first; none: the author claims it"), ...rows);
  }

  #link(links, n) {
    const link = links[n];
    const part = (kind) => this.element("button", { type: "button", class: "plain", "data-action": `${kind}-${n + 1}`, title: `Set the ${kind} from the selection`, onclick: () => this.state.setLink(n, kind) }, `${kind}: `, link?.[kind] ? this.element("q", {}, this.state.textOf(...link[kind])) : "from selection");
    if (!link) return this.element("div", { class: "link" }, `link ${n + 1} `, part("source"), part("cue"));
    const put = (values) => this.state.change({ attribution: this.state.record.attribution.map((l, k) => (k === n ? { ...l, ...values } : l)) });
    const drop = this.element("button", { type: "button", class: "plain", onclick: () => this.state.change({ attribution: links.filter((_, k) => k !== n) }) }, "drop");
    return this.element("div", { class: "link" }, `link ${n + 1} `, part("source"), part("cue"), this.#search(`who-${n}`, (link.who ?? [])[0] ?? "", (id) => put({ who: id ? [id] : [] })), drop);
  }

  #table(column, record) {
    const rows = () => this.state.record[column.name] ?? [];
    const put = (next) => this.state.change({ [column.name]: next });
    const drawn = rows().map((row, n) => this.element("div", { class: "row" },
      ...column.fields.map((f) => this.#control(f, row[f.name] ?? f.default ?? "", (v) => put(rows().map((r, k) => (k === n ? { ...r, [f.name]: v } : r))), `${column.name}-${n}-${f.name}`)),
      this.element("button", { type: "button", class: "plain", onclick: () => put(rows().filter((_, k) => k !== n)) }, "drop")));
    const empty = Object.fromEntries(column.fields.filter((f) => f.required).map((f) => [f.name, ""]));
    return this.element("fieldset", {}, this.element("legend", {}, column.name), ...drawn, this.element("button", { type: "button", class: "plain", "data-action": `add-${column.name}`, onclick: () => put([...rows(), empty]) }, `add to ${column.name}`));
  }

  #registry(record) {
    return this.element("fieldset", {}, this.element("legend", {}, "registry; empty: not in it (NIL)"), this.#search("entity", record.entity ?? "", (id) => this.state.change({ entity: id }), record.label));
  }

  /** A search field over the registry; the best matches stand below it as buttons. */
  #search(name, id, put, type = "") {
    const known = this.state.registry.find((k) => k.entity_id === id);
    const list = this.element("div", { class: "found", role: "listbox" });
    const input = this.element("input", { name, type: "search", placeholder: "search names", "aria-label": `registry: ${name}`, oninput: () => this.#results(list, input.value, type, put) });
    input.value = known ? known.name : "";
    const nil = id ? this.element("button", { type: "button", class: "plain", onclick: () => put("") }, "NIL") : null;
    return this.element("div", { class: "search" }, input, known ? this.element("small", {}, `${known.entity_id} ${known.type}`) : this.element("small", { class: "faint" }, "NIL"), nil, list);
  }

  #results(list, text, type, put) {
    const wanted = text.trim().toLowerCase();
    const score = (k) => (k.type === type ? 0 : 1) + ([k.name, ...k.aliases].some((n) => n.toLowerCase().startsWith(wanted)) ? 0 : 2);
    const found = wanted ? this.state.registry.filter((k) => [k.name, ...k.aliases].some((n) => n.toLowerCase().includes(wanted))).sort((a, b) => score(a) - score(b)).slice(0, 6) : [];
    list.replaceChildren(...found.map((k) => this.element("button", { type: "button", role: "option", class: "plain", onclick: () => put(k.entity_id) }, `${k.name} `, this.element("small", {}, `${k.type} ${k.entity_id}`))));
  }
}
