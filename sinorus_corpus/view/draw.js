"use strict";
// Draws a document with its spans. Entities have bars below the text, claims, sources and cues above it; each in a lane of
// its own, so that nested and crossing spans all show and none touches another. Text is set as text, never as markup.
const Draw = (() => {
  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "class") made.className = value;
      else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  };

  const hue = (index) => Math.round((index * 137.508) % 360);
  const ink = (index) => `light-dark(hsl(${hue(index)} 70% 36%), hsl(${hue(index)} 70% 68%))`;
  const tint = (index) => `light-dark(hsl(${hue(index)} 70% 92%), hsl(${hue(index)} 45% 20%))`;
  const CLAIM = "light-dark(#3b5b8c, #9db8e8)";
  const STRONG = "light-dark(#c2410c, #fdba74)";
  const LANE = 5;

  /** Gives each span the lowest lane in which it overlaps none; shorter spans come nearer to the text. */
  const lanes = (spans) => {
    const taken = [];
    for (const span of [...spans].sort((a, b) => a.j - a.i - (b.j - b.i) || a.i - b.i)) {
      let lane = 0;
      while ((taken[lane] ??= []).some((other) => other.i < span.j && span.i < other.j)) lane += 1;
      taken[lane].push(span);
      span.lane = lane;
    }
    return taken.length;
  };

  const onLine = (line, spans) => spans.flatMap((span) => {
    const shown = line.toShown(span.start, span.end);
    return shown ? [{ ...span, i: shown[0], j: shown[1] }] : [];
  });

  const cuts = (line, spans) => {
    const at = new Set([0, line.length]);
    for (const { i, j } of spans) at.add(i).add(j);
    return [...at].sort((a, b) => a - b);
  };

  const bar = (span, from, to, offset, above) => {
    const left = span.i === from ? 1 : 0;
    const right = span.j === to ? 1 : 0;
    const color = span.selected ? STRONG : above ? (span.color !== undefined ? ink(span.color) : CLAIM) : ink(span.color);
    const image = span.kind === "source" || span.kind === "cue"
      ? `repeating-linear-gradient(90deg, ${color} 0 ${span.kind === "source" ? 6 : 2}px, transparent 0 ${span.kind === "source" ? 8 : 4}px)`
      : `linear-gradient(${color}, ${color})`;
    const y = above ? `${offset}px` : `calc(100% - ${offset}px)`;
    return { image, size: `calc(100% - ${left + right}px) ${span.selected ? 4 : 3}px`, position: `${left}px ${y}` };
  };

  // A look that many parts share is parsed once: a class in a sheet of its own.
  const sheet = new CSSStyleSheet();
  const classes = new Map();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const classOf = (look) => {
    if (!classes.has(look)) {
      classes.set(look, `part look-${classes.size}`);
      sheet.insertRule(`.${classes.get(look).split(" ")[1]} { ${look} }`);
    }
    return classes.get(look);
  };

  const paint = (made, covering, from, to, top, bottom) => {
    const layers = covering.map((span) => span.kind === "entity"
      ? bar(span, from, to, (bottom - 1 - span.lane) * LANE, false)
      : bar(span, from, to, (top - 1 - span.lane) * LANE, true));
    const inner = covering.filter((s) => s.kind === "entity").sort((a, b) => a.j - a.i - (b.j - b.i))[0];
    if (inner) layers.push({ image: `linear-gradient(${tint(inner.color)}, ${tint(inner.color)})`, size: `100% calc(100% - ${(top + bottom) * LANE}px)`, position: `0 ${top * LANE}px` });
    const all = (name) => layers.map((layer) => layer[name]).join(", ");
    made.className = classOf(`background-image: ${all("image")}; background-size: ${all("size")}; background-position: ${all("position")}`);
  };

  /** Draws one line into its element; only this is done again when its spans change. */
  const drawLine = (target, line, spans) => {
    const here = onLine(line, spans);
    const below = here.filter((s) => s.kind === "entity");
    const bottom = lanes(below);
    const top = lanes(here.filter((s) => s.kind !== "entity"));
    target.style.setProperty("--top", `${top * LANE}px`);
    target.style.setProperty("--bottom", `${bottom * LANE}px`);
    const points = cuts(line, here);
    const parts = points.slice(0, -1).map((from, n) => drawPart(line, here, from, points[n + 1], top, bottom));
    target.replaceChildren(...parts);
  };

  const drawPart = (line, here, from, to, top, bottom) => {
    const covering = here.filter((s) => s.i <= from && s.j >= to);
    const made = element("span", { class: "part" }, line.slice(from, to));
    made.from = from;
    if (!covering.length) return made;
    made.spans = [...covering].sort((a, b) => a.j - a.i - (b.j - b.i));
    made.title = made.spans.map((s) => s.title ?? s.label).join("\n");
    paint(made, covering, from, to, top, bottom);
    const ends = covering.filter((s) => s.kind === "entity" && s.j === to && s.tag);
    if (ends.length) made.dataset.tag = ends.map((s) => s.tag).join("·");
    const starts = covering.filter((s) => s.kind !== "entity" && s.i === from && s.tag);
    if (starts.length) made.dataset.start = starts.map((s) => s.tag).join("·");
    if (covering.some((s) => s.selected)) made.classList.add("selected");
    return made;
  };

  const lineElement = (line) => {
    const heading = { title: "1", subtitle: "2", heading: "3" }[line.label];
    const role = line.kept && heading ? { role: "heading", "aria-level": heading } : {};
    const why = line.kept ? {} : { title: `${line.label}${line.dup_of ? `, a repeat of ${line.dup_of}` : ""}: not part of the published text, so no label can stand here` };
    const made = element("p", { class: `line ${line.kept ? "kept" : "left-out"} type-${line.label}`, "data-line": line.id, ...role, ...why });
    made.line = line;
    return made;
  };

  const folded = (elements) => {
    const types = [...new Set(elements.map((e) => e.line.label))].join(", ");
    const count = `${elements.length} ${elements.length === 1 ? "line" : "lines"} left out: ${types}`;
    return element("details", { class: "left-out" }, element("summary", {}, count), ...elements);
  };

  /** A drawn document: `update(spans)` draws again the lines whose spans changed, and no others. */
  class DrawnDocument {
    constructor(root, lines) {
      this.lines = lines;
      this.elements = new Map(lines.map((line) => [line.id, lineElement(line)]));
      this.drawn = new Map();
      root.classList.add("document");
      root.replaceChildren(...this.#blocks());
      this.update([]);
    }

    #blocks() {
      const blocks = [];
      let run = [];
      for (const line of this.lines) {
        if (!line.kept) run.push(this.elements.get(line.id));
        if (line.kept && run.length) blocks.push(folded(run.splice(0)));
        if (line.kept) blocks.push(this.elements.get(line.id));
      }
      return run.length ? [...blocks, folded(run)] : blocks;
    }

    update(spans) {
      const byLine = this.#share(spans);
      for (const line of this.lines) {
        const here = byLine.get(line.id) ?? [];
        const key = here.map((s) => [s.start, s.end, s.kind, s.label, s.tag, s.selected, s.color, s.title].join("|")).join("\n");
        if (this.drawn.get(line.id) === key) continue;
        this.drawn.set(line.id, key);
        drawLine(this.elements.get(line.id), line, here);
      }
    }

    #share(spans) {
      const sorted = this.lines.filter((line) => line.length);
      const byLine = new Map();
      for (const span of spans) {
        let low = 0;
        let high = sorted.length - 1;
        while (low < high) {
          const middle = (low + high) >> 1;
          if (sorted[middle].end <= span.start) low = middle + 1;
          else high = middle;
        }
        for (let n = low; n < sorted.length && sorted[n].start < span.end; n += 1) {
          if (!byLine.has(sorted[n].id)) byLine.set(sorted[n].id, []);
          byLine.get(sorted[n].id).push(span);
        }
      }
      return byLine;
    }

    /** The line and shown offset of a place in the page; null outside the text. */
    place(node, offset) {
      const host = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
      const target = host?.closest?.("[data-line]");
      if (!target || !target.line) return null;
      const part = host.closest(".part");
      if (!part) return { line: target.line, at: offset && target.children[offset - 1] ? target.children[offset - 1].from + Units.length(target.children[offset - 1].textContent) : 0 };
      const before = node.nodeType === Node.TEXT_NODE ? node.data.slice(0, offset) : offset ? part.textContent : "";
      return { line: target.line, at: part.from + Units.length(before) };
    }

    /** A DOM range over shown [i, j) of a line. */
    range(line, i, j) {
      const made = document.createRange();
      const [startNode, startOffset] = this.#node(line, i, false);
      const [endNode, endOffset] = this.#node(line, j, true);
      made.setStart(startNode, startOffset);
      made.setEnd(endNode, endOffset);
      return made;
    }

    #node(line, at, end) {
      const parts = [...this.elements.get(line.id).children];
      const part = parts.findLast((p) => (end ? p.from < at : p.from <= at)) ?? parts[0];
      const text = part.firstChild;
      return [text, Array.from(text.data).slice(0, at - part.from).join("").length];
    }
  }

  /** Draws a part of the page again; the focus stays on the control with the same `data-focus`. */
  const keepFocus = (target, draw) => {
    const held = target.contains(document.activeElement) ? document.activeElement.dataset.focus : "";
    draw();
    if (held && !target.contains(document.activeElement)) target.querySelector(`[data-focus="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  };

  const lines = (data) => data.map((line) => new Units.Line(line));

  /** Spans of records: entities, segments of claims, and the sources and cues of the claim that is chosen. */
  const spansOf = ({ entities, claims }, labels, chosen = "") => {
    const color = new Map(labels.entity.map((label, n) => [label.name, n]));
    const found = entities.map((e) => ({ id: e.id, kind: "entity", start: e.start, end: e.end, label: e.label, tag: e.label, color: color.get(e.label) ?? 0, selected: e.id === chosen, title: `${e.label}${e.metonym ? ", metonym" : ""}${e.unsure ? ", unsure" : ""}` }));
    for (const claim of claims) {
      const title = `claim ${claim.id}: ${claim.ctype}, ${claim.cert}`;
      claim.segments.forEach(([start, end], n) => found.push({ id: claim.id, kind: "claim", start, end, label: claim.ctype, tag: n ? `${claim.id}·${n + 1}` : claim.id, selected: claim.id === chosen, title }));
      if (claim.id === chosen) found.push(...chainSpans(claim));
    }
    return found;
  };

  const chainSpans = (claim) => (claim.attribution ?? []).flatMap((link, n) => ["source", "cue"].flatMap((kind) => link[kind]
    ? [{ id: claim.id, kind, start: link[kind][0], end: link[kind][1], label: kind, tag: `${kind} ${n + 1}`, selected: false, title: `${kind} ${n + 1} of ${claim.id}` }]
    : []));

  return { element, keepFocus, DrawnDocument, lines, spansOf, ink };
})();
