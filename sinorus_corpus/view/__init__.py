"""Shows documents with their labels: the one renderer that page, agreement report and explorer share. Nothing is written here.

`view.css`, `units.js` and `draw.js` draw; this module makes what they draw, and pages that need no server. Every string
reaches a page as JSON or escaped text, and scripts set text alone, so that nothing in an article or a label can run.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sinorus_corpus.annotation.canonical import format_annotations
from sinorus_corpus.cleaning.text import join_kept
from sinorus_corpus.records import AnnotationSet, Document, KnownEntity, Region
from sinorus_corpus.schema import Column, Schema

FOLDER = Path(__file__).parent
STYLES = (FOLDER / "view.css",)
SCRIPTS = (FOLDER / "units.js", FOLDER / "draw.js")

Json = dict[str, Any]


def document_data(document: Document, raw: str) -> Json:
    """A document as the renderer takes it.

    Returns:
        `doc` (facts of the record) and `lines`, one for each region, with `pieces` `[raw start, raw end, shown text]`:
        a piece whose text is as long as its raw range is the same code point for code point, any other maps whole.
    """
    article = document.article
    facts = ("doc_id", "title", "publisher", "genre", "origin", "license", "url", "redistribute", "sha256")
    doc = {name: getattr(article, name) for name in facts} | {"date": str(article.date or "")}
    return {"doc": doc, "lines": [_line(document, region, raw) for region in document.regions]}


def _line(document: Document, region: Region, raw: str) -> Json:
    text, _, pieces, _ = join_kept(raw, [region])
    shown = [[p.raw_start, p.raw_end, text[p.start : p.end]] for p in pieces]
    kept = region.id in document.kept
    return {"id": region.id, "label": region.label, "kept": kept, "dup_of": region.dup_of, "pieces": shown}


def record_data(annotations: AnnotationSet, schema: Schema) -> Json:
    """The records of an annotation file as JSON: `header`, `entities`, `claims`, with the keys of the file."""
    lines = format_annotations(annotations, schema).decode("utf-8").removesuffix("\n").split("\n")
    header, *records = map(json.loads, lines)
    return {
        "header": header,
        "entities": [r for r in records if r["layer"] == "entity"],
        "claims": [r for r in records if r["layer"] == "claim"],
    }


def schema_data(schema: Schema) -> Json:
    """The label sets that may be used and the columns of the layers."""
    keys = ("name", "definition", "example", "counter_example", "group")
    return {
        "labels": {
            name: [{key: getattr(label, key) for key in keys} for label in found.labels if not label.replaced_by]
            for name, found in schema.labels.items()
        },
        "layers": {name: [_column(column) for column in table.columns] for name, table in schema.layers.items()},
        "text_types": sorted(schema.text_types()),
    }


def _column(column: Column) -> Json:
    return {**asdict(column), "fields": [_column(field) for field in column.fields]}


def registry_data(known: Sequence[KnownEntity]) -> list[Json]:
    """The entity registry."""
    return [asdict(entity) for entity in known]


def standalone_page(title: str, styles: Sequence[Path], scripts: Sequence[Path], data: Mapping[str, Any]) -> str:
    """One HTML file with everything inside, which asks nothing of the network.

    Args:
        scripts: run in this order; they find the data in the element `#data`.
    """
    parts = [path.read_text(encoding="utf-8") for path in scripts]
    allowed = " ".join(f"'sha256-{_digest(part)}'" for part in parts)
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}; base-uri 'none'; form-action 'none'"
    style = "\n".join(path.read_text(encoding="utf-8") for path in styles)
    return "\n".join([
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{html.escape(title)}</title>",
        f"<style>{style}</style></head><body>",
        f'<script type="application/json" id="data">{embed(data)}</script>',
        *(f"<script>{part}</script>" for part in parts),
        "</body></html>",
        "",
    ])  # fmt: skip


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def embed(data: Mapping[str, Any]) -> str:
    r"""JSON that cannot end the element it stands in: `<`, `>` and `&` are written as `\u003c` and so on."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.translate({ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})
