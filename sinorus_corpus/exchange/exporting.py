"""Writes documents with their labels for other tools, and says what a format cannot carry. Nothing is read back here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sinorus_corpus.annotation.formats import get_format
from sinorus_corpus.annotation.formats.convert import to_markup
from sinorus_corpus.annotation.formats.markup import Lost, Markup, fit
from sinorus_corpus.content import Content, read_content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.exchange.documents import find_reading, read_document
from sinorus_corpus.files import write_atomic
from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import Schema, read_schema


@dataclass(frozen=True)
class Exported:
    """What an export wrote.

    Attributes:
        paths: the files.
        lost: what the format cannot carry, item by item.
        withheld: documents in it whose text may not be passed on.
        left_out: documents that were not asked for by name and are not at hand.
    """

    paths: list[Path]
    lost: list[Lost]
    withheld: list[str]
    left_out: list[str]


def export(
    corpus: Corpus, name: str, out: Path, doc_ids: Sequence[str] = (), source: str = "gold", *, blank: bool = False
) -> Exported:
    """Writes documents with their labels in another tool's format.

    Args:
        name: the format.
        doc_ids: the documents; if there are none, all that have this reading (or with `blank`, a text) at hand.
        source: `gold`, or the annotator whose passes are exported.
        blank: leave the labels out, for a first reading.

    Raises:
        SinorusError: a document is unknown, not at hand or has no such reading, or a withheld text would land
            where git sees it.
    """
    form, schema = get_format(name), read_schema(corpus.schemas)
    content = read_content(corpus, schema, "hydrated")
    chosen, left_out = _chosen(corpus, content, doc_ids, source, blank)
    markups, lost = [], []
    for doc_id in chosen:
        markup, missing = _exported(corpus, content, doc_id, source, blank, schema)
        markup, unfit = fit(markup, form)
        markups.append(markup)
        lost += [*missing, *unfit]
    withheld = [doc_id for doc_id in chosen if not content.articles[doc_id].redistribute]
    _refuse_tracked(corpus, out, withheld)
    paths = []
    for file, data in form.write(markups, schema).items():
        write_atomic(out / file, data)
        paths.append(out / file)
    return Exported(paths, lost, withheld, left_out)


def _chosen(
    corpus: Corpus, content: Content, doc_ids: Sequence[str], source: str, blank: bool
) -> tuple[list[str], list[str]]:
    if doc_ids:
        return list(dict.fromkeys(doc_ids)), []
    asked = [d for d in content.articles if blank or find_reading(corpus, content, d, source)]
    chosen = [d for d in asked if d in content.texts and d in content.regions]
    if not chosen:
        raise SinorusError(f"no document has a reading of {source} and its text at hand; nothing to export")
    return chosen, [d for d in asked if d not in chosen]


def _exported(
    corpus: Corpus, content: Content, doc_id: str, source: str, blank: bool, schema: Schema
) -> tuple[Markup, list[Lost]]:
    document = read_document(content, doc_id, schema)
    if blank:
        return Markup(doc_id, document.text, language=document.article.language), []
    found = find_reading(corpus, content, doc_id, source)
    if found is None:
        raise SinorusError(f"{doc_id}: no sound labels of {source}; --blank exports the text alone")
    return to_markup(found, document, schema)


def _refuse_tracked(corpus: Corpus, out: Path, withheld: Sequence[str]) -> None:
    """A withheld text is written only where git does not see it."""
    place = out.absolute().resolve()
    root = corpus.root.resolve()
    if withheld and place.is_relative_to(root) and not place.is_relative_to(root / "build"):
        raise SinorusError(
            f"{', '.join(withheld)}: the text may not be passed on, and {out} lies in the repository; "
            "use a folder under build/, which git ignores, or one elsewhere"
        )


def lost_lines(lost: Iterable[Lost]) -> list[str]:
    """What was not carried, a line for each item."""
    whats: dict[tuple[str, str], list[str]] = {}
    for doc_id, item, what in lost:
        whats.setdefault((doc_id, item), []).append(what)
    return [f"not carried: {doc_id} {item}: {', '.join(found)}" for (doc_id, item), found in whats.items()]
