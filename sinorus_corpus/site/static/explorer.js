"use strict";
// What the pages of the explorer share: the claims as objects, and how a claim, its chain and its figures are shown.
const Explorer = (() => {
  const { element } = Draw;
  const up = document.body.dataset.up;
  const articles = CORPUS.articles;
  const claims = CORPUS.claims.map((row) => Object.fromEntries(CORPUS.fields.map((name, n) => [name, row[n]])));
  for (const claim of claims) claim.doc = articles[claim.article];

  const clustersOf = new Map();
  for (const cluster of CORPUS.clusters) {
    for (const column of cluster.columns) {
      for (const [n] of column.members) clustersOf.set(n, [...(clustersOf.get(n) ?? []), cluster]);
    }
  }

  const define = (set, name) => CORPUS.labels[set]?.[name]?.[0] ?? "";
  const group = (relation) => CORPUS.labels.cluster_relation[relation]?.[1] ?? "";
  const words = (label) => label.replaceAll("_", " ");
  const place = (claim) => `${up}articles/${claim.doc.id}.html#${claim.id}`;

  /** The date as people read it; ISO stays in the attribute. */
  const day = (iso) => {
    if (!iso) return "undated";
    const [year, month, date] = iso.split("-").map(Number);
    const name = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][month - 1];
    return `${date} ${name} ${year}`;
  };

  const sourceName = ([quote, , who]) => who.length ? who.join(", ") : quote || "a source that the text names";

  const publisher = (article) => article.publisher === "unknown" ? "publisher unknown" : article.publisher;

  /** The chain from the outermost reporter, the article itself, to the innermost source. */
  const chain = (claim) => {
    const first = element("li", { class: "outer" }, element("b", {}, claim.doc.publisher === "unknown" ? "the article" : claim.doc.publisher), claim.chain.length ? "" : element("span", { class: "faint" }, " says so itself"));
    return element("ol", { class: "chain", "aria-label": "Chain of sources, outermost first" }, first, ...claim.chain.map(chainLink));
  };

  const chainLink = ([quote, cue, who]) => {
    const name = sourceName([quote, cue, who]);
    const own = quote && who.length && !who.some((known) => quote.includes(known)) ? element("span", { class: "faint" }, ` (“${quote}”)`) : "";
    return element("li", {}, element("b", {}, name), own, cue ? element("span", { class: "cue" }, ` “${cue}”`) : "");
  };

  const basis = (figure) => figure.basis ? `${figure.unit === "percent" ? "counted " : ""}in ${figure.basis}` : "";

  /** What a figure is counted in and for when, on one line. */
  const terms = (figure) => [
    basis(figure),
    figure.period ?? "", figure.base ? `against ${figure.base}` : "",
  ].filter(Boolean).join(" · ");

  const figureWords = (figure) => {
    const said = figure.said ?? { up: "rising", down: "falling", flat: "unchanged" }[figure.direction] ?? figure.direction ?? "";
    return `${figure.about ? "about " : ""}${said}`;
  };

  const figureRow = (figure) => element("li", {}, element("b", {}, figureWords(figure)), ` ${figure.variable ?? ""}`, element("span", { class: "faint" }, terms(figure) ? ` (${terms(figure)})` : ""));

  const badge = (relation) => element("span", { class: `badge ${group(relation)}`, title: define("cluster_relation", relation) }, words(relation));

  const origin = (article) => element("span", { class: `origin ${article.origin}` }, article.origin === "written" ? "written for the corpus" : article.ours ? "published" : article.here ? "published, your own copy" : "published, text withheld");

  const reference = (claim) => {
    const line = claim.line ? `line ${claim.line}` : "its line";
    const words = claim.doc.here ? `Read ${line}` : `Find ${line} in your own copy`;
    return element("a", { class: "go", href: place(claim), "aria-label": `${words}, ${claim.doc.title}` }, words, element("span", { "aria-hidden": "true" }, " →"));
  };

  const byline = (claim) => element("p", { class: "byline" }, element("cite", {}, claim.doc.title), " ",
    element("time", { datetime: claim.doc.date || null }, day(claim.doc.date)), " ", origin(claim.doc));

  /** A claim as a card: who says it, what it says, where it stands. */
  const card = (n, relation) => {
    const claim = claims[n];
    return element("article", { class: "claim" }, chain(claim), element("p", { class: "gloss" }, claim.gloss),
      byline(claim), element("p", { class: "foot" }, relation ? badge(relation) : "", reference(claim)));
  };

  const select = (name, label, values, draw) => {
    const made = element("select", { name, onchange: draw }, element("option", { value: "" }, "any"), ...values.map((v) => element("option", { value: String(v) }, words(String(v)))));
    return element("label", { class: "filter" }, element("span", {}, label), made);
  };

  const search = (name, label, draw, list = null) => element("label", { class: "filter wide" }, element("span", {}, label), element("input", { type: "search", name, list, autocomplete: "off", oninput: draw }));

  /** Keeps the values of a form in the address, so that a view can be passed on. */
  const remember = (form) => {
    const given = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    history.replaceState(null, "", given.size ? `?${given}` : location.pathname);
  };

  const recall = (form) => {
    for (const [name, value] of new URLSearchParams(location.search)) {
      const field = form.elements.namedItem(name);
      if (field) field.value = value;
    }
  };

  const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");

  return { element, up, articles, claims, clustersOf, define, group, words, place, day, sourceName, publisher, chain, basis, terms, figureWords, figureRow, badge, origin, card, select, search, remember, recall, fold };
})();
