"""The files of the explorer: pages that its scripts draw from data. No article and no label is read from disk here."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from sinorus_corpus import __version__
from sinorus_corpus.records import AnnotationSet, Document
from sinorus_corpus.site.data import Shown, corpus_data, statement
from sinorus_corpus.stats import stats
from sinorus_corpus.view import SCRIPTS, STYLES, document_data, embed, record_data
from sinorus_corpus.view.figures import SCRIPT as FIGURES
from sinorus_corpus.view.figures import figures_data

Json = dict[str, Any]

STATIC = Path(__file__).parent / "static"
_OWN = ("explorer.js", "chart.js", "clusters.js", "claims.js", "articles.js", "article.js")
_ASSETS = (*SCRIPTS, FIGURES, *STYLES, *(STATIC / name for name in (*_OWN, "explorer.css")))
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'"
)
_NAV = (
    ("index.html", "The question"),
    ("claims.html", "Claims"),
    ("articles.html", "Articles"),
    ("figures.html", "In figures"),
)
_MADE_OF = {"units.js", "draw.js"}
_LICENCES = (
    '<a href="https://creativecommons.org/licenses/by/4.0/" rel="noreferrer license">CC BY 4.0</a>',
    '<a href="https://www.apache.org/licenses/LICENSE-2.0" rel="noreferrer">Apache-2.0</a>',
)
_ENTITY = ("id", "start", "end", "label", "entity", "metonym")
_PLACES = ("source", "cue")


def site_files(shown: Shown) -> dict[str, bytes]:
    """Every file of the site by its path, the same bytes for the same input."""
    pages = {
        "index.html": _page(shown, "index.html", shown.featured.question, ("chart.js", "clusters.js")),
        "claims.html": _page(shown, "claims.html", "Claims", ("claims.js",)),
        "articles.html": _page(shown, "articles.html", "Articles", ("articles.js",)),
        "figures.html": _page(
            shown, "figures.html", "In figures", (), figures_data(stats(shown.content, shown.schema))
        ),
    }
    for doc_id, article in shown.content.articles.items():
        if doc_id in shown.documents:
            data = _document(shown, doc_id)
            pages[f"articles/{doc_id}.html"] = _page(
                shown, "articles.html", article.title, ("article.js",), data, up="../"
            )
    data = {"assets/data.js": f'"use strict";\nconst CORPUS = {embed(corpus_data(shown))};\n'}
    assets = {f"assets/{path.name}": path.read_bytes() for path in _ASSETS}
    return {name: text.encode("utf-8") for name, text in sorted((pages | data).items())} | assets


def _document(shown: Shown, doc_id: str) -> Json:
    """An article with its labels; without its text the lines have their places and types alone."""
    document, labels = shown.documents[doc_id], shown.content.gold.get(doc_id)
    drawn = document_data(document, shown.content.texts[doc_id]) if shown.has_text(doc_id) else _outline(document)
    names = {e.entity_id: e.name for _, e in shown.content.registry}
    used = sorted({e.entity for e in labels.entities} & names.keys()) if labels else []
    return {
        "id": doc_id,
        "lines": drawn["lines"],
        **_records(labels, shown),
        "names": {entity: names[entity] for entity in used},
        "types": shown.schema.labels["entity"].active,
    }


def _outline(document: Document) -> Json:
    kept = document.kept
    return {
        "lines": [
            {"id": r.id, "label": r.label, "kept": r.id in kept, "at": [r.start, r.end]} for r in document.regions
        ]
    }


def _records(labels: AnnotationSet | None, shown: Shown) -> Json:
    """Labels by place, without quotes: the text is beside them or is not ours to give."""
    found = record_data(labels, shown.schema) if labels else {"entities": [], "claims": []}
    return {
        "fields": _ENTITY,
        "entities": [[entity.get(key) for key in _ENTITY] for entity in found["entities"]],
        "claims": [_places(claim) for claim in found["claims"]],
    }


def _places(claim: Json) -> Json:
    chain = [{key: link[key] for key in _PLACES if key in link} for link in claim.get("attribution", ())]
    return {"id": claim["id"], "segments": claim["segments"]} | ({"attribution": chain} if chain else {})


def _page(
    shown: Shown, current: str, title: str, scripts: tuple[str, ...], data: Json | None = None, *, up: str = ""
) -> str:
    """A page that asks for nothing but its own files."""
    own = [
        *sorted(_MADE_OF, reverse=True),
        *(("figures.js",) if current == "figures.html" else ("data.js", "explorer.js")),
    ]
    asked = "".join(f'<script src="{up}assets/{name}" defer></script>' for name in [*own, *scripts])
    styles = "".join(f'<link rel="stylesheet" href="{up}assets/{name}">' for name in ("view.css", "explorer.css"))
    inside = f'<script type="application/json" id="data">{embed(data)}</script>' if data is not None else ""
    shown_title = title if title.startswith("sinorus") else f"{title} · sinorus corpus"
    return "\n".join([
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f'<meta name="description" content="{html.escape(statement(shown))}">',
        f'<title>{html.escape(shown_title)}</title><link rel="icon" href="data:,">{styles}{asked}</head>',
        f'<body data-up="{up}" data-page="{html.escape(current)}">',
        '<a class="skip" href="#main">Skip to the content</a>',
        f'<header class="top"><a class="brand" href="{up}index.html">sinorus corpus</a>{_navigation(current, up)}</header>',
        f"<noscript><p>{html.escape(title)}. This page is drawn by its own scripts; please allow them.</p></noscript>",
        inside,
        '<main id="main" tabindex="-1"></main>',
        _footer(shown, up),
        "</body></html>",
        "",
    ])  # fmt: skip


def _navigation(current: str, up: str) -> str:
    here = ' aria-current="page"'
    links = [f'<a href="{up}{page}"{here if page == current else ""}>{name}</a>' for page, name in _NAV]
    return f'<nav aria-label="Pages">{"".join(links)}</nav>'


def _footer(shown: Shown, up: str) -> str:
    links = "".join(
        f' <a href="{html.escape(address)}" rel="noreferrer">{name}</a>'
        for name, address in sorted(shown.featured.links.items())
    )
    return (
        f'<footer><p class="honest">{html.escape(statement(shown))}</p><p>Labels and written articles: '
        f"{_LICENCES[0]}. Code: {_LICENCES[1]}. The text of published articles is their publishers’ and may not be passed on. "
        "Labels say what a text asserts, not what is true. Do not cite the written articles as sources: cite the sources that "
        f"their records list.</p><p>sinorus_corpus {__version__}{links}</p></footer>"
    )
