"use strict";
// Fields that are typed into. What is typed is kept after a pause and when the field is left, as one step of undo for each visit.
class Fields {
  static PAUSE = 500;

  constructor(state, quietly) { Object.assign(this, { state, quietly, element: Draw.element }); }

  check(column, value, put, name) {
    const box = this.element("input", { type: "checkbox", name, "data-focus": name, ...(value ? { checked: true } : {}), onchange: (e) => this.quietly(() => put(e.target.checked)) });
    return this.element("label", { class: "check" }, box, column.name, this.element("small", { class: "faint" }, ` ${column.description}`));
  }

  text(column, value, put, name) {
    const number = column.type === "float64";
    const control = this.element(["gloss", "note"].includes(column.name) ? "textarea" : "input", { name, "data-focus": name, title: column.description, ...(number ? { inputmode: "decimal" } : {}) });
    const key = `${this.state.chosen} ${name}`;
    control.value = this.state.unread.get(key) ?? value ?? "";
    const message = this.element("small", { class: "message", role: "alert" });
    const parse = number ? (text) => Fields.number(control, message, text) : (text) => text;
    if (this.state.unread.has(key)) parse(control.value);
    this.#listen(control, parse, put, key);
    return this.element("label", { class: "text" }, column.name, control, message);
  }

  /** The number that a text is, null if it is empty; undefined, with a message, if it is none. */
  static number(control, message, text) {
    const read = text.trim() === "" ? null : Number(text);
    const wrong = read !== null && !Number.isFinite(read);
    control.setAttribute("aria-invalid", String(wrong));
    message.textContent = wrong ? "expected a number such as 245.1" : "";
    return wrong ? undefined : read;
  }

  #listen(control, parse, put, key) {
    const { unread, chosen: id } = this.state;
    let last = unread.has(key) ? null : control.value;
    let timer = 0;
    let steps = 0; // kept so far in this visit
    const keep = () => {
      clearTimeout(timer);
      this.state.type(null);
      const value = parse(control.value);
      if (value === undefined) { unread.set(key, control.value); return; }
      unread.delete(key);
      if (control.value === last) return;
      last = control.value;
      if (!this.state.record || this.state.chosen !== id) return;
      this.quietly(() => { if (put(value) && steps++) this.state.joinSteps(); });
    };
    control.addEventListener("input", () => { clearTimeout(timer); this.state.type(keep); timer = setTimeout(keep, Fields.PAUSE); });
    control.addEventListener("blur", () => { keep(); steps = 0; });
  }
}

/** A search field over the registry; the best matches stand below it as buttons, which the arrow keys and Enter reach. */
class Search {
  constructor(state, name, id, put, type = "") {
    Object.assign(this, { state, name, put, type, element: Draw.element });
    const known = state.registry.find((k) => k.entity_id === id);
    this.list = this.element("div", { class: "found", role: "group", "aria-label": "found" });
    this.input = this.element("input", { name, "data-focus": name, type: "search", placeholder: "search names", "aria-label": `registry: ${name}`, oninput: () => this.#results() });
    this.input.value = known ? known.name : id;
    const nil = id ? this.element("button", { type: "button", class: "plain", "data-focus": `nil-${name}`, onclick: () => this.#take("") }, "NIL") : null;
    this.made = this.element("div", { class: "search", onkeydown: (event) => this.#onKey(event) }, this.input, this.element("small", { class: "faint" }, known ? `${known.entity_id} ${known.type}` : "NIL"), nil, this.list);
  }

  #take(id) {
    this.input.focus(); // the form is made again, and its new field gets the focus of this one
    this.put(id);
  }

  #results() {
    const wanted = this.input.value.trim().toLowerCase();
    const names = (k) => [k.name, ...k.aliases].map((n) => n.toLowerCase());
    const score = (k) => (k.type === this.type ? 0 : 1) + (names(k).some((n) => n.startsWith(wanted)) ? 0 : 2);
    const found = wanted ? this.state.registry.filter((k) => names(k).some((n) => n.includes(wanted))).sort((a, b) => score(a) - score(b)).slice(0, 6) : [];
    this.list.replaceChildren(...found.map((k) => this.element("button", { type: "button", class: "plain", onclick: () => this.#take(k.entity_id) }, `${k.name} `, this.element("small", {}, `${k.type} ${k.entity_id}`))));
  }

  #onKey(event) {
    const offered = [...this.list.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && offered.length) ([this.input, ...offered].at(offered.indexOf(document.activeElement) + 1 + step) ?? this.input).focus();
    else if (event.key === "Enter" && event.target === this.input && offered.length) offered[0].click();
    else return;
    event.preventDefault();
  }
}
