"use strict";
// One question at a time: one attribute, number keys, next claim.
class Questions {
  constructor(target, state, onGuideline) {
    Object.assign(this, { target, state, onGuideline, attribute: "" });
    this.columns = state.schema.layers.claim.filter((c) => !c.list && state.choices(c));
  }

  get on() { return Boolean(this.attribute); }

  toggle(name) {
    this.done = false;
    this.attribute = name ?? (this.on ? "" : this.columns[0].name);
    if (this.on && this.state.record?.layer !== "claim") this.#next(1);
    this.draw();
  }

  #options() { return this.state.choices(this.columns.find((c) => c.name === this.attribute)); }

  /** The key of an option: digits, then letters. */
  static KEYS = "123456789abcdefghijklmnopqrstuvwxyz";

  /** Takes a key if it is one of an option; then no label gets it. */
  key(key) {
    const n = Questions.KEYS.indexOf(key);
    return this.on && key.length === 1 && n >= 0 && this.answer(n + 1);
  }

  /** Moves to the claim before or after. */
  step(direction) {
    this.done = false;
    this.#next(direction);
    this.draw();
  }

  #claims() { return [...this.state.records.claims].sort((a, b) => a.segments[0][0] - b.segments[0][0]); }

  #next(step) {
    const claims = this.#claims();
    const at = claims.findIndex((c) => c.id === this.state.chosen);
    const next = claims[at + step];
    if (next) this.state.choose(next.id);
    else if (claims.length && step > 0) this.done = true;
  }

  answer(number) {
    const option = this.#options()[number - 1];
    if (!option || this.state.record?.layer !== "claim") return false;
    if (this.done) return true; // until one moves back, nothing that is answered is overwritten
    this.state.change({ [this.attribute]: option.value });
    if (option.label) this.onGuideline(option.label, this.attribute);
    this.#next(1);
    this.draw();
    return true;
  }

  draw() {
    const { element } = Draw;
    this.target.hidden = !this.on;
    if (!this.on) return this.target.replaceChildren();
    const claims = this.#claims();
    const record = this.state.record?.layer === "claim" ? this.state.record : null;
    const names = element("select", { "data-focus": "attribute", "aria-label": "attribute", onchange: (e) => this.toggle(e.target.value) }, ...this.columns.map((c) => element("option", { value: c.name, ...(c.name === this.attribute ? { selected: true } : {}) }, c.name)));
    const place = this.done ? `all ${claims.length} answered; , moves back` : record ? `claim ${claims.findIndex((c) => c.id === record.id) + 1} of ${claims.length}` : "there is no claim yet";
    const options = record ? this.#options().map((o, n) => element("button", { type: "button", class: "option", "data-focus": `option-${n + 1}`, disabled: this.state.locked || Boolean(this.done), "aria-pressed": String(o.value === record[this.attribute]), onclick: () => this.answer(n + 1) },
      element("kbd", {}, Questions.KEYS[n]), ` ${o.label?.name ?? o.value} `, element("small", {}, o.label?.definition ?? ""))) : [];
    const words = record ? element("blockquote", {}, record.segments.map(([a, b]) => this.state.textOf(a, b)).join(" … ")) : null;
    Draw.keepFocus(this.target, () => this.target.replaceChildren(element("div", { class: "head" }, element("b", {}, "One question: "), names, ` ${place} `, element("button", { type: "button", class: "plain", onclick: () => this.toggle("") }, "close ", element("kbd", {}, "j"))), ...(words ? [words] : []), ...options));
  }
}
