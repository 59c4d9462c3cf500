"use strict";
// One article with its labels drawn; what cleaning dropped and what is labelled shows on demand, a claim's details on a click.
(() => {
  const { element, words } = Explorer;
  const data = JSON.parse(document.getElementById("data").textContent);
  const article = Explorer.articles.find((a) => a.id === data.id);
  const claims = new Map(Explorer.claims.map((claim, n) => [claim, n]).filter(([claim]) => claim.doc === article).map(([claim, n]) => [claim.id, { ...claim, n }]));
  const entities = data.entities.map((row) => Object.fromEntries(data.fields.map((name, n) => [name, row[n]])));
  const labels = { entity: data.types.map((name) => ({ name })) };
  for (const claim of data.claims) Object.assign(claim, { ctype: claims.get(claim.id).ctype, cert: claims.get(claim.id).cert });
  const spans = new Map(data.claims.map((claim) => [claim.id, claim.segments]));
  const reading = element("div", { class: "reading" });
  const details = element("section", { class: "details", "aria-live": "polite", tabindex: "-1" });
  const asked = claims.has(location.hash.slice(1)) ? location.hash.slice(1) : "";
  const shown = { claims: true, entities: !asked };
  let chosen = "";
  let drawn = null;

  // With its text.
  const drawText = () => {
    drawn ??= new Draw.DrawnDocument(reading, Draw.lines(data.lines));
    const records = { entities: entities.filter((e) => shown.entities || e.id === chosen), claims: data.claims.filter((c) => shown.claims || c.id === chosen) };
    drawn.update(Draw.spansOf(records, labels, chosen));
    return reading.querySelector(".part.selected");
  };

  // Without it: a bar for each line as long as the line, and the claims that begin on it in our own words.
  const LONGEST = 600;
  const outlineLine = (line, n) => {
    const bar = element("span", { class: "bar" });
    bar.style.inlineSize = `${Math.max(2, Math.min(100, (100 * (line.at[1] - line.at[0])) / LONGEST))}%`;
    const here = data.claims.filter((c) => c.segments[0][0] >= line.at[0] && c.segments[0][0] < line.at[1]);
    const told = line.kept ? `line ${n} · ${words(line.label)}` : words(line.label);
    const list = here.map((c) => element("li", {}, element("button", { type: "button", class: "plain", "data-claim": c.id, onclick: () => choose(c.id, false) }, claims.get(c.id).gloss)));
    return element("div", { class: `withheld ${line.kept ? "kept" : "left-out"}` }, element("p", { class: "place" }, told, bar), here.length ? element("ul", {}, ...list) : null);
  };

  const folded = (run) => element("details", { class: "left-out" }, element("summary", {}, `${run.length} ${run.length === 1 ? "line" : "lines"} left out: ${[...new Set(run.map((l) => words(l.label)))].join(", ")}`), ...run.map((l) => outlineLine(l, 0)));

  const drawOutline = () => {
    if (!reading.children.length) {
      let run = [];
      let n = 0;
      for (const line of data.lines) {
        if (line.kept && run.length) reading.append(folded(run.splice(0)));
        if (line.kept) reading.append(outlineLine(line, (n += 1)));
        else run.push(line);
      }
      if (run.length) reading.append(folded(run));
    }
    for (const button of reading.querySelectorAll("[data-claim]")) button.classList.toggle("selected", button.dataset.claim === chosen);
    return reading.querySelector("button.selected");
  };

  const draw = () => (article.here ? drawText() : drawOutline());

  const attribute = (set, name, value) => element("div", {}, element("dt", {}, name), element("dd", {}, words(String(value)), element("span", { class: "faint" }, ` ${Explorer.define(set, value)}`)));

  const clusterLink = (cluster) => element("li", {}, element("a", { href: `${Explorer.up}index.html#${cluster.id}` }, cluster.proposition));

  const claimDetails = (claim) => {
    const clusters = Explorer.clustersOf.get(claim.n) ?? [];
    return [element("p", { class: "gloss" }, claim.gloss),
      ...(article.here ? [] : [element("p", { class: "notice" }, "The words are the publisher’s. To read them in your own copy: ", element("code", {}, "sinorus hydrate FOLDER"), ", then ", command(claim.id))]),
      element("h3", {}, "Who says so"), Explorer.chain(claim),
      ...(claim.figures.length ? [element("h3", {}, "Figures"), element("ul", { class: "also" }, ...claim.figures.map(Explorer.figureRow))] : []),
      ...(clusters.length ? [element("h3", {}, "It answers"), element("ul", {}, ...clusters.map(clusterLink))] : []),
      element("dl", {}, attribute("claim_type", "type", claim.ctype), attribute("certainty", "certainty", claim.cert), attribute("polarity", "polarity", claim.pol),
        attribute("topic", "topic", claim.topic), attribute("checkworthiness", "worth checking", claim.check), attribute("partnership", "of the partnership", claim.rel)),
      element("p", { class: "faint" }, `${claim.id}, code points ${spans.get(claim.id).map(([a, b]) => `${a}–${b}`).join(" and ")} of the raw article`)];
  };

  const entityDetails = (entity) => [element("p", { class: "gloss" }, entity.label), element("p", {}, data.names[entity.entity] ?? "not in the registry", entity.metonym ? ", a metonym" : "")];

  const close = () => element("button", { type: "button", class: "close", onclick: () => choose("", false), "aria-label": "Close" }, "×");

  const step = (by) => {
    const order = data.claims.map((c) => c.id);
    choose(order[(order.indexOf(chosen) + by + order.length) % order.length], true);
  };

  const steps = () => element("p", { class: "steps" }, element("button", { type: "button", onclick: () => step(-1), title: "k" }, "← previous claim"), element("button", { type: "button", onclick: () => step(1), title: "j" }, "next claim →"));

  const tell = (content) => details.replaceChildren(...content);

  const choose = (id, scroll) => {
    chosen = id;
    const target = draw();
    if (target && scroll) target.scrollIntoView({ block: "center" });
    document.body.classList.toggle("chosen", Boolean(id));
    if (claims.has(id)) tell([close(), ...claimDetails(claims.get(id)), steps()]);
    else if (id) tell([close(), ...entityDetails(entities.find((e) => e.id === id))]);
    else tell([element("p", { class: "faint" }, claims.size ? "Choose a claim to see who says it, how sure, how much and when. Keys: j and k." : "No claim is labelled here."), ...(claims.size ? [steps()] : [])]);
    history.replaceState(null, "", claims.has(id) ? `#${id}` : location.pathname + location.search);
  };

  const command = (claim = "") => element("code", {}, `sinorus browse ${article.id}${claim ? `:${claim}` : ""}`);

  const notice = () => {
    if (article.here) return article.ours ? null : element("p", { class: "notice" }, "Your own copy: its text may not be passed on.");
    const where = asked ? ` The claim you came for is marked below, on line ${claims.get(asked).line} of the text.` : "";
    return element("div", { class: "notice" }, element("p", {}, "This article is its publisher’s and its text is not ours to pass on, so here are its lines by length, its labels by place, and its claims in our own words.", where),
      element("p", {}, "With your own copy: ", element("code", {}, "sinorus hydrate FOLDER"), ", then ", command(asked), " opens it with every label in place."),
      article.url ? element("p", {}, element("a", { href: article.url, rel: "noreferrer" }, "The publisher’s page")) : null);
  };

  const toggle = (name, label, on, change) => element("label", { class: "check" }, element("input", { type: "checkbox", name, checked: on, onchange: (event) => change(event.target.checked) }), ` ${label}`);

  const dropped = data.lines.filter((line) => !line.kept).length;
  const tools = element("fieldset", { class: "tools" }, element("legend", { class: "hidden" }, "Show"),
    ...(article.here ? [toggle("claims", `claims (${data.claims.length})`, true, (on) => { shown.claims = on; draw(); }), toggle("entities", `entities (${data.entities.length})`, shown.entities, (on) => { shown.entities = on; draw(); })] : []),
    toggle("dropped", `what cleaning dropped (${dropped} of ${data.lines.length} lines)`, false, (on) => { for (const d of reading.querySelectorAll("details.left-out")) d.open = on; }));

  const titled = article.here && data.lines.some((line) => line.kept && line.label === "title");
  document.getElementById("main").append(element("div", { class: "head" }, titled ? null : element("h1", {}, article.title),
    element("p", { class: "byline" }, Explorer.publisher(article), " · ", element("time", {}, Explorer.day(article.date)), " · ", words(article.genre), " · ", Explorer.origin(article), ` · licence ${article.license}`), notice(), tools),
  element("div", { class: "beside" }, reading, element("aside", {}, details)));

  reading.addEventListener("click", (event) => {
    const spansHere = event.target.closest(".part")?.spans ?? [];
    const found = spansHere.find((s) => s.kind === "claim" && s.id !== chosen) ?? spansHere[0];
    if (found && article.here) choose(found.id, false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey || !claims.size) return;
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
    if (event.key === "Escape" && chosen) choose("", false);
  });
  window.addEventListener("hashchange", () => { const id = location.hash.slice(1); if (claims.has(id)) choose(id, true); });
  draw();
  choose(asked, true);
})();
