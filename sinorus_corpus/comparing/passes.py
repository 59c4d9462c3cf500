"""Which documents two readings share, and why others cannot be compared. Nothing is measured here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sinorus_corpus.agreement.readings import DoubleReading
from sinorus_corpus.annotation.offsets import check_offsets
from sinorus_corpus.content import Content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.records import AnnotationSet, Cluster, SinorusError, Span
from sinorus_corpus.schema import Schema, require

GOLD = "gold"


@dataclass
class Reader:
    """One side of a comparison.

    Attributes:
        name: the annotator, `gold`, or where a system's output stands.
        files: what can be compared, by document.
        unusable: documents that are there but cannot be compared, with the reason.
    """

    name: str
    files: dict[str, AnnotationSet] = field(default_factory=dict)
    unusable: dict[str, str] = field(default_factory=dict)


def annotator(corpus: Corpus, content: Content, name: str) -> Reader:
    """The passes of an annotator, or gold.

    Raises:
        SinorusError: nobody of that name has read anything.
    """
    require(name, [GOLD, *(p.name for p in corpus.annotator_folders() if p.name != GOLD)], "annotator")
    folder = corpus.annotations / (GOLD if name == GOLD else f"passes/{name}")
    paths = [path for path in corpus.annotation_files() if path.parent == folder]
    reader = Reader(name)
    for path in paths:
        found = content.gold.get(path.stem) if name == GOLD else content.passes.get(corpus.relative(path))
        if found is None or any(check_offsets(found, None)):
            reader.unusable[path.stem] = f"{name}: not sound, see sinorus validate {corpus.relative(path)}"
        elif found.header.status == "draft":
            reader.unusable[path.stem] = f"{name}: still a draft"
        else:
            reader.files[path.stem] = found
    return reader


@dataclass
class Shared:
    """What two readers both read, and which documents were left out, with the reason."""

    a: Reader
    b: Reader
    readings: list[DoubleReading] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def shared(content: Content, schema: Schema, a: Reader, b: Reader, doc_ids: Sequence[str] = ()) -> Shared:
    """The documents that both read, in offsets of raw.

    Args:
        doc_ids: only these; all if there are none.

    Raises:
        SinorusError: a document that was asked for is in neither, or no document is left.
    """
    found = Shared(a, b, left_out=left_out(a, b, doc_ids))
    for doc_id in wanted(a, b, doc_ids):
        first, second = a.files[doc_id], b.files[doc_id]
        if first.header.sha256 != second.header.sha256:
            found.left_out[doc_id] = "made for two different raw texts, so that offsets cannot be compared"
        else:
            text = kept_spans(content, schema, doc_id)
            found.readings.append(DoubleReading(doc_id, group(content, first, second), first, second, text))
    return require_any(found)


def claims_alone(
    content: Content,
    schema: Schema,
    a: Reader,
    b: Reader,
    clusters: Iterable[tuple[Cluster, Cluster]],
    doc_ids: Sequence[str] = (),
) -> Shared:
    """The documents of claims whose relations both read, where the two share nothing else; they have no labels here."""
    found = Shared(a, b)
    named = {m.claim.partition(":")[0] for pair in clusters for cluster in pair for m in cluster.members}
    for doc_id in sorted(named & content.gold.keys()):
        if not doc_ids or doc_id in doc_ids:
            header = replace(content.gold[doc_id].header, base="")
            nothing = AnnotationSet("", header)
            text = kept_spans(content, schema, doc_id)
            found.readings.append(DoubleReading(doc_id, group(content, nothing, nothing), nothing, nothing, text))
    return require_any(found)


def wanted(a: Reader, b: Reader, doc_ids: Sequence[str]) -> list[str]:
    """The documents that both have and that were asked for."""
    return [d for d in sorted(a.files.keys() & b.files.keys()) if not doc_ids or d in doc_ids]


def left_out(a: Reader, b: Reader, doc_ids: Sequence[str]) -> dict[str, str]:
    """Why documents that one reader has cannot be compared."""
    everything = sorted({*a.files, *a.unusable, *b.files, *b.unusable})
    for doc_id in doc_ids:
        require(doc_id, everything, "document that was read")
    reasons = dict.fromkeys(a.files, f"only in {a.name}") | dict.fromkeys(b.files, f"only in {b.name}")
    reasons |= dict.fromkeys(a.files.keys() & b.files.keys(), "") | b.unusable | a.unusable
    return {d: reasons[d] for d in everything if reasons[d] and (not doc_ids or d in doc_ids)}


def require_any(found: Shared) -> Shared:
    """Refuses a comparison of nothing."""
    if found.readings:
        return found
    told = "; ".join(f"{doc_id} {reason}" for doc_id, reason in list(found.left_out.items())[:5])
    raise SinorusError(
        f"{found.a.name} and {found.b.name} share no document that can be compared ({told or 'neither has any'}); "
        "expected at least one that both have read"
    )


def group(content: Content, a: AnnotationSet, b: AnnotationSet) -> str:
    """The origin of the article, with readings that started from labels apart from blind ones."""
    article = content.articles.get(a.header.doc_id)
    origin = article.origin if article else "of unknown origin"
    return f"{origin}, pre-annotated" if a.header.base or b.header.base else origin


def kept_spans(content: Content, schema: Schema, doc_id: str) -> tuple[Span, ...]:
    """The raw spans that may be labelled, by the reviewed regions; none without those."""
    regions = content.regions[doc_id].regions if doc_id in content.regions else ()
    types = schema.text_types()
    return tuple(r.span for r in regions if r.label in types and r.dup_of is None)


def file_reader(name: str, paths: Iterable[tuple[Path, AnnotationSet]]) -> Reader:
    """A reader of files in the annotation format that stand anywhere.

    Raises:
        SinorusError: two files label one document.
    """
    reader = Reader(name)
    first: dict[str, Path] = {}
    for path, found in paths:
        doc_id = found.header.doc_id
        if first.setdefault(doc_id, path) != path:
            raise SinorusError(f"{path}: labels {doc_id}, as {first[doc_id]} does; expected one file for each document")
        reader.files[doc_id] = found
    return reader
