"use strict";
// All claims as a table that filters; each row leads to the line that the claim stands on.
(() => {
  const { element, claims, words, fold } = Explorer;
  const PAGE = 100;
  const year = (claim) => claim.doc.date.slice(0, 4) || "undated";
  const sources = (claim) => claim.chain.length ? claim.chain.map(Explorer.sourceName) : ["the author"];
  const text = claims.map((c) => fold([c.gloss, ...sources(c), ...c.chain.map(([quote]) => quote), c.doc.title, c.doc.publisher, ...c.figures.map((f) => `${f.said ?? ""} ${f.variable ?? ""}`)].join(" ")));
  const sourceText = claims.map((c) => fold(sources(c).join(" | ")));
  const inOrder = (set, get) => Object.keys(CORPUS.labels[set]).filter((name) => claims.some((c) => get(c) === name));
  const distinct = (get) => [...new Set(claims.map(get))].sort();
  const body = element("tbody");
  const said = element("p", { class: "count", role: "status" });
  const more = element("button", { type: "button", class: "more", onclick: () => { limit += PAGE; draw(); } });
  let limit = PAGE;

  const cell = (name, ...children) => element("td", { "data-name": name }, ...children);

  const row = (claim) => element("tr", {},
    cell("claim", element("a", { href: Explorer.place(claim) }, claim.gloss), ...claim.figures.length ? [element("ul", { class: "also" }, ...claim.figures.map(Explorer.figureRow))] : []),
    cell("source", sources(claim).join(" → ")),
    cell("topic", words(claim.topic)),
    cell("type", element("span", { title: Explorer.define("claim_type", claim.ctype) }, claim.ctype)),
    cell("certainty", element("span", { title: Explorer.define("certainty", claim.cert) }, claim.cert)),
    cell("article", `${claim.doc.title} `, element("span", { class: "faint" }, Explorer.day(claim.doc.date)), " ", Explorer.origin(claim.doc)));

  const matches = (n, { q, source, topic, ctype, cert, year: when, origin }) => {
    const c = claims[n];
    return (!topic || c.topic === topic) && (!ctype || c.ctype === ctype) && (!cert || c.cert === cert) && (!when || year(c) === when)
      && (!origin || c.doc.origin === origin) && (!source || sourceText[n].includes(fold(source)))
      && fold(q).split(/\s+/).every((word) => text[n].includes(word));
  };

  const draw = () => {
    const asked = Object.fromEntries(new FormData(form));
    const found = claims.map((_, n) => n).filter((n) => matches(n, asked));
    said.textContent = `${found.length} of ${claims.length} claims`;
    body.replaceChildren(...found.slice(0, limit).map((n) => row(claims[n])));
    more.hidden = found.length <= limit;
    more.textContent = `Show ${Math.min(PAGE, found.length - limit)} more`;
  };

  const change = () => { limit = PAGE; Explorer.remember(form); draw(); };
  const names = [...new Set(claims.flatMap((c) => sources(c)))].sort();
  const form = element("form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
    Explorer.search("q", "Search", change), Explorer.search("source", "Source", change, "sources"),
    element("datalist", { id: "sources" }, ...names.map((name) => element("option", { value: name }))),
    Explorer.select("topic", "Topic", inOrder("topic", (c) => c.topic), change),
    Explorer.select("ctype", "Type", inOrder("claim_type", (c) => c.ctype), change),
    Explorer.select("cert", "Certainty", inOrder("certainty", (c) => c.cert), change),
    Explorer.select("year", "Year of the article", distinct(year), change),
    Explorer.select("origin", "Origin", distinct((c) => c.doc.origin), change),
    element("button", { type: "button", onclick: () => { form.reset(); change(); } }, "Clear"));

  const heads = ["Claim", "Source", "Topic", "Type", "Certainty", "Article"].map((name) => element("th", { scope: "col" }, name));
  document.getElementById("main").append(element("h1", {}, "Claims"),
    element("p", { class: "lead" }, "What the articles assert, each in our own words; the link leads to the line it stands on."), form, said,
    element("table", { class: "claims" }, element("thead", {}, element("tr", {}, ...heads)), body), more);
  Explorer.recall(form);
  draw();
})();
