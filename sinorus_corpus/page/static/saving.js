"use strict";
// Where labels are kept: with the server, which writes the very files of a pull request, or, in a page without one, in the
// browser until they are handed in as a file.
class ServerStore {
  constructor(token) { this.token = token; }

  async ask(method, path, body) {
    const headers = { "X-Sinorus-Token": this.token, ...(body ? { "Content-Type": "application/json" } : {}) };
    const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    const data = await answer.json().catch(() => ({}));
    return { status: answer.status, data };
  }

  load(doc) { return this.ask("GET", `/api/documents/${encodeURIComponent(doc)}`); }
  save(doc, body) { return this.ask("PUT", `/api/documents/${encodeURIComponent(doc)}`, body); }
  suggestions(doc) { return this.ask("GET", `/api/documents/${encodeURIComponent(doc)}/suggestions`); }
  findings(doc) { return this.ask("GET", `/api/documents/${encodeURIComponent(doc)}/findings`); }
}

class FileStore {
  constructor(data) { this.data = data; this.key = `sinorus ${data.doc.doc_id} ${data.doc.sha256}`; }

  async load() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) ?? "null");
      return { status: 200, data: { ...this.data, ...(kept ?? {}), kept: Boolean(kept) } };
    } catch { return { status: 200, data: this.data }; }
  }

  async save(doc, body) {
    try {
      localStorage.setItem(this.key, JSON.stringify({ entities: body.entities, claims: body.claims }));
      return { status: 200, data: { etag: "", where: "this browser" } };
    } catch (error) { return { status: 507, data: { error: `the browser keeps nothing: ${error.message}. Hand the file in now` } }; }
  }

  async findings(_, state) { return { status: 200, data: { findings: Checks.findings(state.records), partly: true } }; }

  /** The file that `sinorus receive` takes. */
  handIn(body) {
    const { doc_id, sha256 } = this.data.doc;
    const blob = new Blob([JSON.stringify({ doc_id, sha256, entities: body.entities, claims: body.claims }, null, 1)], { type: "application/json" });
    const link = Draw.element("a", { href: URL.createObjectURL(blob), download: `${doc_id}.sinorus.json` });
    link.click();
  }
}

/** Saves a moment after each change, one save at a time, and says at any time how things stand. */
class Saver {
  static RETRY = 3000;

  constructor(store, doc, state, etag, show) {
    Object.assign(this, { store, doc, state, etag, show, running: false, dirty: false, timer: 0, status: "draft" });
    addEventListener("beforeunload", (event) => (this.dirty || state.unkept) && event.preventDefault());
  }

  /** Something is being typed that no label holds yet. */
  typing() { this.show("unsaved", "not saved yet"); }

  changed() {
    this.dirty = true;
    this.show("unsaved", "not saved yet");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), 600);
  }

  /** Hands the reading in, or takes it back; nothing can be changed until that is written. */
  async hand(status) {
    const was = this.state.locked;
    this.state.locked = true;
    this.state.tell(false);
    await this.save(status);
    this.state.locked = this.status === status ? status === "pass" : was;
    this.state.tell(false);
  }

  async save(status = this.status) {
    clearTimeout(this.timer);
    if (this.running) { this.again = { status, waiting: this.again?.waiting ?? Promise.withResolvers() }; return this.again.waiting.promise; }
    this.running = true;
    this.dirty = false;
    this.show("saving", "saving …");
    const body = { etag: this.etag, status, taken_back: this.status === "pass" && status === "draft", base: this.state.base, entities: this.state.records.entities, claims: this.state.records.claims };
    const answer = await this.store.save(this.doc, body).catch(() => ({ status: 0, data: {} }));
    this.running = false;
    this.#after(answer, status);
    const next = this.again;
    if (next) { this.again = undefined; await this.save(next.status).finally(next.waiting.resolve); }
  }

  #after({ status: code, data }, status) {
    if (code === 200) {
      this.etag = data.etag;
      this.status = status;
      if (!this.dirty && !this.state.unkept) this.show("saved", `saved ${new Date().toLocaleTimeString()} in ${data.where}`);
      return this.onSaved?.();
    }
    this.dirty = true;
    if (code === 409) return this.show("conflict", `NOT SAVED: the file has changed on disk. ${data.error}`);
    if (!code && status === this.status) this.timer = setTimeout(() => this.save(), Saver.RETRY);
    this.show("failed", `NOT SAVED: ${data.error ?? (code ? `the server answered ${code}` : "the server does not answer; is it still running?")}`);
  }
}
