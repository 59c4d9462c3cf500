"use strict";
// Two readings side by side: the measures, the differences by kind, and each document drawn twice.
(() => {
  const { element } = Draw;
  const data = JSON.parse(document.getElementById("data").textContent);
  const show = (value) => (value === null ? "–" : value.toFixed(3));

  const measures = () => {
    const groups = [...new Set(data.headline.flatMap((m) => Object.keys(m.groups)))];
    return element("table", {}, element("thead", {}, element("tr", {}, element("th", {}, ""), ...groups.map((g) => element("th", { scope: "col" }, g)))),
      element("tbody", {}, ...data.headline.map((m) => element("tr", {}, element("th", { scope: "row" }, m.name), ...groups.map((g) => element("td", {}, show(m.groups[g] ?? null)))))));
  };

  const named = (kind) => kind.replace(/ in A$/, ` in ${data.a}`).replace(/ in B$/, ` in ${data.b}`);

  const words = (lines, record) => {
    const spans = record.layer === "entity" ? [[record.start, record.end]] : record.segments;
    return spans.map(([a, b]) => { const line = lines.find((l) => l.length && l.toShown(a, b)); return line ? line.slice(...line.toShown(a, b)) : "…"; }).join(" … ");
  };

  const find = (side, id) => [...side.entities, ...side.claims].find((r) => r.id === id);

  const difference = (doc, lines, d, draw) => {
    const record = find(doc.a, d.a) ?? find(doc.b, d.b);
    const told = d.values.some(Boolean) ? `: ${d.values[0]} | ${d.values[1]}` : "";
    return element("li", {}, element("button", { type: "button", class: "plain", onclick: () => draw(d) }, `${d.layer}, ${named(d.kind)}${told}`), ` “${words(lines, record)}”`);
  };

  const section = (doc) => {
    const count = `${doc.differences.length} ${doc.differences.length === 1 ? "difference" : "differences"}`;
    const body = element("details", {}, element("summary", {}, element("b", {}, doc.doc?.title ?? doc.doc_id), ` ${count}`));
    if (!doc.lines) body.append(element("p", { class: "faint" }, "Its text may not be passed on: sinorus hydrate puts your copy in place."));
    else body.addEventListener("toggle", () => fill(body, doc), { once: true });
    return body;
  };

  const fill = (body, doc) => {
    const lines = Draw.lines(doc.lines);
    const columns = { a: element("div"), b: element("div") };
    const drawn = Object.fromEntries(["a", "b"].map((side) => [side, new Draw.DrawnDocument(columns[side], Draw.lines(doc.lines))]));
    const draw = (chosen) => {
      for (const side of ["a", "b"]) {
        drawn[side].update(Draw.spansOf(doc[side], data.schema.labels, chosen?.[side] ?? ""));
        const line = lines.find((l) => l.length && chosen && l.end > chosen.start);
        if (line) drawn[side].elements.get(line.id).scrollIntoView({ block: "center" });
      }
    };
    const kinds = Map.groupBy(doc.differences, (d) => `${d.layer}, ${d.kind}`);
    body.append(...[...kinds].map(([kind, found]) => element("details", { open: found.length < 8 }, element("summary", {}, `${found.length} × ${named(kind)}`), element("ul", {}, ...found.map((d) => difference(doc, lines, d, draw))))),
      element("div", { class: "two" }, element("div", {}, element("h3", {}, data.a), columns.a), element("div", {}, element("h3", {}, data.b), columns.b)));
    draw(null);
  };

  document.body.append(element("main", { class: "readings" }, element("h1", {}, `${data.a} and ${data.b}`), measures(), ...data.documents.map(section)));
})();
