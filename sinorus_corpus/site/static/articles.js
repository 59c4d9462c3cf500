"use strict";
// All articles as a list that filters.
(() => {
  const { element, articles, claims, fold } = Explorer;
  const count = new Map();
  for (const claim of claims) count.set(claim.article, (count.get(claim.article) ?? 0) + 1);
  const list = element("ul", { class: "articles" });
  const said = element("p", { class: "count", role: "status" });

  const item = (article, n) => element("li", {}, element("a", { href: `${Explorer.up}articles/${article.id}.html` }, article.title),
    element("p", { class: "byline" }, Explorer.publisher(article), " · ", element("time", {}, Explorer.day(article.date)), " · ", Explorer.words(article.genre), " · ", Explorer.origin(article)),
    element("p", { class: "faint" }, `${count.get(n) ?? 0} claims, ${article.entities} entities; ${article.kept} of ${article.lines} lines are text`));

  const draw = () => {
    const { q, origin } = Object.fromEntries(new FormData(form));
    const found = articles.map((a, n) => [a, n]).filter(([a]) => (!origin || a.origin === origin) && fold(`${a.title} ${a.publisher} ${a.date}`).includes(fold(q)));
    found.sort(([a], [b]) => b.date.localeCompare(a.date));
    said.textContent = `${found.length} of ${articles.length} articles`;
    list.replaceChildren(...found.map(([a, n]) => item(a, n)));
  };
  const change = () => { Explorer.remember(form); draw(); };
  const form = element("form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
    Explorer.search("q", "Search", change), Explorer.select("origin", "Origin", [...new Set(articles.map((a) => a.origin))].sort(), change));
  document.getElementById("main").append(element("h1", {}, "Articles"), element("p", { class: "lead" }, CORPUS.statement), form, said, list);
  Explorer.recall(form);
  draw();
})();
