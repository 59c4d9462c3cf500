"use strict";
// The annotation page: puts the parts together and listens to the keys.
const Annotate = (() => {
  const { element } = Draw;
  const HELP = [
    ["→ ←", "next, previous word (Ctrl: character)"], ["↑ ↓", "line before, line after"], ["Shift → ←", "grow, shrink the selection (with Alt: at its start)"],
    ["a label's key", "label the selection, or change the chosen label"], ["Enter", "the last label again"], ["k", "a claim of the selection"], ["+", "the selection as a further segment"],
    ["[ ] or Shift ← →", "shrink, grow the chosen span at its end ({ } or Alt Shift: at its start; with Alt [ ] or Ctrl: by a character)"], [", .", "previous, next label"], ["Del", "delete"], ["Alt S, Alt C", "the selection as source, as cue of the last link or a new one"], ["Alt R, Alt N", "to the registry search, to the note (Esc: back to the text)"], ["u", "unsure"], ["b", "metonym"],
    ["v", "the same label on all same strings"], ["j", "one question at a time (, . move between claims)"], ["z", "snap to words on or off (Alt while dragging)"], ["Ctrl Z, Ctrl Shift Z", "undo, redo"], ["Esc", "choose nothing"], ["h", "this help"],
  ];

  const frame = (root, doc) => {
    const parts = {
      text: element("main", { tabindex: "0", role: "application", "aria-label": "article text", "aria-describedby": "selection-said" }),
      palette: element("section", { "aria-label": "labels", class: "palette" }), inspector: element("section", { "aria-label": "chosen label", class: "inspector" }),
      guideline: element("section", { "aria-label": "guideline", class: "guideline" }), findings: element("section", { "aria-label": "findings", class: "findings" }),
      questions: element("section", { "aria-label": "one question", class: "questions", hidden: true }), said: element("p", { id: "selection-said", class: "said", role: "status", "aria-live": "polite" }),
      save: element("span", { class: "save", role: "status", "aria-live": "polite" }), tools: element("span", { class: "tools" }), dialog: element("dialog", {}),
    };
    const back = doc.home ? element("a", { href: doc.home }, "all articles") : null;
    const facts = [doc.publisher, doc.date, doc.genre, doc.origin].filter(Boolean).join(" · ");
    const header = element("header", {}, element("div", {}, back, " ", element("b", {}, doc.title), " ", element("small", { class: "faint" }, facts)), element("div", {}, parts.tools, parts.save));
    const side = element("aside", {}, parts.palette, parts.inspector, parts.guideline, parts.findings);
    root.append(header, parts.questions, element("div", { class: "columns" }, element("div", {}, parts.said, parts.text), side), parts.dialog);
    return parts;
  };

  /** Asks; what `run` does happens only on yes. */
  const ask = (dialog, yes, run, ...told) => {
    dialog.replaceChildren(element("form", { method: "dialog" }, ...told, element("button", { type: "submit", value: "yes", autofocus: true }, yes), " ", element("button", { value: "no" }, "cancel")));
    dialog.onclose = () => { if (dialog.returnValue === "yes") run(); };
    dialog.returnValue = "";
    dialog.showModal();
  };

  const confirmSame = (state, dialog) => {
    const spans = state.sameStrings();
    const record = state.record;
    if (record?.layer !== "entity") return;
    const words = state.textOf(record.start, record.end);
    ask(dialog, spans.length ? `label ${spans.length} more` : "close", () => spans.length && state.applyToSame(), element("p", {}, `“${words}” stands in ${spans.length} other ${spans.length === 1 ? "place" : "places"} without this label. Make ${spans.length === 1 ? "it" : "each"} ${record.label}?`),
      element("ul", {}, ...spans.slice(0, 12).map(([a]) => element("li", {}, context(state, a)))));
  };

  const context = (state, start) => {
    const line = state.lines.find((l) => l.length && l.start <= start && start < l.end);
    const [i] = line.toShown(start, start + 1);
    return `… ${line.slice(Math.max(0, i - 30), i + 40)} …`;
  };

  const help = (dialog) => {
    dialog.onclose = null;
    dialog.replaceChildren(element("form", { method: "dialog" }, element("h2", {}, "Keys"), element("table", {}, ...HELP.map(([key, what]) => element("tr", {}, element("td", {}, element("kbd", {}, key)), element("td", {}, what)))), element("button", { autofocus: true }, "close")));
    dialog.showModal();
  };

  const findings = (target, { findings: found, partly }, state) => {
    const list = found.map((f) => element("li", { class: f.severity }, element("button", { type: "button", class: "plain", onclick: () => f.id && state.choose(f.id) }, `${f.id || "file"} ${f.code}`), ` ${f.found}; expected ${f.expected}. ${f.mend}`));
    target.replaceChildren(element("h3", {}, found.length ? `${found.length} findings` : partly ? "nothing found here" : "no findings"), ...(partly ? [element("p", { class: "faint" }, "This page looks for doubled, crossing and overlapping spans; all else is checked when it is received.")] : []), element("ul", {}, ...list));
  };

  const commands = (state, selecting, questions, dialog) => ({
    "Enter": () => state.lastLabel && state.addEntity(state.lastLabel), "k": () => state.addClaim(), "+": () => state.addSegment(), "Delete": () => state.remove(), "Backspace": () => state.remove(),
    "]": (e) => state.resize("end", 1, alt(e)), "[": (e) => state.resize("end", -1, alt(e)), "}": (e) => state.resize("start", -1, alt(e)), "{": (e) => state.resize("start", 1, alt(e)),
    ".": () => (questions.on ? questions : state).step(1), ",": () => (questions.on ? questions : state).step(-1), "u": () => state.record && state.change({ unsure: !state.record.unsure }), "b": () => state.record?.layer === "entity" && state.change({ metonym: !state.record.metonym }),
    "v": () => confirmSame(state, dialog), "j": () => questions.toggle(), "h": () => help(dialog), "?": () => help(dialog),
    "z": () => { selecting.snapping = !selecting.snapping; state.tell(false); }, "Escape": () => { state.chosen = ""; state.select(null); },
  });

  /** AltGr makes characters on many keyboards; it is neither Alt nor Ctrl. */
  const graph = (event) => event.getModifierState("AltGraph");
  const alt = (event) => event.altKey && !graph(event);

  const altKeys = (state, inspector) => ({
    KeyS: () => state.addLink("source"), KeyC: () => state.addLink("cue"), KeyN: () => inspector.focus("note"),
    KeyR: () => inspector.focus(state.record?.layer === "claim" ? "who-" : "entity"),
  });

  /** Shift and an arrow move the end of the chosen label, with Alt its start. */
  const resized = (event, state) => {
    const side = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!side || !event.shiftKey || !state.holdsLabel) return false;
    state.resize(event.altKey ? "start" : "end", event.altKey ? -side : side, event.ctrlKey);
    return true;
  };

  const onKey = (event, { state, selecting, questions, keys, table, alts, text }) => {
    if (event.target.closest("dialog")) return;
    if (event.key === "Escape" && !event.target.matches("main, body")) { text.focus({ preventScroll: true }); return event.preventDefault(); }
    if (event.target.matches("input, textarea, select")) return;
    if (alt(event) && alts[event.code]) { alts[event.code](); return event.preventDefault(); }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") { event.preventDefault(); return event.shiftKey ? state.redo() : state.undo(); }
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "y") { event.preventDefault(); return state.redo(); }
    const inText = event.target.matches("main, body");
    if (inText && (resized(event, state) || selecting.key(event))) return event.preventDefault();
    if ((event.ctrlKey || event.metaKey) && !graph(event)) return;
    if (event.key === "Enter" && !inText) return; // the button that has the focus takes it
    if (questions.key(event.key)) return event.preventDefault();
    const label = [...keys].find(([, key]) => key === event.key)?.[0];
    const command = table[event.key];
    if (label) state.addEntity(label);
    else if (command) command(event);
    else return;
    event.preventDefault();
  };

  /** Hands the reading in; where errors are found in it, asks first. */
  const handIn = async (state, dialog, store, saver, check) => {
    state.typing?.();
    if (state.unkept) return saver.show("failed", "NOT HANDED IN: a number cannot be read; mend it first");
    const hand = () => (store.handIn ? store.handIn(state.records) : saver.hand("pass"));
    if (saver.dirty) await saver.save();
    const errors = (await check()).filter((f) => f.severity === "error").length;
    if (!errors) return hand();
    return ask(dialog, "hand in all the same", hand, element("p", {}, `${errors} ${errors === 1 ? "error is" : "errors are"} found in this reading. It will be refused as long as they stand.`));
  };

  const suggest = async (state, dialog, store, saver) => {
    const { status, data } = await store.suggestions(saver.doc);
    if (status === 200) ask(dialog, "add suggestions", () => state.addSuggestions(data.entities), element("p", {}, `${data.entities.length} names, dates and figures to correct. With them the reading is no longer blind, and says so; undo takes that back.`));
  };

  const tools = (parts, state, selecting, dialog, store, saver, check, inGold) => {
    const button = (text, title, run) => element("button", { type: "button", title, onclick: run }, text);
    const snap = button("snap to words", "z", () => { selecting.snapping = !selecting.snapping; state.tell(false); });
    const names = button("names", "show or hide the names of labels", () => parts.text.classList.toggle("quiet"));
    const undo = button("undo", "Ctrl Z", () => state.undo());
    const redo = button("redo", "Ctrl Shift Z", () => state.redo());
    const hand = button("hand in", store.handIn ? "save the file that you send in" : "mark this reading as finished", () => (saver.status === "pass" ? saver.hand("draft") : handIn(state, dialog, store, saver, check)));
    hand.dataset.action = "hand-in";
    const suggesting = button("suggest", "names, dates and figures to correct; the reading is then no longer blind", () => suggest(state, dialog, store, saver));
    if (store.suggestions && !state.asked) parts.tools.append(suggesting);
    parts.tools.append(undo, redo, snap, names, button("keys", "h", () => help(dialog)), hand);
    return () => {
      undo.disabled = !state.past.length || state.locked;
      redo.disabled = !state.future.length || state.locked;
      snap.setAttribute("aria-pressed", String(selecting.snapping));
      hand.textContent = store.handIn ? "hand in" : saver.status === "pass" ? "take back" : "hand in";
      hand.disabled = inGold && saver.status === "pass";
      suggesting.disabled = state.locked;
    };
  };

  const say = (parts, state) => {
    const s = state.selection;
    const record = state.record;
    const selected = s && s.j > s.i ? `selected: “${s.line.slice(s.i, s.j)}”` : "";
    const chosen = record ? `${record.label ?? "claim"} ${record.id}` : "";
    parts.said.textContent = state.locked ? "This reading is handed in and kept as made. Take it back to change it." : state.notice || [chosen, selected].filter(Boolean).join(" · ") || "nothing selected";
  };

  /** An audit asks for some paragraphs; the rest of the article is there to be read. */
  const showContext = (text, drawn, lines) => {
    for (const folded of text.querySelectorAll("details")) folded.open = true;
    for (const line of lines) drawn.elements.get(line.id).classList.add(line.kept ? "asked" : line.context ? "context" : "furniture");
    text.querySelector(".asked")?.scrollIntoView({ block: "center" });
  };

  const start = async (root, store, name, home) => {
    const { status, data } = await store.load(name);
    if (status !== 200) return root.append(element("p", { class: "refused" }, data.error ?? `the server answered ${status}`));
    const state = new State(data);
    state.asked = data.asked;
    const parts = frame(root, { ...data.doc, home });
    const drawn = new Draw.DrawnDocument(parts.text, state.lines);
    const selecting = new Selecting(state, drawn, parts.text);
    const keys = Palette.keysFor(data.schema.labels.entity.map((l) => l.name));
    const guide = (label, set) => Palette.guideline(parts.guideline, label, set);
    const inspector = new Inspector(parts.inspector, state, guide);
    const questions = new Questions(parts.questions, state, guide);
    const saver = new Saver(store, name, state, data.etag, (kind, text) => { parts.save.className = `save ${kind}`; parts.save.textContent = text; });
    saver.status = data.header?.status ?? "draft";
    state.locked = saver.status === "pass";
    state.onTyping = () => saver.typing();
    const check = async () => {
      const answer = await store.findings(name, state).catch(() => ({ status: 0 }));
      if (answer.status === 200) findings(parts.findings, answer.data, state);
      return answer.data?.findings ?? [];
    };
    const refreshTools = tools(parts, state, selecting, parts.dialog, store, saver, check, data.in_gold);
    let shown = "";
    const onLabel = (label) => { state.addEntity(label); guide(state.schema.labels.entity.find((l) => l.name === label), "entity"); };
    const refresh = () => {
      refreshTools();
      drawn.update(Draw.spansOf(state.records, data.schema.labels, state.chosen));
      selecting.show(state.selection);
      Palette.draw(parts.palette, state, keys, onLabel);
      if (state.chosen !== shown) parts.text.querySelector(".part.selected")?.scrollIntoView({ block: "nearest" });
      shown = state.chosen;
      inspector.draw();
      questions.draw();
      say(parts, state);
      if (state.record?.layer === "entity") guide(state.schema.labels.entity.find((l) => l.name === state.record.label), "entity");
    };
    saver.onSaved = () => { refresh(); check(); };
    selecting.onRefused = (line) => { parts.said.textContent = data.asked ? "This audit asks for another line: the one with a frame." : `A label can't stand here: this line is ${line.label}${line.dup_of ? `, a repeat of ${line.dup_of}` : ""}, which is not part of the published text.`; };
    state.listen((changed) => { if (changed) saver.changed(); refresh(); });
    const table = commands(state, selecting, questions, parts.dialog);
    document.addEventListener("keydown", (event) => onKey(event, { state, selecting, questions, keys, table, alts: altKeys(state, inspector), text: parts.text }));
    saver.show("saved", data.etag ? "as saved" : data.kept ? "as kept in this browser" : "nothing to save yet");
    if (data.asked) showContext(parts.text, drawn, data.lines);
    guide(null);
    refresh();
    check();
    document.title = `${data.doc.title} · sinorus`;
    window.sinorus = { state, drawn, selecting, saver }; // for tests and the curious
    return state;
  };

  return { start };
})();
