"use strict";
// Figures as bars: each unit on a scale of its own that begins at nought, since amounts in two currencies are not one length.
const Chart = (() => {
  const { element, claims, figureWords, terms } = Explorer;

  const figureOf = (column) => {
    const [n, , shown] = column.members[0];
    return shown >= 0 ? claims[n].figures[shown] : null;
  };

  const bar = (column, low, high) => {
    const figure = figureOf(column);
    const made = element("span", { class: `bar ${column.group}` });
    const percent = (value) => `${(100 * value) / (high - low || 1)}%`;
    made.style.marginInlineStart = percent(Math.min(figure.value, 0) - low);
    made.style.inlineSize = percent(Math.abs(figure.value));
    return made;
  };

  const row = (column, low, high, alike, mixed) => {
    const figure = figureOf(column);
    const count = new Set(column.members.map(([n]) => claims[n].article)).size;
    const told = [alike ? "" : figure.period, mixed ? Explorer.basis(figure) : "", column.gap, `${count} ${count === 1 ? "article" : "articles"}`].filter(Boolean).join(" · ");
    return element("div", { class: "row" }, element("b", {}, figureWords(figure)), element("span", { class: "track" }, bar(column, low, high)), element("span", { class: "faint" }, told));
  };

  const scale = (columns) => {
    const figures = columns.map(figureOf);
    const values = figures.map((f) => f.value);
    const periods = new Set(figures.map((f) => f.period));
    const bases = new Set(figures.map((f) => f.basis));
    const unit = bases.size === 1 ? Explorer.basis(figures[0]) : "";
    const told = [unit, periods.size === 1 ? figures[0].period : ""].filter(Boolean).join(", ");
    const low = Math.min(0, ...values);
    const high = Math.max(0, ...values);
    return element("div", { class: "scale" }, told ? element("p", { class: "unit" }, told) : null, ...columns.map((c) => row(c, low, high, periods.size === 1, bases.size > 1)));
  };

  /** The chart of a cluster; null where there are not two figures to look at. */
  const draw = (cluster) => {
    const shown = cluster.columns.filter((c) => figureOf(c)?.value !== undefined && figureOf(c).unit !== "rank");
    if (shown.length < 2) return null;
    const units = Map.groupBy(shown, (c) => figureOf(c).unit ?? "");
    return element("figure", { class: "chart" }, element("div", { class: "scales" }, ...[...units.values()].map(scale)),
      element("figcaption", { class: "faint" }, units.size > 1 ? "Each unit on a scale of its own, from nought." : "From nought."));
  };

  return { draw, figureOf, terms };
})();
