"use strict";
// All articles: how far this annotator has come, what is left, what to look at again.
const Overview = (() => {
  const { element } = Draw;
  const STATES = { "": "to do", draft: "begun", pass: "handed in" };

  const row = (doc, token) => element("tr", {},
    element("td", {}, doc.at_hand ? element("a", { href: `/documents/${doc.doc_id}#${token}` }, doc.title) : element("span", { class: "faint", title: "its text is not here: sinorus hydrate" }, doc.title)),
    element("td", {}, doc.genre), element("td", {}, doc.origin), element("td", {}, doc.words ? String(doc.words) : ""),
    element("td", {}, STATES[doc.status] ?? doc.status, doc.labels ? `, ${doc.labels} labels` : ""), element("td", {}, String(doc.passes)), element("td", {}, doc.gold || "none"), element("td", {}, settle(doc, token)));

  const settle = (doc, token) => element("span", {}, ...doc.settle.map(([a, b]) => element("a", {
    href: `/adjudicate/${doc.doc_id}?a=${a}&b=${b}#${token}`, ...(doc.gold === "adjudicated" ? {} : { title: "whoever has seen these makes no reading of this article any more" }),
  }, doc.gold === "adjudicated" ? "see where they differ" : `settle ${a}, ${b}`)).flatMap((link) => [link, " "]));

  const queue = (items, token) => element("ul", {}, ...items.map((item) => element("li", {}, element("a", { href: `/documents/${item.doc_id}?label=${item.id}#${token}` }, `${item.doc_id} ${item.id}`), ` ${item.why}: “${item.words.slice(0, 80)}”`)));

  const start = async (root, store) => {
    const { status, data } = await store.ask("GET", "/api/overview");
    if (status !== 200) return root.append(element("p", { class: "refused" }, data.error ?? `the server answered ${status}`));
    if (data.audit) return Audit.start(root, store, data);
    const done = data.documents.filter((d) => d.status === "pass").length;
    const open = data.documents.filter((d) => d.at_hand && d.status !== "pass");
    root.append(element("main", { class: "overview" }, element("h1", {}, `Articles of ${data.annotator}`),
      element("p", {}, `${done} handed in, ${open.length} left`), element("progress", { max: done + open.length || 1, value: done, "aria-label": "articles handed in" }),
      element("div", { class: "wide", tabindex: "0", role: "region", "aria-label": "articles" }, element("table", {}, element("thead", {}, element("tr", {}, ...["article", "genre", "origin", "words", "your reading", "passes", "gold", ""].map((h) => element("th", { scope: "col" }, h)))), element("tbody", {}, ...data.documents.map((d) => row(d, store.token))))),
      element("h2", {}, "Look at these again"), data.queue.length ? queue(data.queue, store.token) : element("p", { class: "faint" }, "Nothing is marked unsure, and no words carry two labels.")));
    return data;
  };

  return { start };
})();
