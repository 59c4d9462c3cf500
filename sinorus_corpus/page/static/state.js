"use strict";
// The labels of one document and every way to change them, with undo. Nothing is drawn here.
class State {
  constructor(data) {
    this.lines = Draw.lines(data.lines);
    this.schema = data.schema;
    this.registry = data.registry;
    this.records = { entities: data.entities, claims: data.claims };
    this.past = [];
    this.future = [];
    this.chosen = "";
    this.selection = null; // { line, i, j } in shown code points
    this.lastLabel = "";
    this.base = data.header?.base ?? ""; // what this reading started from, if it was not blind
    this.listeners = [];
    this.locked = false;
    this.typing = null; // what keeps a text that is being typed
    this.unread = new Map(); // texts of fields that cannot be read, by the id of the label and the name of the field
    this.notice = ""; // what a change did besides, told once
    const used = [...data.entities, ...data.claims].map((r) => Number(r.id.slice(1)));
    this.nextId = Math.max(0, ...used) + 1;
  }

  get all() { return [...this.records.entities, ...this.records.claims]; }
  get record() { return this.all.find((r) => r.id === this.chosen) ?? null; }
  get kept() { return this.lines.filter((line) => line.kept && line.length); }

  listen(listener) { this.listeners.push(listener); }
  tell(changed) { for (const listener of this.listeners) listener(changed); }

  /** Puts new records in place of the old ones; the old ones can be had back. */
  commit(records, base = this.base, notice = "") {
    if (this.locked) return false;
    this.past.push({ records: this.records, base: this.base });
    this.future = [];
    Object.assign(this, { base, notice });
    this.records = records;
    if (!this.record) this.chosen = "";
    this.tell(true);
    return true;
  }

  /** Makes one step of undo of the last two. */
  joinSteps() { this.past.splice(-1); }

  /** Says that something typed is not kept yet, with what keeps it; null once it is. */
  type(keep) {
    this.typing = keep;
    if (keep) this.onTyping?.();
  }

  undo() { this.#travel(this.past, this.future); }
  redo() { this.#travel(this.future, this.past); }

  #travel(from, to) {
    if (this.locked || !from.length) return;
    to.push({ records: this.records, base: this.base });
    Object.assign(this, from.pop());
    if (!this.record) this.chosen = "";
    this.tell(true);
  }

  choose(id) {
    this.chosen = id;
    this.selection = null;
    this.notice = "";
    this.cursor = this.#firstPlace() ?? this.cursor;
    this.tell(false);
  }

  #firstPlace() {
    const record = this.record;
    if (!record) return null;
    const span = record.layer === "entity" ? [record.start, record.end] : record.segments[0];
    const line = this.kept.find((l) => l.toShown(...span));
    if (!line) return null;
    const [i, j] = line.toShown(...span);
    return { line, i, j };
  }

  /** A claim stays chosen, since its segments and sources are picked as selections; a mention does not. */
  select(line, i, j) {
    if (this.record?.layer === "entity") this.chosen = "";
    this.notice = "";
    this.selection = line ? { line, i, j } : null;
    this.cursor = this.selection ?? this.cursor;
    this.tell(false);
  }

  get selectedSpan() {
    const s = this.selection;
    return s && s.j > s.i ? s.line.toRaw(s.i, s.j) : null;
  }

  #newId(letter) { return `${letter}${this.nextId++}`; }

  /** Labels the selection as an entity; an equal span is changed, not doubled. */
  addEntity(label) {
    const span = this.selectedSpan;
    this.lastLabel = label;
    if (!span) return this.record?.layer === "entity" ? this.#relabel(label) : false;
    const twin = this.records.entities.find((e) => e.start === span[0] && e.end === span[1]);
    if (twin) { this.chosen = twin.id; return this.#relabel(label); }
    const made = this.#entity(span, label);
    this.chosen = made.id;
    return this.commit({ ...this.records, entities: [...this.records.entities, made] });
  }

  /** Another label drops a link to an entity of another type; a metonym keeps it, since it names one thing for another. */
  #relabel(label) {
    const { entity, metonym } = this.record;
    const known = entity && this.registry.find((k) => k.entity_id === entity);
    const drop = known && known.type !== label && !metonym;
    return drop ? this.change({ label, entity: "" }, `The link to ${known.name} is dropped, since that is ${known.type}.`) : this.change({ label });
  }

  #entity([start, end], label) {
    const entity = this.known(this.textOf(start, end), label);
    return { id: this.#newId("e"), layer: "entity", start, end, label, ...(entity ? { entity: entity.entity_id } : {}) };
  }

  /** Adds suggestions that cross and double nothing; from then on the reading says that it was not blind. */
  addSuggestions(entities) {
    const taken = new Set(this.records.entities.map((e) => `${e.start} ${e.end}`));
    const made = entities.filter((e) => !taken.has(`${e.start} ${e.end}`) && !this.crosses(e.start, e.end)).map((e) => ({ ...e, id: this.#newId("e") }));
    if (!made.length) return false;
    return this.commit({ ...this.records, entities: [...this.records.entities, ...made] }, "suggest");
  }

  /** The registered entity that has this very name and type, if there is exactly one. */
  known(name, type) {
    const found = this.registry.filter((k) => k.type === type && [k.name, ...k.aliases].includes(name));
    return found.length === 1 ? found[0] : null;
  }

  addClaim() {
    const span = this.selectedSpan;
    if (!span) return false;
    const made = { id: this.#newId("c"), layer: "claim", segments: [span], ...this.#defaults() };
    this.chosen = made.id;
    return this.commit({ ...this.records, claims: [...this.records.claims, made] });
  }

  #defaults() {
    const first = (set) => this.schema.labels[set][0]?.name;
    const values = {};
    for (const column of this.schema.layers.claim) {
      if (!column.required || ["id", "layer", "segments"].includes(column.name)) continue;
      values[column.name] = column.labels ? first(column.labels) : column.min ?? "";
    }
    return values;
  }

  addSegment() {
    const span = this.selectedSpan;
    if (!span || this.record?.layer !== "claim") return false;
    return this.change({ segments: [...this.record.segments, span].sort((a, b) => a[0] - b[0]) });
  }

  /** Sets the source or cue of link `n` of the chosen claim from the selection. */
  setLink(n, part) {
    const span = this.selectedSpan;
    if (!span || this.record?.layer !== "claim") return false;
    const chain = [...(this.record.attribution ?? [])];
    chain[n] = { source: null, cue: null, ...chain[n], [part]: span };
    return this.change({ attribution: chain });
  }

  /** Sets a source or cue of the last link if that has none, else of a new one. */
  addLink(part) {
    const chain = this.record?.attribution ?? [];
    return this.setLink(chain.length && !chain.at(-1)[part] ? chain.length - 1 : chain.length, part);
  }

  /** Whether keys that resize mean the chosen label: nothing else is selected. */
  get holdsLabel() {
    if (!this.record) return false;
    return this.record.layer === "entity" || !this.selectedSpan || String(this.selectedSpan) === String(this.record.segments.at(-1));
  }

  /** Whether something stands in a field that no label holds. */
  get unkept() {
    const there = new Set(this.all.map((r) => r.id));
    return Boolean(this.typing) || [...this.unread.keys()].some((key) => there.has(key.split(" ")[0]));
  }

  /** Takes the source or cue out of link `n`; a link without either is gone. */
  clearLink(n, part) {
    const chain = this.record.attribution.map((link, k) => (k === n ? { ...link, [part]: null } : link));
    return this.change({ attribution: chain.filter((link) => link.source || link.cue) });
  }

  /** What the values of a column are chosen from, as `value` and its label; null where it is free. */
  choices(column) {
    if (column.labels) return this.schema.labels[column.labels].map((label) => ({ value: label.name, label }));
    if (column.type !== "int32" || column.max === null) return null;
    const named = column.name === "check" ? this.schema.labels.checkworthiness : undefined;
    return Array.from({ length: column.max - column.min + 1 }, (_, n) => ({ value: column.min + n, label: named?.[n] }));
  }

  change(values, notice = "") {
    const id = this.chosen;
    if (!this.record) return false;
    const put = (records) => records.map((r) => (r.id === id ? { ...r, ...values } : r));
    return this.commit({ entities: put(this.records.entities), claims: put(this.records.claims) }, this.base, notice);
  }

  remove(id = this.chosen) {
    if (!id) return false;
    const rest = (records) => records.filter((r) => r.id !== id);
    return this.commit({ entities: rest(this.records.entities), claims: rest(this.records.claims) });
  }

  /** Moves an edge of the chosen mention or of the chosen claim's last segment by a unit; `step` 1 grows, -1 shrinks. */
  resize(edge, step, finest) {
    const record = this.record;
    if (!record) return false;
    const span = record.layer === "entity" ? [record.start, record.end] : record.segments.at(-1);
    const moved = this.moved(span, edge, step, finest);
    if (!moved) return false;
    this.selection = null;
    if (record.layer === "entity") return this.change({ start: moved[0], end: moved[1] });
    return this.change({ segments: [...record.segments.slice(0, -1), moved] });
  }

  moved(span, edge, step, finest) {
    const line = this.kept.find((l) => l.toShown(...span));
    if (!line) return null;
    const [i, j] = line.toShown(...span);
    const units = finest ? line.graphemes : line.units;
    const grown = edge === "end" ? [i, this.#edge(units, j, step, 1)] : [this.#edge(units, i, -step, 0), j];
    return grown[0] !== undefined && grown[1] !== undefined && grown[0] < grown[1] ? line.toRaw(...grown) : null;
  }

  #edge(units, at, step, side) {
    const places = units.map((unit) => unit[side]);
    return step > 0 ? places.find((p) => p > at) : places.findLast((p) => p < at);
  }

  /** The next or previous record in the order of the text. */
  step(direction) {
    const place = (r) => (r.layer === "entity" ? [r.start, -r.end] : [r.segments[0][0], -r.segments[0][1]]);
    const sorted = this.all.sort((a, b) => place(a)[0] - place(b)[0] || place(a)[1] - place(b)[1] || (a.id < b.id ? -1 : 1));
    if (!sorted.length) return;
    const at = sorted.findIndex((r) => r.id === this.chosen);
    this.choose(sorted[at < 0 ? (direction > 0 ? 0 : sorted.length - 1) : (at + direction + sorted.length) % sorted.length].id);
  }

  textOf(start, end) {
    const line = this.lines.find((l) => l.length && l.toShown(start, end));
    return line ? line.slice(...line.toShown(start, end)) : "";
  }

  /** Other places where the chosen mention's very words stand as whole units, without a label of their own. */
  sameStrings() {
    const record = this.record;
    if (record?.layer !== "entity") return [];
    const words = this.textOf(record.start, record.end);
    return this.kept.flatMap((line) => this.#occurrences(line, words)).filter(([start, end]) =>
      !this.records.entities.some((e) => e.start === start && e.end === end) && !this.crosses(start, end));
  }

  #occurrences(line, words) {
    const wanted = Array.from(words);
    const starts = new Set(line.units.map((u) => u[0]));
    const ends = new Set(line.units.map((u) => u[1]));
    const found = [];
    for (let i = 0; i + wanted.length <= line.length; i += 1) {
      if (starts.has(i) && ends.has(i + wanted.length) && wanted.every((c, n) => line.chars[i + n] === c)) found.push(line.toRaw(i, i + wanted.length));
    }
    return found;
  }

  crosses(start, end) {
    return this.records.entities.some((e) => (e.start < start && start < e.end && e.end < end) || (start < e.start && e.start < end && end < e.end));
  }

  applyToSame() {
    const { label, entity, metonym } = this.record;
    const made = this.sameStrings().map((span) => ({ ...this.#entity(span, label), ...(entity ? { entity } : {}), ...(metonym ? { metonym } : {}) }));
    return this.commit({ ...this.records, entities: [...this.records.entities, ...made] });
  }
}
