"""brat standoff: a `.txt` and an `.ann` for each document, with the configuration. Nothing about other tools may live here.

Marks are text-bound annotations (`T`), a claim's segments fragments of one; relations `R`; closed sets, flags and small
numbers attributes (`A`); registry links normalisations (`N`, resource `Registry`). Other text stands in one-line comments:
`note` as `AnnotatorNotes`, which brat's page edits, the rest and the record id under their own names, which brat keeps. Offsets
count code points. Events and equivalences are not of this scheme. Format: https://brat.nlplab.org/standoff.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePath

from sinorus_corpus.annotation.formats.convert import attribute_columns, closed_values
from sinorus_corpus.annotation.formats.markup import (
    CLAIM,
    ROLES,
    SEGMENT,
    Files,
    Format,
    Mark,
    Markup,
    Parsed,
    Relation,
    relation_labels,
)
from sinorus_corpus.annotation.formats.reading import BadItemError
from sinorus_corpus.characters import shorten
from sinorus_corpus.files import decode
from sinorus_corpus.records import Issue, Span
from sinorus_corpus.schema import Column, Schema

_LINKS = ("entity", "who")
_NOTE = "AnnotatorNotes"
_VISUAL = """[drawing]
SPAN_DEFAULT fgColor:black, bgColor:lightgreen, borderColor:darken
claim bgColor:#ffffcc
ARC_DEFAULT color:black, arrowHead:triangle-5
ATTRIBUTE_DEFAULT glyph:*
"""


def format_brat(markups: Sequence[Markup], schema: Schema) -> Files:
    """`<doc_id>.txt` and `<doc_id>.ann` for each document, `annotation.conf` and `visual.conf`."""
    files = {"annotation.conf": _configuration(schema).encode("utf-8"), "visual.conf": _VISUAL.encode("utf-8")}
    for markup in markups:
        files[f"{markup.doc_id}.txt"] = (markup.text or "").encode("utf-8")
        files[f"{markup.doc_id}.ann"] = "".join(f"{line}\n" for line in _Writer(schema).lines(markup)).encode("utf-8")
    return files


class _Writer:
    """Numbers the lines of one document."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.numbers = dict.fromkeys("TRAN#", 0)

    def id(self, kind: str) -> str:
        self.numbers[kind] += 1
        return f"{kind}{self.numbers[kind]}"

    def lines(self, markup: Markup) -> list[str]:
        ids, lines = {}, []
        for mark in markup.marks:
            ids[mark.id] = self.id("T")
            places = ";".join(f"{span.start} {span.end}" for span in mark.spans)
            lines.append(f"{ids[mark.id]}\t{mark.label} {places}\t{' '.join(mark.quotes)}")
            lines.append(f"{self.id('#')}\tid {ids[mark.id]}\t{mark.id}")
            columns = {c.name: c for c in attribute_columns(self.schema, mark.label)}
            for name, values in mark.attributes.items():
                lines += [self.attribute(ids[mark.id], columns[name], v, mark) for v in values]
        for relation in markup.relations:
            ends = f"Arg1:{ids[relation.source]} Arg2:{ids[relation.target]}"
            lines.append(f"{self.id('R')}\t{relation.label} {ends}\t")
        return lines

    def attribute(self, target: str, column: Column, value: str, mark: Mark) -> str:
        if column.name in _LINKS:
            return f"{self.id('N')}\tReference {target} Registry:{value}\t{' '.join(mark.quotes)}"
        if column.type == "bool":
            return f"{self.id('A')}\t{column.name} {target}"
        if closed_values(column, self.schema) is not None:
            return f"{self.id('A')}\t{column.name} {target} {value}"
        return f"{self.id('#')}\t{_NOTE if column.name == 'note' else column.name} {target}\t{value}"


def _configuration(schema: Schema) -> str:
    entities = schema.labels["entity"].active
    users: dict[str, list[str]] = {}
    columns = {}
    for label in (*entities, CLAIM, *ROLES):
        for column in attribute_columns(schema, label):
            columns[column.name] = column
            users.setdefault(column.name, []).append(label)
    lines = ["[entities]", *entities, CLAIM, *ROLES, "", "[relations]"]
    lines += [f"{r}\tArg1:{CLAIM}, Arg2:{r.split('-')[0]}" for r in relation_labels() if r != SEGMENT]
    lines += ["<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>", "", "[events]", "", "[attributes]"]
    for name, column in columns.items():
        values = closed_values(column, schema)
        if values is not None:
            choice = "" if column.type == "bool" else f", Value:{'|'.join(values)}"
            lines.append(f"{name}\tArg:{'|'.join(users[name])}{choice}")
    return "\n".join(lines) + "\n"


def parse_brat(files: Files) -> Parsed:
    """The documents of `.ann` files; the `.txt` of the same name is their text, if it is there."""
    markups: list[Markup] = []
    issues: list[Issue] = []
    for name, data in files.items():
        path = PurePath(name)
        if path.suffix in (".txt", ".conf"):
            continue
        if path.suffix != ".ann":
            issues.append(Issue("not-imported", name, 0, "a file that is no standoff", ".ann, .txt and .conf"))
            continue
        text, found = decode(data, name, final_newline=False) if data else ("", [])
        beside = files.get(str(path.with_suffix(".txt")))
        there, unread = decode(beside, str(path.with_suffix(".txt")), final_newline=False) if beside else (None, [])
        issues += [*found, *unread]
        if not found and not unread:
            markups.append(_Reader(Markup(path.stem, there, path=name), issues).read(text))
    return markups, issues


class _Reader:
    """Reads the lines of one document: marks first, since any line may name a later one."""

    def __init__(self, markup: Markup, issues: list[Issue]) -> None:
        self.markup, self.issues = markup, issues
        self.marks: dict[str, Mark] = {}
        self.names: dict[str, str] = {}
        self.relations: list[Relation] = []
        self.line = 0

    def read(self, text: str) -> Markup:
        lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
        readers: dict[str, Callable[[list[str]], None]] = {
            "T": self.mark, "R": self.relation, "A": self.attribute, "M": self.attribute, "N": self.link, "#": self.comment
        }  # fmt: skip
        for number, line in sorted(lines, key=lambda pair: not pair[1].startswith("T")):
            try:
                reader = readers.get(line[0])
                if reader is None:
                    raise BadItemError("not-imported", shorten(line), f"a line of {', '.join(readers)}")
                self.line = number
                reader(line.split("\t", 2))
            except BadItemError as error:
                self.issues.append(error.issue(self.markup.path, number, f"line {number}"))
        marks = tuple(replace(mark, id=self.names.get(tid, tid)) for tid, mark in self.marks.items())
        named = [Relation(r.label, *(self.names.get(e, e) for e in (r.source, r.target))) for r in self.relations]
        return replace(self.markup, marks=marks, relations=tuple(named))

    def mark(self, cells: list[str]) -> None:
        found = re.fullmatch(r"(\S+) ((?:[0-9]{1,10} [0-9]{1,10})(?:;[0-9]{1,10} [0-9]{1,10})*)", _cell(cells, 1), re.A)
        if not found or cells[0] in self.marks:
            raise BadItemError(
                "bad-offset", shorten("\t".join(cells)), "an id of its own, a type and start end;start end"
            )
        pairs = [pair.split(" ") for pair in found[2].split(";")]
        spans = tuple(Span(int(start), int(end)) for start, end in pairs)
        self.marks[cells[0]] = Mark(cells[0], found[1], spans, {}, (_cell(cells, 2),), cells[0], self.line)

    def relation(self, cells: list[str]) -> None:
        found = re.fullmatch(r"(\S+) \S+?:(\S+) \S+?:(\S+)", _cell(cells, 1).strip())
        if not found:
            raise BadItemError("not-imported", shorten("\t".join(cells)), "a type and Arg1:T1 Arg2:T2")
        self.relations.append(Relation(found[1], found[2], found[3]))

    def attribute(self, cells: list[str]) -> None:
        name, _, rest = _cell(cells, 1).partition(" ")
        target, _, value = rest.partition(" ")
        self.add(target, name, value or "true")

    def link(self, cells: list[str]) -> None:
        found = re.fullmatch(r"Reference (\S+) Registry:(\S+)", _cell(cells, 1))
        if not found:
            raise BadItemError("not-imported", shorten("\t".join(cells)), "Reference T1 Registry:SR0001")
        label = self.marks[found[1]].label if found[1] in self.marks else ""
        self.add(found[1], _LINKS[label in ROLES], found[2])

    def comment(self, cells: list[str]) -> None:
        name, _, target = _cell(cells, 1).partition(" ")
        if name == "id":
            self.names[target] = _cell(cells, 2)
        else:
            self.add(target, "note" if name == _NOTE else name, _cell(cells, 2))

    def add(self, target: str, name: str, value: str) -> None:
        if target not in self.marks:
            raise BadItemError("unknown-reference", f"{name} of {shorten(target)}", "the T of a mark in this file")
        mark = self.marks[target]
        held = {**mark.attributes, name: (*mark.attributes.get(name, ()), value)}
        self.marks[target] = replace(mark, attributes=held)


def _cell(cells: list[str], index: int) -> str:
    if index >= len(cells):
        raise BadItemError("not-imported", shorten("\t".join(cells)), f"{index + 1} cells, separated by tabs")
    return cells[index]


FORMAT = Format(format_brat, parse_brat, discontinuous=True, beside=("{stem}.txt",))
