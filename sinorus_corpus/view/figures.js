"use strict";
// Bars for counts: one row a value, one colour an origin, the number beside the bar.
(() => {
  const { element } = Draw;
  const data = JSON.parse(document.getElementById("data").textContent);

  const bar = (number, most, color) => {
    const made = element("span", { class: "bar", role: "presentation" });
    made.style.inlineSize = `${(number / most) * 60}%`;
    made.style.background = Draw.ink(color);
    return element("div", {}, made, ` ${number}`);
  };

  const chart = ({ title, origins, rows }) => {
    const most = Math.max(1, ...rows.flatMap((row) => row.numbers));
    const body = rows.map((row) => element("tr", {}, element("th", { scope: "row" }, row.value), element("td", {}, ...row.numbers.map((n, k) => bar(n, most, k * 3 + 2)))));
    const legend = origins.map((origin, k) => { const key = element("span", {}, ` ■ ${origin}`); key.style.color = Draw.ink(k * 3 + 2); return key; });
    return element("figure", {}, element("figcaption", {}, element("b", {}, title), ...legend), element("table", {}, element("tbody", {}, ...body)));
  };

  const main = document.querySelector("main") ?? document.body.appendChild(element("main"));
  main.classList.add("figures");
  main.append(element("h1", {}, "sinorus_corpus in figures"), ...data.counts.filter((c) => c.rows.length).map(chart));
})();
