"""A page for somebody without a clone: one file with one article goes out, a file with labels comes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sinorus_corpus.annotation.strict_json import BadJsonError, parse_object
from sinorus_corpus.corpus import Corpus, is_name
from sinorus_corpus.files import read_text, sha256, write_atomic
from sinorus_corpus.page import SCRIPTS, STATIC, STYLES
from sinorus_corpus.page.store import Store
from sinorus_corpus.records import SinorusError
from sinorus_corpus.validate import validate
from sinorus_corpus.view import SCRIPTS as VIEW_SCRIPTS
from sinorus_corpus.view import STYLES as VIEW_STYLES
from sinorus_corpus.view import standalone_page

_PLACEHOLDER = "reader"


def write_page(corpus: Corpus, doc_id: str, out: Path) -> bool:
    """Writes the page with one article into a single HTML file that works from a double click.

    Returns:
        Whether the file holds a text that may not be passed on.
    """
    data = Store(corpus, _PLACEHOLDER).load(doc_id) | {"etag": "", "header": None, "entities": [], "claims": []}
    scripts = (*VIEW_SCRIPTS, *SCRIPTS, STATIC / "start.js")
    page = standalone_page(data["doc"]["title"], (*VIEW_STYLES, *STYLES), scripts, data)
    write_atomic(out, page.encode("utf-8"))
    return not data["doc"]["redistribute"]


def receive(corpus: Corpus, file: Path, annotator: str) -> tuple[Path, int]:
    """Checks a file that the page handed in and puts it in its place as a finished pass.

    Returns:
        The pass, and how many labels it holds.

    Raises:
        SinorusError: the file is none, is about another text, or its labels have errors; then nothing is written.
    """
    data = _parse(file)
    doc_id = data["doc_id"]
    path = corpus.annotator_pass(annotator, doc_id)
    if path.exists():
        raise SinorusError(f"{corpus.relative(path)} is there already; a pass is kept as made. Use another --annotator")
    store = Store(corpus, annotator)
    there = store.load(doc_id)["doc"]["sha256"]
    if data["sha256"] != there:
        raise SinorusError(f"{file}: made on another text of {doc_id}; expected sha256 {there}, found {data['sha256']}")
    store.save(doc_id, data | {"etag": "", "status": "pass"})
    try:
        _require_sound(corpus, path, file)
    except BaseException:
        _take_away(path)
        raise
    return path, len(data["entities"]) + len(data["claims"])


def _parse(file: Path) -> dict[str, Any]:
    try:
        data = parse_object(" ".join(read_text(file)[1].split("\n")))
    except BadJsonError as error:
        raise SinorusError(f"{file}: {error.code}: found {error.found}; expected {error.expected}") from None
    missing = {"doc_id", "sha256", "entities", "claims"} - data.keys()
    doc_id = data.get("doc_id")
    if missing or not isinstance(doc_id, str) or not is_name(doc_id):
        lacking = ", ".join(sorted(missing)) or "the name of a document as doc_id"
        raise SinorusError(f"{file}: expected a file that the page handed in; it lacks {lacking}")
    return data


def _require_sound(corpus: Corpus, path: Path, file: Path) -> None:
    report = validate(corpus, [path])
    if not report.errors:
        return
    kept = corpus.root / "build" / "unsaved" / f"{path.parent.name}-{path.stem}-{sha256(path.read_bytes())[:12]}.jsonl"
    write_atomic(kept, path.read_bytes())
    told = json.dumps(
        [f"{i.code}: found {i.found}; expected {i.expected}" for i in report.errors[:5]], ensure_ascii=False
    )
    raise SinorusError(
        f"{file}: {len(report.errors)} errors, {told}; nothing was taken in. Correct them on the page and hand in again, or mend "
        f"{corpus.relative(kept)} by hand, move it to {corpus.relative(path)} and run sinorus validate"
    )


def _take_away(path: Path) -> None:
    """Leaves no pass that was not found sound, and no folder of an annotator who has none."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()
