"use strict";
// Says which page this is: one that carries its article, or one of the server's.
(() => {
  const embedded = document.getElementById("data");
  if (embedded) {
    const data = JSON.parse(embedded.textContent);
    return Annotate.start(document.body, new FileStore(data), data.doc.doc_id, "");
  }
  const given = location.hash.slice(1);
  if (given) sessionStorage.setItem("sinorus token", given);
  const store = new ServerStore(given || sessionStorage.getItem("sinorus token") || "");
  const [, room, name] = location.pathname.split("/");
  const query = new URLSearchParams(location.search);
  if (room === "documents") return Annotate.start(document.body, store, decodeURIComponent(name), `/#${store.token}`).then((state) => state?.choose?.(query.get("label") ?? ""));
  if (room === "adjudicate") return Adjudicate.start(document.body, store, decodeURIComponent(name), query.get("a"), query.get("b"));
  return Overview.start(document.body, store);
})();
