"""INCEpTION: UIMA CAS as XMI and as JSON, with the type system that its layers are imported from. No other tool may live here.

Entities are `NamedEntity` (`value` the label, `identifier` the registry id, further features for the rest); claims, sources,
cues and segments are layers `webanno.custom.*`, each with `record` for its id; a claim's relations are its link feature
`attribution` (role, target). Numbers are string features, because an unset number of UIMA is 0. The file counts UTF-16 units and
dkpro-cassis code points; an offset that it cannot map it would leave as it is, so such a file is refused. Format: https://inception-project.github.io/releases/latest/docs/user-guide.html
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import PurePath
from typing import Any

from sinorus_corpus.annotation.formats.convert import attribute_columns
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
)
from sinorus_corpus.annotation.formats.reading import BadItemError, check_xml, read_json, to_offset
from sinorus_corpus.annotation.formats.units import utf16_offsets
from sinorus_corpus.annotation.tokens import token_spans
from sinorus_corpus.characters import shorten
from sinorus_corpus.records import Issue, SinorusError, Span
from sinorus_corpus.schema import Column, Schema

_DKPRO = "de.tudarmstadt.ukp.dkpro.core.api"
_ENTITY = f"{_DKPRO}.ner.type.NamedEntity"
_META = f"{_DKPRO}.metadata.type.DocumentMetaData"
_SENTENCE, _TOKEN = f"{_DKPRO}.segmentation.type.Sentence", f"{_DKPRO}.segmentation.type.Token"
_LAYERS = {name: f"webanno.custom.{name.title()}" for name in (CLAIM, *ROLES, SEGMENT)}
_LINK = "webanno.custom.ClaimAttributionLink"
# What every export of the tool holds besides labels.
_FURNITURE = ("uima.", f"{_DKPRO}.metadata.", f"{_DKPRO}.segmentation.", "de.tudarmstadt.ukp.clarin.webanno.api.type.")
_RENAMED = {"entity": "identifier"}
_PLACED = ("sofa", "begin", "end", "value", "record", "attribution")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _type_system(schema: Schema) -> Any:
    import cassis

    types = cassis.TypeSystem()
    meta = types.create_type(_META, supertypeName="uima.tcas.DocumentAnnotation")
    types.create_feature(meta, "documentTitle", "uima.cas.String")
    types.create_feature(meta, "documentId", "uima.cas.String")
    types.create_type(_SENTENCE)
    types.create_type(_TOKEN)
    link = types.create_type(_LINK, supertypeName="uima.cas.TOP")
    types.create_feature(link, "role", "uima.cas.String")
    types.create_feature(link, "target", "uima.tcas.Annotation")
    for label, name in {schema.labels["entity"].active[0]: _ENTITY, **_LAYERS}.items():
        layer = types.create_type(name)
        types.create_feature(layer, "record", "uima.cas.String")
        if name == _ENTITY:
            types.create_feature(layer, "value", "uima.cas.String")
        if label == CLAIM:
            types.create_feature(layer, "attribution", "uima.cas.FSArray", elementType=_LINK)
        for column in attribute_columns(schema, label):
            types.create_feature(layer, _feature(column.name), _range(column), description=column.description)
    return types


def _feature(name: str) -> str:
    return _RENAMED.get(name, name)


def _range(column: Column) -> str:
    if column.list:
        return "uima.cas.StringArray"
    return "uima.cas.Boolean" if column.type == "bool" else "uima.cas.String"


def format_xmi(markups: Sequence[Markup], schema: Schema) -> Files:
    """`<doc_id>.xmi` for each document and `TypeSystem.xml`, from which the layers of a project are imported."""
    types = _type_system(schema)
    files = {"TypeSystem.xml": types.to_xml().encode("utf-8")}
    for markup in markups:
        _refuse_not_xml(markup)
        files[f"{markup.doc_id}.xmi"] = _cas(markup, types, schema).to_xmi(pretty_print=True).encode("utf-8")
    return files


def format_cas_json(markups: Sequence[Markup], schema: Schema) -> Files:
    """`<doc_id>.json` for each document, which holds its type system, and `TypeSystem.xml` for the layers."""
    types = _type_system(schema)
    made = {f"{m.doc_id}.json": _cas(m, types, schema).to_json(pretty_print=True).encode("utf-8") for m in markups}
    return made | {"TypeSystem.xml": types.to_xml().encode("utf-8")}


def _refuse_not_xml(markup: Markup) -> None:
    values = [markup.text or "", *(v for m in markup.marks for values in m.attributes.values() for v in values)]
    found = next((odd for value in values if (odd := _NOT_XML.search(value))), None)
    if found:
        raise SinorusError(
            f"{markup.doc_id}: XML cannot hold U+{ord(found.group()):04X}; export inception-json instead"
        )


def _cas(markup: Markup, types: Any, schema: Schema) -> Any:
    import cassis

    cas = cassis.Cas(types)
    text = cas.sofa_string = markup.text or ""
    cas.sofa_mime = "text/plain"
    meta = types.get_type(_META)
    made = [meta(begin=0, end=len(text), documentTitle=markup.doc_id, documentId=markup.doc_id)]
    at = 0
    for line in text.split("\n"):
        made.append(types.get_type(_SENTENCE)(begin=at, end=at + len(line)))
        made += [types.get_type(_TOKEN)(begin=at + t.start, end=at + t.end) for t in token_spans(line)]
        at += len(line) + 1
    annotations = {mark.id: _annotation(mark, types, schema) for mark in markup.marks}
    for mark_id, annotation in annotations.items():
        links = [r for r in markup.relations if r.source == mark_id]
        if links:
            elements = [types.get_type(_LINK)(role=r.label, target=annotations[r.target]) for r in links]
            annotation.attribution = types.get_type("uima.cas.FSArray")(elements=elements)
    cas.add_all([*made, *annotations.values()])
    return cas


def _annotation(mark: Mark, types: Any, schema: Schema) -> Any:
    values: dict[str, Any] = {"record": mark.id}
    if mark.label not in _LAYERS:
        values["value"] = mark.label
    for column in attribute_columns(schema, mark.label):
        held = mark.attributes.get(column.name)
        if held and column.list:
            values[_feature(column.name)] = types.get_type("uima.cas.StringArray")(elements=list(held))
        elif held:
            values[_feature(column.name)] = held[0] == "true" if column.type == "bool" else held[0]
    name = _LAYERS.get(mark.label, _ENTITY)
    return types.get_type(name)(begin=mark.spans[0].start, end=mark.spans[0].end, **values)


def parse_cas(files: Files) -> Parsed:
    """The documents of `.xmi` files, with the `TypeSystem.xml` of their folder, and of `.json` files."""
    markups: list[Markup] = []
    issues: list[Issue] = []
    for name, data in files.items():
        if PurePath(name).name.lower() == "typesystem.xml":
            continue
        cas, found = _load(name, data, files.get(str(PurePath(name).with_name("TypeSystem.xml"))))
        issues += found
        if cas is None:
            continue
        try:
            markups.append(_read(cas, name, issues))
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            issues.append(_unread(name, error))  # JSON brings its own types, so anything may be of any kind
    return markups, issues


def _unread(name: str, error: Exception) -> Issue:
    expected = "a CAS as INCEpTION exports it, with its TypeSystem.xml beside it"
    return Issue("not-imported", name, 0, f"{type(error).__name__}: {shorten(str(error))}", expected)


def _load(name: str, data: bytes, types: bytes | None) -> tuple[Any, list[Issue]]:
    import cassis

    is_json = PurePath(name).suffix == ".json"
    issues = read_json(name, data)[1] if is_json else [*check_xml(name, data), *_check_types(name, types)]
    if issues:
        return None, issues
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            if is_json:
                return cassis.load_cas_from_json(data.decode("utf-8")), []
            return cassis.load_cas_from_xmi(BytesIO(data), cassis.load_typesystem(BytesIO(types or b""))), []
    except UserWarning as warning:  # dkpro-cassis' one sign that an offset is none
        expected = "UTF-16 offsets of whole characters inside the text"
        return None, [Issue("bad-offset", name, 0, str(warning), expected)]
    except Exception as error:  # a hostile file can make the library fail in any way; nothing of it is used
        return None, [_unread(name, error)]


def _check_types(name: str, types: bytes | None) -> list[Issue]:
    if types is None:
        return [Issue("not-imported", name, 0, "no type system", "TypeSystem.xml in the same folder or archive")]
    return check_xml(str(PurePath(name).with_name("TypeSystem.xml")), types)


def _read(cas: Any, path: str, issues: list[Issue]) -> Markup:
    text = cas.sofa_string or ""
    at = utf16_offsets(text)
    doc_id, by, marks, relations = PurePath(path).stem, "", [], []
    names: dict[int, str] = {}
    labels = {layer: label for label, layer in _LAYERS.items()}
    for annotation in cas.select_all_annotations():
        name = annotation.type.name
        try:
            if name == _META:
                doc_id, by = _document(annotation, doc_id)
            elif name == _ENTITY or name in labels:
                mark = _mark(annotation, labels.get(name) or _text(annotation, "value"), at)
                names[annotation.xmiID] = mark.id
                marks.append(mark)
            elif not name.startswith(_FURNITURE):
                raise BadItemError("not-imported", "a label of no layer of ours", f"{_ENTITY} or {', '.join(labels)}")
        except BadItemError as error:
            issues.append(error.issue(path, 0, f"{name.rpartition('.')[2]} {annotation.xmiID}"))
    for claim in cas.select(_LAYERS[CLAIM]) if cas.typesystem.contains_type(_LAYERS[CLAIM]) else []:
        if claim.xmiID in names:
            relations += list(_relations(claim, names))
    return Markup(doc_id, text, tuple(marks), tuple(relations), by, path)


def _text(annotation: Any, name: str) -> str:
    """A feature, empty where it is unset or the type has none of that name; JSON may hold anything there."""
    value = getattr(annotation, name, None)
    if value is not None and not isinstance(value, str):
        raise BadItemError("wrong-type", f"{name}: {shorten(repr(value))}", "text")
    return value or ""


def _document(annotation: Any, stem: str) -> tuple[str, str]:
    """The document and, as exports of a project name the annotator in `documentId`, who labelled it."""
    title, by = _text(annotation, "documentTitle"), _text(annotation, "documentId")
    doc_id = re.sub(r"\.(txt|xmi|json)$", "", title or by) or stem
    return doc_id, "" if by in (title, doc_id) else by


def _mark(annotation: Any, label: str, at: list[int]) -> Mark:
    """A mark in UTF-16 units, as they stand in the file."""
    shown = {new: old for old, new in _RENAMED.items()}
    attributes = {}
    for feature in annotation.type.all_features:
        value = getattr(annotation, feature.name)
        if feature.name in _PLACED or value is None or value is False or value == "":
            continue
        held = getattr(value, "elements", [value])
        strings = tuple("true" if v is True else v for v in held or ())
        if not all(isinstance(v, str) for v in strings):
            raise BadItemError("wrong-type", f"{feature.name}: {shorten(repr(value))}", "text")
        attributes[shown.get(feature.name, feature.name)] = strings
    edges = [to_offset(name, getattr(annotation, name)) for name in ("begin", "end")]
    if max(edges) >= len(at):
        raise BadItemError("bad-offset", f"end {max(edges)}", f"at most {len(at) - 1} characters")
    where = f"{annotation.type.name.rpartition('.')[2]} {annotation.xmiID}"
    mark_id = _text(annotation, "record") or f"xmi{annotation.xmiID}"
    return Mark(mark_id, label, (Span(at[edges[0]], at[edges[1]]),), attributes, where=where)


def _relations(claim: Any, names: dict[int, str]) -> Iterator[Relation]:
    links = getattr(claim, "attribution", None)
    for link in getattr(links, "elements", None) or []:
        number = getattr(getattr(link, "target", None), "xmiID", None)
        target = names.get(number, f"xmi{number}") if isinstance(number, int) else "nothing"
        role = getattr(link, "role", None)
        yield Relation(role if isinstance(role, str) else "", names[claim.xmiID], target)


FORMAT = Format(format_xmi, parse_cas, units=("utf-16",), beside=("TypeSystem.xml",))
JSON_FORMAT = Format(format_cas_json, parse_cas, units=("utf-16",))
