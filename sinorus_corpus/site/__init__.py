"""The explorer: a static site of articles, claims and clusters, and the same on loopback with a reader's own copies.

What is committed makes the public site; withheld texts are never in it. Documents are drawn by `view/`; no label is made or
checked here.
"""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

from sinorus_corpus.build import InvalidCorpusError, replace_folder
from sinorus_corpus.content import Copies
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import SinorusError
from sinorus_corpus.site.data import Shown
from sinorus_corpus.site.featured import read_featured
from sinorus_corpus.site.pages import site_files
from sinorus_corpus.validate import validate

_MARK = Path("assets", "explorer.css")


def build_site(corpus: Corpus, out: Path) -> dict[str, bytes]:
    """Validates the corpus and writes the public site, whole or not at all.

    Returns:
        What was written: the bytes of each file by its path in `out`.

    Raises:
        InvalidCorpusError: an error stands. Nothing was written.
        SinorusError: the folder holds something else, or the disk refuses.
    """
    target = out.absolute()
    if target.exists() and not (target.is_dir() and ((target / _MARK).is_file() or not any(target.iterdir()))):
        raise SinorusError(f"{target} holds something other than the site; expected a new or empty folder")
    files = make_files(corpus, "committed")
    replace_folder(target, files)
    return files


def make_files(corpus: Corpus, copies: Copies) -> dict[str, bytes]:
    """The files of the site by path.

    Args:
        copies: `hydrated` also draws a reader's own copies of withheld articles: for that reader alone.

    Raises:
        InvalidCorpusError: an error stands.
    """
    report = validate(corpus, copies=copies)
    if report.errors:
        raise InvalidCorpusError(report)
    featured = read_featured(corpus, report.content, report.schema)
    return site_files(Shown(report.content, report.documents, report.schema, featured))


def browse(
    corpus: Corpus,
    place: str = "",
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    browser: bool = True,
    waiting: Any = None,
) -> None:
    """Serves the site with a reader's own copies in place until Ctrl-C.

    Args:
        place: `<doc_id>` or `<doc_id>:<claim id>` to open; the first screen if empty.
        port: any free one if 0.
        browser: whether to open it in the browser.
        waiting: a context that shows that the corpus is being read.

    Raises:
        SinorusError: there is no such place, the host is not loopback, or the port is taken.
    """
    from sinorus_corpus.page import run

    with waiting or nullcontext():
        server, address = make_server(corpus, place, host=host, port=port)
    run(server, address, f"{corpus.root}, with your own copies; Ctrl-C ends", browser=browser)


def make_server(corpus: Corpus, place: str = "", *, host: str = "127.0.0.1", port: int = 0) -> tuple[Any, str]:
    """The server, bound but not yet running, and the address to open."""
    from sinorus_corpus.page import bind, require_loopback
    from sinorus_corpus.site.server import make_app

    require_loopback(host, expose=False)
    path = _path(corpus, place)
    files = make_files(corpus, "hydrated")
    server, shown = bind(lambda hosts: make_app(files, hosts), host, port, expose=False)
    return server, f"http://{shown}/{path}"


def _path(corpus: Corpus, place: str) -> str:
    from sinorus_corpus.annotation.standoff import parse_annotations
    from sinorus_corpus.files import read_text
    from sinorus_corpus.schema import read_schema, require

    doc_id, colon, claim = place.partition(":")
    if not doc_id:
        return "index.html"
    require(doc_id, corpus.doc_ids(), "document")
    if colon and corpus.gold(doc_id).is_file():
        gold, _ = parse_annotations(
            read_text(corpus.gold(doc_id))[1], doc_id, ("entity", "claim"), read_schema(corpus.schemas)
        )
        require(claim, [c.id for c in gold.claims] if gold else [], f"claim in {doc_id}")
    return f"articles/{doc_id}.html{f'#{claim}' if colon else ''}"
