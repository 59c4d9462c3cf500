"""What an annotator does with files: propose regions, anchor a draft, write the canonical form, make gold of a pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from sinorus_corpus.annotation.anchor import Anchorer, anchor_draft
from sinorus_corpus.annotation.canonical import (
    format_annotations,
    format_audit,
    format_clusters,
    format_corrections,
    format_fingerprints,
)
from sinorus_corpus.annotation.standoff import parse_annotations, parse_audit, parse_clusters, parse_corrections
from sinorus_corpus.characters import escape, shorten
from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.content import Content, failed_paths, read_content
from sinorus_corpus.copies.fingerprints import fingerprints
from sinorus_corpus.corpus import Corpus, require_name
from sinorus_corpus.files import decode, read_bytes, read_text, write_atomic
from sinorus_corpus.records import AnnotationSet, Article, Header, Issue, SinorusError
from sinorus_corpus.schema import GUIDELINES_VERSION, SCHEMA_VERSION, Schema, read_schema, require
from sinorus_corpus.schema.markdown import with_label_tables
from sinorus_corpus.suggestions.suggest import is_uncorrected


def _article(content: Content, doc_id: str) -> tuple[Article, str]:
    """An article and its raw text, which a withheld one has only where it is hydrated."""
    require(doc_id, content.articles, "document")
    if doc_id not in content.texts:
        raise SinorusError(f"{doc_id}: the text is not here; sinorus hydrate DIR puts your copy in place")
    return content.articles[doc_id], content.texts[doc_id]


def propose(corpus: Corpus, doc_id: str) -> tuple[str, list[str]]:
    """The region file that the cleaner proposes for a document, and what to look at first.

    Returns:
        The file, to be reviewed line by line, and its lines from the least certain to the surest, each as
        `id score type: words`. A line is as certain as the less certain of its two decisions.
    """
    from sinorus_corpus.cleaning.propose import propose as run
    from sinorus_corpus.cleaning.sites import read_site_rules

    schema = read_schema(corpus.schemas)
    article, raw = _article(read_content(corpus, schema, "hydrated"), doc_id)
    rules = read_site_rules(corpus.sites, schema.labels["region"])
    (found,) = run([raw], schema, [article.publisher], rules)
    header = Header(doc_id, article.sha256, SCHEMA_VERSION, GUIDELINES_VERSION, "cleaner", "reviewed")
    regions = tuple(proposal.region for proposal in found)
    doubtful = sorted(found, key=lambda p: min(abs(2 * p.score - 1), p.type_score))
    listed = [
        f"{p.region.id} {p.score:.2f} {p.region.label}: {escape(shorten(raw[p.region.start : p.region.end]))}"
        for p in doubtful
    ]
    return format_annotations(AnnotationSet("", header, regions), schema).decode("utf-8"), listed


def anchor(corpus: Corpus, draft: Path, doc_id: str, annotator: str) -> tuple[Path, list[str], list[Issue]]:
    """Anchors a draft and puts it in its place as a pass.

    Returns:
        The file written (if there are no findings), names that the registry lacks, and the findings.

    Raises:
        SinorusError: the document is unknown, has no reviewed regions, or the draft cannot be read.
    """
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema, "hydrated")
    article, raw = _article(content, doc_id)
    if doc_id not in content.regions:
        raise SinorusError(f"{doc_id}: regions are reviewed first; expected annotations/regions/{doc_id}.jsonl")
    document = clean_document(article, raw, content.regions[doc_id].regions, schema.text_types())
    kept = tuple(r for r in document.regions if r.id in document.kept)
    known = list(content.known.values())
    anchorer = Anchorer(raw, kept, known, withheld=not article.redistribute)
    path = corpus.annotator_pass(annotator, doc_id)
    header = Header(doc_id, article.sha256, SCHEMA_VERSION, GUIDELINES_VERSION, annotator, "pass")
    data, issues = anchor_draft(read_text(draft)[1], str(draft), header, anchorer, schema)
    if not issues:
        write_atomic(path, data)
    return path, sorted(set(anchorer.unknown)), issues


def make_gold(corpus: Corpus, doc_id: str, annotator: str) -> Path:
    """Makes gold of one pass, status `single`. Gold made of several passes is never replaced.

    Raises:
        SinorusError: there is no such pass, it is a draft or suggestions that nobody has corrected, or gold is adjudicated.
    """
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema, "hydrated")
    path = corpus.annotator_pass(require_name(annotator, "annotator"), doc_id)
    found = content.passes.get(corpus.relative(path))
    if found is None:
        raise SinorusError(f"no sound pass at {corpus.relative(path)}; expected one that sinorus validate accepts")
    if found.header.status != "pass":
        made = f"{found.header.status}{f' made by sinorus {found.header.base}' if found.header.base else ''}"
        expected = "a reading that its annotator has finished; then the header says status pass"
        raise SinorusError(f"{corpus.relative(path)}: found a {made}; expected {expected}")
    if is_uncorrected(found, content, schema):
        expected = "a reading, in which something was corrected or added"
        raise SinorusError(
            f"{corpus.relative(path)}: found nothing but what sinorus suggest proposes; expected {expected}"
        )
    gold = content.gold.get(doc_id)
    if gold is not None and gold.header.status != "single":
        raise SinorusError(f"gold of {doc_id} is {gold.header.status}; one pass does not replace it")
    header = replace(found.header, annotator="gold", status="single", passes=(annotator,))
    write_atomic(corpus.gold(doc_id), format_annotations(replace(found, header=header), schema))
    return corpus.gold(doc_id)


def write_label_tables(corpus: Corpus) -> bool:
    """Writes the label tables into the guidelines; returns whether anything changed."""
    path = corpus.annotations / "GUIDELINES.md"
    text = read_text(path)[1]
    made = with_label_tables(text, read_schema(corpus.schemas))
    if made != text:
        write_atomic(path, made.encode("utf-8"))
    return made != text


def fmt(corpus: Corpus, paths: Sequence[Path] = ()) -> tuple[list[Path], list[Issue]]:
    """Writes annotation files in canonical form; a file with findings is left as it is, so that nothing is lost.

    Args:
        paths: the files; all of the corpus if there are none.

    Returns:
        The files that changed, and the findings that kept others from being written.
    """
    schema = read_schema(corpus.schemas)
    changed, issues = [], []
    for path in paths or _all(corpus):
        data, made, found = _formatted(corpus, Path(path).absolute(), schema)
        issues += found
        if not failed_paths(found, schema) and made != data:
            write_atomic(Path(path), made)
            changed.append(Path(path))
    return changed, issues


def _all(corpus: Corpus) -> Iterable[Path]:
    corrections = [corpus.corrections] if corpus.corrections.is_file() else []
    audits = [*corpus.audit_readings(), *corpus.audit_files()]
    return [*corpus.annotation_files(), *corpus.cluster_files(), *audits, *corrections]


def _formatted(corpus: Corpus, path: Path, schema: Schema) -> tuple[bytes, bytes, list[Issue]]:
    name = corpus.relative(path)
    data, issues = read_bytes(path, name)
    text = ""
    if not issues:
        text, issues = decode(data, name, final_newline=False)
    if issues:
        return data, data, issues
    if path.name == corpus.clusters.name:
        clusters, issues = parse_clusters(text, name, schema)
        return data, format_clusters([c for _, c in clusters], schema), issues
    if path.name == "answers.jsonl" and path.parent.parent == corpus.audits:
        audit, issues = parse_audit(text, name, schema)
        return data, format_audit(audit, schema) if audit else data, issues
    if path.name == corpus.corrections.name:
        corrections, issues = parse_corrections(text, name, schema)
        return data, format_corrections([c for _, c in corrections], schema), issues
    layers = ("region",) if path.parent.name == "regions" else ("entity", "claim")
    found, issues = parse_annotations(text, name, layers, schema)
    return data, format_annotations(found, schema) if found else data, issues


def fingerprint(corpus: Corpus, doc_ids: Sequence[str] = ()) -> list[Path]:
    """Writes the fingerprints of withheld articles from their texts.

    Args:
        doc_ids: articles whose texts are hydrated; all of those if none is named.

    Raises:
        SinorusError: a named article ships its text, or its text is not here.
    """
    schema = read_schema(corpus.schemas)
    content = read_content(corpus, schema, "hydrated")
    withheld = [d for d, a in content.articles.items() if not a.redistribute]
    for doc_id in doc_ids:
        require(doc_id, withheld, "withheld document")
        _article(content, doc_id)
    paths = []
    for doc_id in doc_ids or [d for d in withheld if d in content.texts]:
        paths.append(corpus.fingerprints(doc_id))
        made = fingerprints(content.texts[doc_id], content.gold.get(doc_id))
        write_atomic(paths[-1], format_fingerprints(made, schema))
    return paths
