"""Makes passes of what other tools wrote, with every finding. Nothing is exported here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sinorus_corpus.annotation.canonical import format_annotations
from sinorus_corpus.annotation.formats import get_format
from sinorus_corpus.annotation.formats.archive import open_archive
from sinorus_corpus.annotation.formats.convert import from_markup, to_lines, to_markup
from sinorus_corpus.annotation.formats.markup import Format, Mark, Markup, Named
from sinorus_corpus.annotation.formats.units import NAMES, UNITS, Ruler, choose_unit, place, squeeze
from sinorus_corpus.annotation.offsets import check_offsets
from sinorus_corpus.annotation.scheme import (
    check_placement,
    check_references,
    check_rights,
    check_structure,
    check_values,
)
from sinorus_corpus.annotation.standoff import parse_annotations
from sinorus_corpus.characters import escape, shorten
from sinorus_corpus.cleaning.alignment import Alignment
from sinorus_corpus.content import Content, failed_paths, read_content
from sinorus_corpus.corpus import Corpus, require_name
from sinorus_corpus.exchange.documents import find_reading, read_document
from sinorus_corpus.files import read_bytes, refuse, sha256, write_atomic
from sinorus_corpus.records import Document, Header, Issue, SinorusError
from sinorus_corpus.schema import GUIDELINES_VERSION, SCHEMA_VERSION, Schema, nearest, read_schema, require


@dataclass
class Imported:
    """What an import made: passes by their path, with all findings; nothing is written while one is an error.

    Attributes:
        kept: where passes that were replaced are kept.
        units: what the offsets were read as.
    """

    schema: Schema
    passes: dict[Path, bytes] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    kept: list[Path] = field(default_factory=list)
    units: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether an error stands."""
        return bool(failed_paths(self.issues, self.schema))


def import_labels(
    corpus: Corpus,
    name: str,
    files: Sequence[Path],
    annotator: str,
    *,
    unit: str = "",
    by: str = "",
    fill_from: str = "",
    base: str = "",
    overwrite: bool = False,
) -> Imported:
    """Makes passes of files that another tool wrote, and writes them if nothing is wrong.

    Args:
        unit: what the offsets count; the tool's own if empty.
        by: whom the file names, where it holds several annotators.
        fill_from: `gold` or an annotator: what the tool cannot carry is taken from there where the spans are the same.
        base: the reading that the labels were shown to start from; `fill_from` if empty.
        overwrite: replace passes that are there; they are kept under `build/replaced/`.

    Raises:
        SinorusError: a file or name cannot be used at all, or a pass is there already.
    """
    form, schema = get_format(name), read_schema(corpus.schemas)
    require_name(annotator, "annotator")
    require(unit or form.units[0], UNITS, "unit")
    if form.read is None:
        raise SinorusError(f"{name} is written, not read; export from your tool in a format that keeps offsets")
    reader = _Importer(
        corpus, read_content(corpus, schema, "hydrated"), schema, form, annotator, unit, fill_from, base or fill_from
    )
    for markup in _selected(reader.read(files), by, reader.issues):
        reader.take(markup)
    if not reader.passes and not reader.issues:
        raise SinorusError(f"{', '.join(map(str, files))}: no document in it; expected what {name} holds")
    made = Imported(schema, reader.passes, reader.issues, units=sorted(reader.units))
    if not made.failed:
        made.kept = _write(corpus, reader.passes, overwrite)
    return made


def _selected(markups: list[Markup], by: str, issues: list[Issue]) -> list[Markup]:
    """One reading for each document: the one of `by` where a file names annotators."""
    chosen = [m for m in markups if not by or m.by in ("", by)]
    if by and not chosen:
        known = sorted({m.by for m in markups})
        raise SinorusError(escape(f"the file holds no annotator {by}; it names {', '.join(known) or 'none'}"))
    found = []
    counts = Counter(_key(m) for m in chosen)
    for key, count in counts.items():
        same = [m for m in chosen if _key(m) == key]
        if count == 1:
            found += same
            continue
        names = ", ".join(m.by or "unnamed" for m in same)
        shown = f"{same[0].doc_id or 'one text'}: {count} readings, of {names}"
        issues.append(Issue("not-imported", same[1].path, same[1].line, shown, "one reading; --by NAME chooses"))
    return found


def _key(markup: Markup) -> tuple[str, str]:
    return (markup.doc_id, "") if markup.doc_id else ("", markup.text or "")


def _write(corpus: Corpus, passes: dict[Path, bytes], overwrite: bool) -> list[Path]:
    """Writes all passes, or none; a replaced one is kept."""
    there = [path for path, data in passes.items() if path.exists() and path.read_bytes() != data]
    if there and not overwrite:
        names = ", ".join(corpus.relative(path) for path in there)
        raise SinorusError(f"{names}: there already; nothing was written. --replace writes it, and keeps the old one")
    kept = []
    for path in there:
        old = path.read_bytes()
        kept.append(corpus.root / "build" / "replaced" / path.parent.name / f"{path.stem}.{sha256(old)[:8]}.jsonl")
        write_atomic(kept[-1], old)
    for path, data in passes.items():
        write_atomic(path, data)
    return kept


@dataclass
class _Importer:
    """Turns the markup of files into passes, collecting findings."""

    corpus: Corpus
    content: Content
    schema: Schema
    form: Format
    annotator: str
    unit: str
    fill_from: str
    base: str
    passes: dict[Path, bytes] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    units: set[str] = field(default_factory=set)

    def read(self, paths: Sequence[Path]) -> list[Markup]:
        """The markup of files, of what belongs beside them, and of archives."""
        members: dict[str, bytes] = {}
        beside = [path.with_name(name.format(stem=path.stem)) for path in paths for name in self.form.beside]
        for path in dict.fromkeys([*paths, *(path for path in beside if path.is_file())]):
            data, issues = read_bytes(path, str(path))
            refuse(issues)
            held, issues = open_archive(str(path), data) if self.form.edit is None else ({str(path): data}, [])
            members |= held
            self.issues += issues
        markups, issues = self.form.read(members) if self.form.read else ([], [])
        self.issues += issues
        return markups

    def take(self, markup: Markup) -> None:
        """Makes one pass."""
        doc_id = markup.doc_id or self._same_text(markup)
        if doc_id not in self.content.articles:
            found = f"document {shorten(doc_id)}" if doc_id else "a text that is no document's"
            self.wrong(markup, "unknown-document", found, "a document of this corpus, or its text as it was exported")
            return
        document = read_document(self.content, doc_id, self.schema)
        raw = self.content.texts[doc_id]
        if self.form.edit is not None:
            self._edit(markup, document, raw)
            return
        placed = self._placed(markup, document, raw)
        if placed is None:
            return
        withheld = not document.article.redistribute
        base = find_reading(self.corpus, self.content, doc_id, self.fill_from) if self.fill_from else None
        if self.fill_from and base is None:
            self.wrong(
                markup,
                "unknown-reference",
                f"{doc_id}: no sound labels of {shorten(self.fill_from)}",
                "gold or an annotator",
            )
        records, issues = from_markup(placed, raw, self.schema, withheld=withheld, base=base)
        self.issues += issues
        self._check(markup, document, raw, records)

    def _edit(self, markup: Markup, document: Document, raw: str) -> None:
        """Makes a pass of a reading and edits of it."""
        known = ["gold", *(p.name for p in self.corpus.annotator_folders())]
        base = find_reading(self.corpus, self.content, markup.doc_id, markup.by) if markup.by in known else None
        if base is None:
            self.wrong(markup, "unknown-reference", f"from {shorten(markup.by)}", nearest(markup.by, known) or "gold")
        elif self.form.edit is not None:
            records, issues = self.form.edit(markup, base, to_markup(base, document, self.schema)[0], self.schema)
            self.issues += issues
            self._check(markup, document, raw, records)

    def wrong(self, markup: Markup, code: str, found: str, expected: str, mend: str = "") -> None:
        """Notes a finding about a document of a file."""
        self.issues.append(Issue(code, markup.path, markup.line, found, expected, mend))

    def _same_text(self, markup: Markup) -> str:
        """The document that has this text, where the file does not name one."""
        for doc_id, raw in self.content.texts.items():
            if doc_id in self.content.regions and markup.text is not None:
                document = read_document(self.content, doc_id, self.schema)
                if _same(markup.text, document.text) or _same(markup.text, raw):
                    return doc_id
        return ""

    def _placed(self, markup: Markup, document: Document, raw: str) -> Markup | None:
        """The marks at raw offsets; `None` with a finding where the file has another text."""
        base = _base(markup, document.text, raw)
        if base is None:
            expected = "the text as it was exported, or the raw text, to the character"
            self.wrong(markup, "text-differs", _difference(markup.text or "", document.text), expected)
            return None
        ruler = Ruler(base)
        unit = self.unit or choose_unit(markup, ruler, self.form.units)
        self.units.add(NAMES[unit])
        placed, issues = place(markup, ruler, unit)
        self.issues += issues
        return placed if base is raw else self._to_raw(placed, document)

    def _to_raw(self, markup: Markup, document: Document) -> Markup:
        alignment, marks = Alignment(document.alignment), []
        for mark in markup.marks:
            spans = alignment.to_raw(mark.spans)
            if None in spans:
                there = " … ".join(shorten(document.text[s.start : s.end]) for s in mark.spans)
                found = f"{mark.where or mark.id} {there} begins or ends at the end of a line or inside a character"
                self.wrong(markup, "not-imported", found, "a span inside one line, of whole characters")
            marks.append(replace(mark, spans=tuple(s for s in spans if s)))
        return replace(markup, marks=tuple(m for m in marks if m.spans))

    def _check(self, markup: Markup, document: Document, raw: str, records: list[Named]) -> None:
        """Runs the checks of the format, anchoring and scheme levels on a pass, and keeps it."""
        doc_id, sha = document.article.doc_id, document.article.sha256
        header = Header(doc_id, sha, SCHEMA_VERSION, GUIDELINES_VERSION, self.annotator, "pass", base=self.base)
        path = self.corpus.annotator_pass(self.annotator, doc_id)
        text = to_lines(header, [data for _, data in records])
        found, issues = parse_annotations(text, self.corpus.relative(path), ("entity", "claim"), self.schema)
        if found is not None and not issues:
            known = set(self.content.known)
            issues = [
                *check_offsets(found, raw),
                *check_values([found], self.schema),
                *check_structure(found),
                *check_references(found, known),
                *check_rights(found, document.article),
                *check_placement(found, document.regions, document.kept),
            ]
        items = [Mark("", "", ()), Mark("", "", ()), *(mark for mark, _ in records)]
        names = ["", "", *(f"{mark.where or mark.id} ({data['id']}): " for mark, data in records)]
        bare = "The tool cannot carry it: --fill-from takes it from a reading that has the same span."
        mends = {"missing-key": bare} if self.form.attributes is not None else {}
        for issue in issues:
            line, told = items[issue.line].line or markup.line, f"{names[issue.line]}{issue.found}"
            mend = mends.get(issue.code, issue.mend)
            self.issues.append(replace(issue, path=markup.path, line=line, found=told, mend=mend))
        if found is not None:
            self.passes[path] = format_annotations(found, self.schema)


def _same(one: str, other: str) -> bool:
    """Whether offsets in both mean the same: newlines at the end, which some tools add or drop, change none."""
    return one.rstrip("\n") == other.rstrip("\n")


def _base(markup: Markup, text: str, raw: str) -> str | None:
    """Which of our texts the marks of a file count in; `None` for neither."""
    if markup.text is not None:
        return next((ours for ours in (text, raw) if _same(markup.text, ours)), None)
    for ours in (text, raw):
        slices = ["".join(ours[s.start : s.end] for s in m.spans) for m in markup.marks]
        if all(squeeze(there) == squeeze("".join(m.quotes)) for there, m in zip(slices, markup.marks, strict=True)):
            return ours
    return text


def _difference(text: str, ours: str) -> str:
    at = next((i for i, (a, b) in enumerate(zip(text, ours, strict=False)) if a != b), min(len(text), len(ours)))
    shown = [shorten(part[max(0, at - 10) : at + 20]) for part in (text, ours)]
    return f"another text: at code point {at} it has {shown[0]} where ours has {shown[1]}"
