"""Finds a reader's copies of withheld articles by their SHA-256, whatever their names. Nothing is fetched here."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sinorus_corpus.content import Content
from sinorus_corpus.copies.fingerprints import own_digests
from sinorus_corpus.copies.normal_form import normal_form
from sinorus_corpus.copies.transfer import Transferred, transfer
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import MAX_FILE, read_bytes, sha256, write_atomic
from sinorus_corpus.records import AnnotationSet, Article, Fingerprint, Region, SinorusError
from sinorus_corpus.schema import Schema

# So many long lines and sentences in common are a copy; an article of few lines needs half of them.
FEWEST = 3
# Shorter lines, in code points of the normal form, stand on any page.
TELLING = 10


@dataclass(frozen=True)
class NearMiss:
    """A file that is not the article to the byte, and why."""

    path: Path
    doc_id: str
    reason: str


class Withheld(NamedTuple):
    """What is known of a withheld article without its text."""

    article: Article
    regions: Sequence[Region]
    gold: AnnotationSet | None
    prints: Sequence[Fingerprint]


class OtherCopy(NamedTuple):
    """A copy that differs from the article: its file, its text, and what of the labels was moved to it."""

    path: Path
    text: str
    moved: Transferred


@dataclass(frozen=True)
class Hydration:
    """What a folder holds of the withheld articles; `present` are those hydrated earlier, `others` copies that differ."""

    found: dict[str, Path]
    present: list[str]
    missing: list[str]
    near: list[NearMiss]
    others: dict[str, OtherCopy] = field(default_factory=dict)


def find_copies(folder: Path, articles: Iterable[Article]) -> tuple[dict[str, Path], list[Path]]:
    """The copy of each article in `folder`, and the files that are no copy of any.

    Raises:
        SinorusError: there is no such folder.
    """
    if not folder.is_dir():
        raise SinorusError(f"{folder} is no folder; expected one that holds your copies of the withheld articles")
    wanted = {article.sha256: article.doc_id for article in articles}
    found: dict[str, Path] = {}
    others = []
    for path in _plain_files(folder):
        data, issues = read_bytes(path, str(path))
        doc_id = "" if issues else wanted.get(sha256(data), "")
        if doc_id:
            found.setdefault(doc_id, path)
        else:
            others.append(path)
    return found, others


def _plain_files(folder: Path) -> Iterator[Path]:
    return (p for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink() and p.stat().st_size <= MAX_FILE)


def find_other_copies(paths: Iterable[Path], lacking: Iterable[Withheld], schema: Schema) -> dict[str, OtherCopy]:
    """The file that has most of each article's lines and sentences, with the labels that stand in it too.

    Args:
        paths: files that are no copy to the byte.
        lacking: the articles to look for.
    """
    best: dict[str, tuple[int, Path, str]] = {}
    wanted = {one.article.doc_id: one for one in lacking}
    for path in paths if wanted else ():
        text = _decoded(path.read_bytes())
        own = own_digests(text, normal_form(text)) if text.strip() else set()
        for doc_id, one in wanted.items():
            shared = len(own & {p.digest for p in one.prints if p.norm_end - p.norm_start >= TELLING})
            if shared > max(best.get(doc_id, (0,))[0], min(FEWEST, len(one.regions) // 2)):
                best[doc_id] = shared, path, text
    return {
        doc_id: OtherCopy(path, text, transfer(*wanted[doc_id], text, schema))
        for doc_id, (_, path, text) in best.items()
    }


def _decoded(data: bytes) -> str:
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8").replace("\0", " ")
    except UnicodeDecodeError:
        return ""


def hydrate(corpus: Corpus, folder: Path, content: Content, schema: Schema) -> Hydration:
    """Puts the copies that `folder` holds where git ignores them, and looks what copies that differ are good for.

    Args:
        content: the corpus; articles with text are passed over.
    """
    withheld = [a for a in content.articles.values() if not a.redistribute]
    found, others = find_copies(folder, withheld)
    for doc_id, path in found.items():
        write_atomic(corpus.hydrated_text(doc_id), path.read_bytes())
    others_here = [a for a in withheld if a.doc_id not in found and corpus.hydrated_text(a.doc_id).is_file()]
    lacking = [a for a in withheld if a.doc_id not in found and a not in others_here]
    present, missing = (sorted(a.doc_id for a in articles) for articles in (others_here, lacking))
    known = [
        Withheld(a, content.regions[a.doc_id].regions, content.gold.get(a.doc_id), content.fingerprints[a.doc_id])
        for a in lacking
        if a.doc_id in content.regions and a.doc_id in content.fingerprints
    ]
    copies = find_other_copies(others, known, schema)
    return Hydration(found, present, missing, list(_near_misses(others, lacking)), copies)


def _near_misses(paths: list[Path], lacking: list[Article]) -> Iterator[NearMiss]:
    for path in paths:
        data = path.read_bytes()
        for article in lacking:
            if reason := _exact_reason(data, article.sha256):
                yield NearMiss(path, article.doc_id, reason)
                break
        else:
            yield from _title_miss(path, data, lacking)


def _exact_reason(data: bytes, wanted: str) -> str:
    """The one change after which `data` would be the article to the byte."""
    for reason, changed in _undone(data):
        if hashlib.sha256(changed).hexdigest() == wanted:
            return reason
    return ""


def _undone(data: bytes) -> Iterator[tuple[str, bytes]]:
    yield "line ends are CRLF, not LF", data.replace(b"\r\n", b"\n")
    yield "begins with a byte order mark", data.removeprefix(b"\xef\xbb\xbf")
    yield "has a newline at the end that the article lacks", data.removesuffix(b"\n")
    yield "has line ends at the end that the article lacks", data.replace(b"\r\n", b"\n").rstrip(b"\n")
    yield "lacks the newline at the end", data + b"\n"
    for encoding in ("utf-16", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        yield f"is encoded as {encoding}, not UTF-8", text.encode("utf-8")
        yield f"is encoded as {encoding} with CRLF, not UTF-8 with LF", text.replace("\r\n", "\n").encode("utf-8")
    try:
        yield "is in another normal form", unicodedata.normalize("NFC", data.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        return


def _title_miss(path: Path, data: bytes, lacking: list[Article]) -> Iterator[NearMiss]:
    """A file that names an article's title near its top is probably another copy of it."""
    try:
        text = " ".join(data.decode("utf-8").casefold().split())
    except UnicodeDecodeError:
        return
    for article in lacking:
        if article.title.casefold() in text:
            yield NearMiss(path, article.doc_id, "holds the article's title, but other text: an edited or other copy")
            return
