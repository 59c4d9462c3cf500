"""Writes an audit's task as plain files, for readers without a browser. Nothing in them says what is a control.

The folder holds the questions (`paragraphs.md`, `entities.md`, `claims.md`), each article as its lines of text (`articles/`),
the guidelines, the registry and what an answer looks like (`README.md`). It may hold text that must not be passed on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Template

from sinorus_corpus.annotation.canonical import format_audit, record_json
from sinorus_corpus.annotation.scheme import aspects
from sinorus_corpus.auditing.sampling import Item, Sample, Sizes, draw, kept_regions
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import write_atomic
from sinorus_corpus.records import Claim, Entity, Link, Paragraph, Region, SinorusError, Span
from sinorus_corpus.schema import Schema, read_schema

KEY = "task.json"

_README = Template((Path(__file__).parent / "task.md").read_text(encoding="utf-8"))

_TITLES = {
    "E": "# Entities to judge (guidelines 3)\n\nThe mention is drawn with ⟦ ⟧ in its paragraph.\n",
    "C": "# Claims to judge (guidelines 4)\n\nThe claim's segments are drawn with ⟦ ⟧; lines of sources elsewhere follow.\n",
    "P": "# Paragraphs to label from empty (guidelines 3 and 4)\n",
}


def write_task(corpus: Corpus, sizes: Sizes, seed: int, out: Path) -> tuple[Sample, bool]:
    """Draws a sample and writes its task into a new folder.

    Returns:
        The sample, and whether the folder holds text that may not be passed on.

    Raises:
        SinorusError: the folder is not empty, or would put withheld text among committed files.
    """
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema, "hydrated")
    sample = draw(content, schema, sizes, seed)
    doc_ids = sorted({i.doc_id for i in sample.items} | {p.doc_id for p in sample.paragraphs})
    withheld = any(not content.articles[doc_id].redistribute for doc_id in doc_ids)
    _require_place(corpus, out.absolute(), withheld=withheld)
    for name, text in _files(content, schema, sample, sizes, doc_ids):
        write_atomic(out / name, text.encode("utf-8"))
    for path in (corpus.annotations / "GUIDELINES.md", corpus.registry):
        if path.is_file():
            write_atomic(out / path.name, path.read_bytes())
    (out / "answers").mkdir(exist_ok=True)
    write_atomic(corpus.audit_key(sample.name), format_audit(sample.audit("reader", "model", schema), schema))
    return sample, withheld


def _require_place(corpus: Corpus, out: Path, *, withheld: bool) -> None:
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise SinorusError(f"{out} holds something already; expected a new or empty folder")
    if withheld and out.is_relative_to(corpus.root) and not out.is_relative_to(corpus.root / "build"):
        raise SinorusError(
            f"{out}: the task holds text that may not be passed on; expected a folder in build/ or outside"
        )


def _files(
    content: Content, schema: Schema, sample: Sample, sizes: Sizes, doc_ids: Sequence[str]
) -> Iterator[tuple[str, str]]:
    task = {"audit": sample.name, "seed": sample.seed, "gold": sample.gold}
    task |= {"entities": sizes.entities, "claims": sizes.claims, "paragraphs": sizes.paragraphs}
    yield KEY, json.dumps(task, indent=1) + "\n"
    yield "README.md", _readme(schema, sample)
    for doc_id in doc_ids:
        raw, regions = content.texts[doc_id], kept_regions(content, doc_id, schema)
        lines = [f"**{r.id}** ({r.label}) {raw[r.start : r.end]}\n" for r in regions]
        article = content.articles[doc_id]
        yield f"articles/{doc_id}.md", "\n".join([f"`{doc_id}`, {article.date or 'undated'}\n", *lines])
    views = {doc_id: View(content, doc_id, schema) for doc_id in doc_ids}
    for letter, name in (("E", "entities.md"), ("C", "claims.md")):
        shown = (views[item.doc_id].item(item) for item in sample.items if item.id.startswith(letter))
        yield name, "\n".join([_TITLES[letter], *shown])
    yield "paragraphs.md", "\n".join([_TITLES["P"], *(views[p.doc_id].paragraph(p) for p in sample.paragraphs)])


def _readme(schema: Schema, sample: Sample) -> str:
    counts = {letter: sum(i.id.startswith(letter) for i in sample.items) for letter in "EC"}
    examples = {
        layer: json.dumps({"id": f"{layer[0].upper()}1", **dict.fromkeys(aspects(layer, schema), "right"), "note": ""})
        for layer in ("entity", "claim")
    }
    columns = schema.layers["claim"].columns
    told = f"\nThere are {len(sample.paragraphs)} paragraphs, {counts['E']} entities and {counts['C']} claims."
    return _README.substitute(
        verdicts=", ".join(f"`{name}`" for name in schema.labels["verdict"].active),
        attributes=", ".join(f"`{c.name}`" for c in columns if c.nominal),
        claim_keys=", ".join(f"`{c.name}`" for c in columns if c.nominal and c.required) + " and a `gloss`",
        counts=told,
        **examples,
    )


class View:
    """One document as items are shown in it."""

    def __init__(self, content: Content, doc_id: str, schema: Schema) -> None:
        self.raw, self.known, self.schema = content.texts[doc_id], content.known, schema
        self.regions = kept_regions(content, doc_id, schema)

    def item(self, item: Item) -> str:
        """One label to judge."""
        spans = [item.shown.span] if isinstance(item.shown, Entity) else list(item.shown.segments)
        home = [r for r in self.regions if any(r.start <= s.start < r.end for s in spans)]
        lines = [f"## {item.id}\n\narticles/{item.doc_id}.md\n", *(self._marked(r, spans) for r in home)]
        if isinstance(item.shown, Entity):
            lines.append(f"- type: {item.shown.label}\n- link: {self._name(item.shown.entity)}")
        else:
            lines += [self._elsewhere(item.shown, home), *self._claim(item.shown)]
        return "\n".join(line for line in lines if line) + "\n"

    def paragraph(self, paragraph: Paragraph) -> str:
        """One paragraph to label."""
        region = next(r for r in self.regions if r.id == paragraph.region)
        head = f"## {paragraph.id}\n\narticles/{paragraph.doc_id}.md, line {region.id}\n\n"
        return f"{head}> {self.raw[region.start : region.end]}\n"

    def _marked(self, region: Region, spans: Sequence[Span]) -> str:
        text = self.raw[region.start : region.end]
        for span in sorted(spans, reverse=True):
            if region.start <= span.start < region.end:
                start, end = span.start - region.start, span.end - region.start
                text = f"{text[:start]}⟦{text[start:end]}⟧{text[end:]}"
        return f"> **{region.id}** {text}\n"

    def _name(self, entity_id: str) -> str:
        if not entity_id:
            return "none"
        entity = self.known.get(entity_id)
        return f"{entity_id} = {entity.name} ({entity.type})" if entity else entity_id

    def _elsewhere(self, claim: Claim, home: Sequence[Region]) -> str:
        ends = [end for link in claim.attribution for end in (link.source, link.cue) if end]
        others = [r for r in self.regions if r not in home and any(r.start <= e.start < r.end for e in ends)]
        return "\n".join(f"> **{r.id}** {self.raw[r.start : r.end]}\n" for r in others)

    def _claim(self, claim: Claim) -> Iterator[str]:
        """Every value but the gloss, which would tell what the rest should be."""
        columns = self.schema.layers["claim"].columns
        yield "- " + ", ".join(f"{c.name}: {getattr(claim, c.name)}" for c in columns if c.nominal)
        yield f"- attribution: {'' if claim.attribution else 'none, the author claims it'}"
        yield from (f"  {n}. {self._link(link)}" for n, link in enumerate(claim.attribution, 1))
        quantities = record_json(claim, self.schema).get("quantities", [])
        yield f"- quantities: {'' if quantities else 'none'}"
        yield from (f"  - {json.dumps(quantity, ensure_ascii=False)}" for quantity in quantities)

    def _link(self, link: Link) -> str:
        source, cue = (self._words(end) for end in (link.source, link.cue))
        who = "; ".join(map(self._name, link.who)) or "none"
        return f"source: {source}; cue: {cue}; who: {who}"

    def _words(self, span: Span | None) -> str:
        if span is None:
            return "none"
        region = next((r for r in self.regions if r.start <= span.start < r.end), None)
        return f"“{self.raw[span.start : span.end]}”{f' in {region.id}' if region else ''}"
