"""Checks labels against the scheme: value rules as pandera frames, structure and references. No text is needed here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, pairwise
from typing import Any

import polars as pl

from sinorus_corpus.annotation.offsets import anchored_spans
from sinorus_corpus.characters import code_points
from sinorus_corpus.records import (
    AnnotationSet,
    Article,
    Audit,
    Claim,
    Cluster,
    Correction,
    Decision,
    Entity,
    Header,
    Issue,
    Judgement,
    Region,
    Span,
)
from sinorus_corpus.schema import Column, Schema, nearest
from sinorus_corpus.schema.frames import Failure, check_frame, frame_schema

Row = tuple[str, int, Any]


def check_values(files: Iterable[AnnotationSet], schema: Schema) -> Iterator[Issue]:
    """Checks the values of all files at once: labels, ranges, patterns of each layer."""
    rows: dict[str, list[Row]] = {"header": [], "region": [], "entity": [], "claim": []}
    for file in files:
        rows["header"].append((file.path, 1, file.header))
        for n, record in chain(file.numbered_regions(), file.numbered_labels()):
            rows[type(record).__name__.lower()].append((file.path, n, record))
    for layer, found in rows.items():
        yield from _check_rows(schema, schema.layers[layer].columns, found)


def check_cluster_values(clusters: list[tuple[int, Cluster]], path: str, schema: Schema) -> Iterator[Issue]:
    """The same for `clusters.jsonl`."""
    yield from _check_rows(schema, schema.layers["cluster"].columns, [(path, n, c) for n, c in clusters])


def check_corrections(
    corrections: list[tuple[int, Correction]], gold: Mapping[str, AnnotationSet], path: str, schema: Schema
) -> Iterator[Issue]:
    """Checks that corrections name a record of gold, one of its fields, and guidelines that the header of that gold knows."""
    yield from _check_rows(schema, schema.layers["correction"].columns, [(path, n, c) for n, c in corrections])
    for line, one in corrections:
        if one.doc_id not in gold:
            yield Issue(
                "unknown-reference", path, line, f"gold of {one.doc_id}", nearest(one.doc_id, gold) or "a document"
            )
            continue
        file = gold[one.doc_id]
        fields = [column.name for column in schema.layers["entity" if one.id.startswith("e") else "claim"].columns]
        if one.id not in {record.id for _, record in file.numbered_labels()}:
            yield Issue("unknown-reference", path, line, f"{one.doc_id}:{one.id}", "a record of that gold")
        if one.field and one.field not in fields:
            yield Issue("unknown-key", path, line, one.field, nearest(one.field, fields) or ", ".join(fields))
        if one.guidelines != file.header.guidelines:
            yield Issue(
                "wrong-header", file.path, 1, f"guidelines {file.header.guidelines}", f"{one.guidelines}, as corrected"
            )


def check_decisions(
    path: str, header: Header, decisions: list[tuple[int, Decision]], passes: list[AnnotationSet], schema: Schema
) -> Iterator[Issue]:
    """Checks what adjudication decided: values, and that the records it names stand in the passes that it settled.

    Args:
        passes: the passes over the document that could be read, in any order.
    """
    yield from _check_rows(schema, schema.layers["decision"].columns, [(path, n, d) for n, d in decisions])
    by_annotator = {s.header.annotator: {r.id for _, r in s.numbered_labels()} for s in passes}
    for annotator in header.passes:
        if annotator not in by_annotator:
            yield Issue("unknown-reference", path, 1, f"pass {annotator}", nearest(annotator, by_annotator) or "a pass")
    known = [by_annotator.get(annotator) for annotator in header.passes]
    for line, decision in decisions:
        for ids, there in zip((decision.a, decision.b), known, strict=False):
            for missing in [i for i in ids if there is not None and i not in there]:
                yield Issue(
                    "unknown-reference", path, line, f"{decision.id}: {missing}", "the id of a label in that pass"
                )


def aspects(layer: str, schema: Schema) -> list[str]:
    """What an audit asks of a label of this layer, in the order of the answers."""
    if layer == "entity":
        return ["span", "type", "link"]
    return ["span", *(c.name for c in schema.layers["claim"].columns if c.nominal), "attribution", "quantities"]


def check_audit(audit: Audit, doc_ids: Collection[str], schema: Schema) -> Iterator[Issue]:
    """Checks the answers of an audit: values, ids, documents, and that a finished one leaves nothing out."""
    path = audit.path
    numbered = {name: list(zip(audit.lines[name], getattr(audit, f"{name}s"), strict=True)) for name in audit.lines}
    for layer, rows in {"audit": [(1, audit.header)], **numbered}.items():
        yield from _check_rows(schema, schema.layers[layer].columns, [(path, n, record) for n, record in rows])
    if audit.header.schema not in schema.versions:
        yield Issue("old-schema", path, 1, f"schema {audit.header.schema}", ", ".join(schema.versions))
    first: dict[str, int] = {}
    for line, record in chain(numbered["judgement"], numbered["paragraph"]):
        if (earlier := first.setdefault(record.id, line)) != line:
            yield Issue("duplicate-id", path, line, record.id, f"an id that line {earlier} does not have")
        if record.doc_id not in doc_ids:
            expected = nearest(record.doc_id, doc_ids) or "a document of the corpus"
            yield Issue("unknown-reference", path, line, f"{record.id}: {record.doc_id}", expected)
    for line, judgement in numbered["judgement"]:
        yield from _check_verdicts(path, line, judgement, audit.header.status == "pass", schema)
    for line, paragraph in numbered["paragraph"] if audit.header.status == "pass" else ():
        if not paragraph.done:
            yield Issue(
                "missing-answer", path, line, f"{paragraph.id} is not labelled", "each sampled paragraph labelled"
            )


def _check_verdicts(path: str, line: int, judgement: Judgement, finished: bool, schema: Schema) -> Iterator[Issue]:
    asked = aspects(judgement.of, schema)
    given = [v.of for v in judgement.verdicts]
    for name in dict.fromkeys(given):
        if name not in asked:
            yield Issue(
                "unknown-reference", path, line, f"{judgement.id}: {name}", nearest(name, asked) or ", ".join(asked)
            )
        elif given.count(name) > 1:
            yield Issue("duplicate-id", path, line, f"{judgement.id}: {name} twice", "one verdict for each aspect")
    if missing := [name for name in asked if finished and name not in given]:
        expected = f"{', '.join(missing)}: {', '.join(schema.labels['verdict'].active)}"
        yield Issue("missing-answer", path, line, f"{judgement.id} has no verdict of {', '.join(missing)}", expected)


def _check_rows(schema: Schema, columns: tuple[Column, ...], rows: list[Row]) -> Iterator[Issue]:
    if not rows:
        return
    scalars = tuple(c for c in columns if not c.list and c.type not in ("struct", "span") and c.name != "layer")
    checks = frame_schema(schema, scalars)
    frame = pl.DataFrame(
        {c.name: [getattr(record, c.name) for _, _, record in rows] for c in scalars},
        schema={c.name: checks.columns[c.name].dtype.type for c in scalars},
    )
    by_name = {c.name: c for c in scalars}
    for failure in check_frame(checks, frame):
        path, line, _ = rows[failure.row]
        yield _value_issue(schema, by_name[failure.column], failure, path, line)
    for column in columns:
        if column.type == "struct":
            inner = [(path, line, item) for path, line, record in rows for item in getattr(record, column.name)]
            yield from _check_rows(schema, column.fields, inner)


def _value_issue(schema: Schema, column: Column, failure: Failure, path: str, line: int) -> Issue:
    value = str(failure.value)
    if not column.labels:
        code = "value-out-of-range" if failure.check == "range" else "bad-value"
        limits = f"{column.min:g} to {column.max:g}" if column.max is not None else column.pattern
        return Issue(code, path, line, f"{column.name}: {value}", limits or column.description)
    known = schema.labels[column.labels]
    if value in known:
        instead = known[value].replaced_by
        return Issue("retired-label", path, line, f"{column.name}: {value}", instead)
    meant = nearest(value, known.names)
    expected = meant if meant else f"one of {', '.join(known.names)}"
    return Issue("unknown-label", path, line, f"{column.name}: {code_points(value)}", expected)


def check_structure(file: AnnotationSet) -> Iterator[Issue]:
    """Checks one file: ids, doubled and crossing entities, overlapping claims, quotes for segments, `dup_of`."""
    yield from _check_ids(file)
    yield from _check_entities(file)
    yield from _check_claims(file)
    yield from _check_duplicates_of(file)


def _check_ids(file: AnnotationSet) -> Iterator[Issue]:
    first: dict[str, int] = {}
    for line, record in chain(file.numbered_regions(), file.numbered_labels()):
        if (earlier := first.setdefault(record.id, line)) != line:
            yield Issue("duplicate-id", file.path, line, record.id, f"an id that line {earlier} does not have")


def _check_entities(file: AnnotationSet) -> Iterator[Issue]:
    seen: dict[tuple[int, int, str], str] = {}
    open_spans: list[Entity] = []
    numbered = zip(file.lines["entity"], file.entities, strict=True)
    for line, entity in sorted(numbered, key=lambda pair: (pair[1].start, -pair[1].end)):
        shown = f"{entity.id} [{entity.start}, {entity.end}) {entity.label}"
        if (twin := seen.setdefault((entity.start, entity.end, entity.label), entity.id)) != entity.id:
            yield Issue("duplicate-span", file.path, line, shown, f"not also {twin}")
        open_spans = [other for other in open_spans if other.end > entity.start]
        for other in open_spans:
            if entity.end > other.end:
                yield Issue("crossing-entities", file.path, line, f"{shown} crosses {other.id}", "nested or apart")
        open_spans.append(entity)


def _check_claims(file: AnnotationSet) -> Iterator[Issue]:
    spans: list[tuple[Span, int, str]] = []
    for line, claim in zip(file.lines["claim"], file.claims, strict=True):
        spans += [(segment, line, claim.id) for segment in claim.segments]
        for name, values in (("quotes", claim.quotes), ("digests", claim.digests)):
            if values and len(values) != len(claim.segments):
                found = f"{claim.id}: {len(values)} {name} for {len(claim.segments)} segments"
                yield Issue("quote-count", file.path, line, found, "one for each segment")
    spans.sort()
    for (before, _, first), (span, line, second) in pairwise(spans):
        if span.start < before.end:
            found = f"{second} [{span.start}, {span.end}) overlaps {first} [{before.start}, {before.end})"
            yield Issue("overlapping-claims", file.path, line, found, "claims that share no character")


def _check_duplicates_of(file: AnnotationSet) -> Iterator[Issue]:
    order = {region.id: index for index, region in enumerate(file.regions)}
    targets = {region.id: region.dup_of for region in file.regions}
    for line, region in file.numbered_regions():
        if region.dup_of is None:
            continue
        found = f"{region.id}: dup_of {region.dup_of}"
        code, expected = _reference_fault(region, order, targets)
        if code:
            yield Issue(code, file.path, line, found, expected)


def _reference_fault(region: Region, order: dict[str, int], targets: dict[str, str | None]) -> tuple[str, str]:
    target = region.dup_of or ""
    if target == region.id:
        return "self-reference", "the id of an earlier region"
    if ":" in target:
        return "foreign-reference", "a region of the same document"
    if target[:1] in ("e", "c") and target[1:].isdecimal():
        return "wrong-layer-reference", "the id of a region, r1 and so on"
    if target not in order:
        return "unknown-reference", nearest(target, order) or "the id of a region in this file"
    if _in_circle(region.id, targets):
        return "reference-cycle", "a chain that ends at the first copy"
    if order[target] > order[region.id]:
        return "forward-reference", "the first copy, which stands earlier"
    return "", ""


def _in_circle(start: str, targets: dict[str, str | None]) -> bool:
    seen, at = {start}, targets.get(start)
    while at is not None and at not in seen:
        seen.add(at)
        at = targets.get(at)
    return at == start


def check_placement(file: AnnotationSet, regions: tuple[Region, ...], kept: frozenset[str]) -> Iterator[Issue]:
    """Checks that every label lies inside one line that is text.

    Args:
        regions: the document's regions in order.
        kept: ids of those in the text.
    """
    for line, record in file.numbered_labels():
        for item in anchored_spans(record):
            yield from _check_place(file.path, line, item.name, item.span, regions, kept)


def _check_place(
    path: str, line: int, name: str, span: Span, regions: tuple[Region, ...], kept: frozenset[str]
) -> Iterator[Issue]:
    shown = f"{name} [{span.start}, {span.end})"
    touched = [r for r in regions if r.start < span.end and span.start < r.end]
    outside = [r for r in touched if r.id not in kept]
    if outside or not touched:
        where = ", ".join(f"{r.id} ({r.label}{', a repeat' if r.dup_of else ''})" for r in outside) or "no region"
        yield Issue("label-outside-text", path, line, f"{shown} in {where}", "a label in a line that is text")
    elif len(touched) > 1 or span.start < touched[0].start or span.end > touched[0].end:
        found = f"{shown} from {touched[0].id} to {touched[-1].id}"
        yield Issue("label-across-lines", path, line, found, "a span inside one line; a claim may have segments")


def check_references(file: AnnotationSet, known: set[str]) -> Iterator[Issue]:
    """Checks that every registry id that a file names is in the registry."""
    for line, record in file.numbered_labels():
        named = [record.entity] if isinstance(record, Entity) else [w for k in record.attribution for w in k.who]
        for entity_id in named:
            if entity_id and entity_id not in known:
                expected = nearest(entity_id, known) or "an entity_id of annotations/entities.tsv"
                yield Issue("unknown-reference", file.path, line, f"{record.id}: {entity_id}", expected)


def check_rights(file: AnnotationSet, article: Article) -> Iterator[Issue]:
    """Checks that labels carry quotes where the text ships, and digests and glosses, but no text, where it may not."""
    for line, record in file.numbered_labels():
        for item in anchored_spans(record):
            yield from _check_evidence(file.path, line, item.name, item.quote, item.digest, article)
        if isinstance(record, Claim) and not record.gloss and not article.redistribute:
            yield Issue("missing-gloss", file.path, line, f"{record.id} has no gloss", "the claim in your own words")


def _check_evidence(path: str, line: int, name: str, quote: str, digest: str, article: Article) -> Iterator[Issue]:
    if quote and not article.redistribute:
        yield Issue("withheld-quote", path, line, f"{name} has a quote", "a digest: the text may not be redistributed")
    elif not (quote if article.redistribute else digest):
        expected = "the slice of raw" if article.redistribute else "the digest of the slice"
        yield Issue("missing-quote", path, line, f"{name} has none", expected)


def check_clusters(
    clusters: list[tuple[int, Cluster]], claims: set[str], unread: set[str], path: str
) -> Iterator[Issue]:
    """Checks that every member is a gold claim and stands in its cluster once, and that ids are unique.

    Args:
        claims: all gold claims, as `<doc_id>:<id>`.
        unread: documents whose gold has errors, so that nothing can be said of their claims.
    """
    seen: dict[str, int] = {}
    for line, cluster in clusters:
        if (first := seen.setdefault(cluster.id, line)) != line:
            yield Issue("duplicate-id", path, line, cluster.id, f"an id that line {first} does not have")
        names = [member.claim for member in cluster.members]
        for name in names:
            if name not in claims and name.partition(":")[0] not in unread:
                expected = nearest(name, claims) or "a gold claim"
                yield Issue("unknown-reference", path, line, f"{cluster.id}: {name}", expected)
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield Issue("duplicate-member", path, line, f"{cluster.id}: {name} twice", "each claim once")
