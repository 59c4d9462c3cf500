"use strict";
// What a page without a server can check by itself; the validator checks the rest when the file is received.
const Checks = (() => {
  const crossing = (a, b) => a.start < b.start && b.start < a.end && a.end < b.end;
  const finding = (code, record, found, expected) => ({ code, severity: "error", id: record.id, found, expected, mend: "" });

  const entities = (sorted) => sorted.flatMap((a, n) => sorted.slice(n + 1).flatMap((b) => {
    if (a.start === b.start && a.end === b.end) return [finding("doubled", b, `the span of ${a.id} again`, "one entity for each span")];
    return crossing(a, b) ? [finding("crossing", b, `a span that crosses ${a.id}`, "entities that nest or stand apart")] : [];
  }));

  const segments = (claim) => claim.segments.slice(1).flatMap(([start], n) => (start < claim.segments[n][1]
    ? [finding("overlap", claim, `segments ${n + 1} and ${n + 2} overlap`, "segments that stand apart")] : []));

  const doubled = (claims) => {
    const seen = new Map();
    return claims.flatMap((claim) => {
      const key = JSON.stringify(claim.segments);
      const other = seen.get(key);
      seen.set(key, other ?? claim.id);
      return other ? [finding("doubled", claim, `the segments of ${other} again`, "one claim for each span")] : [];
    });
  };

  /** Crossing and doubled entities, overlapping segments and doubled claims, as the server's findings are. */
  const findings = (records) => [
    ...entities([...records.entities].sort((a, b) => a.start - b.start || b.end - a.end)),
    ...records.claims.flatMap(segments), ...doubled(records.claims)];

  return { findings };
})();
