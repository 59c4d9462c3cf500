"use strict";
// The first page: one question with its rival answers, then every other cluster in the same form.
(() => {
  const { element, claims, words, fold } = Explorer;
  const PAGE = 20;
  const featured = CORPUS.featured;
  const byId = new Map(CORPUS.clusters.map((cluster) => [cluster.id, cluster]));
  const HEADS = { agrees: "The yardstick", rival: "A rival", scope: "Of another scope", time: "Of another time" };
  const COUNTS = ["No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"];
  const count = (n, one, many) => `${COUNTS[n] ?? n} ${n === 1 ? one : many}`;

  const plural = (n, one) => `${n} ${one}${n === 1 ? "" : "s"}`;

  const column = (found) => {
    const figure = Chart.figureOf(found);
    const head = element("header", {}, element("p", { class: "kind" }, HEADS[found.group] ?? found.group),
      figure ? element("p", { class: "figure" }, figure.about ? element("small", {}, "about ") : "", figure.said) : null,
      figure ? element("p", { class: "terms" }, Chart.terms(figure) || figure.variable) : null,
      found.gap ? element("p", { class: "gap" }, found.gap) : null);
    return element("section", { class: `column ${found.group}` }, head, ...found.members.map(([n, relation]) => Explorer.card(n, relation)));
  };

  const columns = (cluster) => element("div", { class: "columns-of" }, ...cluster.columns.map(column));

  const articlesOf = (cluster) => new Set(cluster.columns.flatMap((c) => c.members.map(([n]) => claims[n].article)));

  const summary = (cluster) => {
    const figures = [...new Set(cluster.columns.filter((c) => ["agrees", "rival"].includes(c.group)).map(Chart.figureOf).filter((f) => f?.said).map(Explorer.figureWords))];
    const members = cluster.columns.reduce((sum, c) => sum + c.members.length, 0);
    return [figures, [plural(members, "claim"), plural(articlesOf(cluster).size, "article")].join(" · ")];
  };

  const why = () => featured.why.length
    ? element("section", { class: "why" }, element("h2", {}, "Why they differ, as the articles tell it"),
      element("ul", {}, ...featured.why.map((n) => element("li", {}, claims[n].gloss, " ", element("a", { class: "go", href: Explorer.place(claims[n]) }, `${claims[n].doc.title}, line ${claims[n].line} →`)))))
    : null;

  const lead = (clusters) => {
    const first = clusters[0];
    const answers = first.columns.filter((c) => ["agrees", "rival"].includes(c.group));
    const told = answers.length > 1 ? `${count(answers.length, "answer", "answers")} are in print.` : "";
    const members = clusters.flatMap((c) => c.columns.flatMap((k) => k.members.map(([n]) => n)));
    const docs = new Set(members.map((n) => claims[n].article)).size;
    return element("p", { class: "lead" }, `${told} Here is every claim that gives one, from ${count(docs, "article", "articles").toLowerCase()}: who says it and through whom, in which currency, for which period, and the line it stands on. The first column is the yardstick, not the truth; the others are labelled by how they stand to it.`);
  };

  const legend = () => element("details", { class: "legend" }, element("summary", {}, "What the relations mean"),
    element("dl", {}, ...Object.entries(CORPUS.labels.cluster_relation).flatMap(([name, [meaning]]) => [element("dt", {}, Explorer.badge(name)), element("dd", {}, meaning)])));

  const hero = () => {
    const clusters = featured.clusters.map((id) => byId.get(id)).filter(Boolean);
    if (!clusters.length) return element("section", { class: "hero" }, element("h1", {}, "sinorus corpus"), element("p", { class: "honest" }, CORPUS.statement));
    const [first, ...more] = clusters;
    return element("section", { class: "hero" }, element("h1", {}, featured.question),
      element("div", { class: "opening" }, element("div", {}, lead(clusters), element("p", { class: "honest" }, CORPUS.statement)), Chart.draw(first)), columns(first), why(),
      ...more.flatMap((cluster) => [element("h2", {}, cluster.proposition), Chart.draw(cluster), columns(cluster)]), legend());
  };

  const item = (cluster) => {
    const [figures, size] = summary(cluster);
    const held = new Set(cluster.columns.flatMap((c) => c.members.map(([, relation]) => relation)));
    const relations = Object.keys(CORPUS.labels.cluster_relation).filter((name) => held.has(name) && Explorer.group(name) === "rival");
    const made = element("details", { class: "cluster", id: cluster.id }, element("summary", {},
      element("span", { class: "proposition" }, cluster.proposition),
      element("span", { class: "line" }, ...relations.map(Explorer.badge), element("span", { class: "topic" }, words(cluster.topic)), figures.length ? element("b", {}, figures.join(" / ")) : "", element("span", { class: "faint" }, size))));
    made.addEventListener("toggle", () => { if (made.open && made.children.length === 1) made.append(...[Chart.draw(cluster), columns(cluster)].filter(Boolean)); });
    return made;
  };

  const text = new Map(CORPUS.clusters.map((cluster) => [cluster.id, fold([cluster.id, cluster.proposition, ...cluster.columns.flatMap((c) => c.members.flatMap(([n]) => [claims[n].gloss, ...claims[n].chain.map(Explorer.sourceName)]))].join(" "))]));
  const rest = CORPUS.clusters.filter((cluster) => !featured.clusters.includes(cluster.id));
  const list = element("div", { class: "clusters" });
  const said = element("p", { class: "count", role: "status" });
  let limit = PAGE;

  const matches = (cluster, { q, topic, relation }) => fold(q).split(/\s+/).every((word) => text.get(cluster.id).includes(word))
    && (!topic || cluster.topic === topic) && (!relation || cluster.columns.some((c) => c.members.some(([, r]) => r === relation)));

  const draw = () => {
    const asked = Object.fromEntries(new FormData(form));
    const found = rest.filter((cluster) => matches(cluster, asked));
    const more = found.length > limit ? [element("button", { type: "button", class: "more", onclick: () => { limit += PAGE * 5; draw(); } }, `Show more of ${found.length}`)] : [];
    said.textContent = `${found.length} of ${rest.length} questions`;
    list.replaceChildren(...found.slice(0, limit).map(item), ...more);
  };

  const change = () => { limit = PAGE; Explorer.remember(form); draw(); };
  const topics = Object.keys(CORPUS.labels.topic).filter((topic) => rest.some((c) => c.topic === topic));
  const form = element("form", { class: "filters", role: "search", onsubmit: (event) => event.preventDefault() },
    Explorer.search("q", "Search", change), Explorer.select("topic", "Topic", topics, change),
    Explorer.select("relation", "With a claim that", Object.keys(CORPUS.labels.cluster_relation), change));

  const open = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (!byId.has(id)) return;
    if (!rest.slice(0, limit).some((c) => c.id === id)) { limit = rest.length; form.reset(); draw(); }
    const target = document.getElementById(id) ?? document.querySelector(".hero");
    if ("open" in target) target.open = true;
    target.scrollIntoView();
  };

  document.getElementById("main").append(hero(), element("section", { class: "rest" }, element("h2", { id: "clusters" }, "Every other question"),
    element("p", { class: "faint" }, "Contradictions first, then what pulls apart, then the rest."), form, said, list));
  Explorer.recall(form);
  draw();
  open();
  window.addEventListener("hashchange", open);
})();
