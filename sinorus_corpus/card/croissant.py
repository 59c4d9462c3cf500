"""The dataset in Croissant 1.0 with its RAI vocabulary, from the same schema objects as the card. No file is written here.

https://docs.mlcommons.org/croissant/docs/croissant-spec.html and croissant-rai-spec.html. A record set is one config's one split;
a list of structs inside a list of structs has no form that readers of Croissant can read, and is left to its own config.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sinorus_corpus.card import facts
from sinorus_corpus.card.findings import Findings
from sinorus_corpus.card.front import Files, Tables, ordered, table_path
from sinorus_corpus.card.measures import checked
from sinorus_corpus.files import sha256
from sinorus_corpus.schema import Column, Schema

CONFORMS = ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"]
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_TYPES = {
    "string": "sc:Text",
    "int32": "sc:Integer",
    "int64": "sc:Integer",
    "offset": "sc:Integer",
    "label": "sc:Integer",
    "bio": "sc:Integer",
    "float64": "sc:Float",
    "bool": "sc:Boolean",
    "date32": "sc:Date",
}
_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def render_croissant(
    schema: Schema, tables: Tables, files: Files, version: str, findings: Findings, *, private: bool
) -> bytes:
    """The dataset as canonical JSON-LD; files are named relative to the folder that it stands in."""
    splits = [(name, split) for name in ordered(tables) for split in tables[name]]
    told: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS,
        "name": "sinorus_corpus",
        "version": version,
        "inLanguage": "en",
        "isLiveDataset": False,
        **({} if private else {"license": _LICENCE}),
        **_cited(findings, version),
        **rai(findings),
        "distribution": [_file(table_path(*one), files[table_path(*one)]) for one in splits],
        "recordSet": [*_enumerations(schema, tables), *(_record_set(schema, *one) for one in splits)],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _cited(findings: Findings, version: str) -> dict[str, Any]:
    """Description and citation, from `CITATION.cff` where there is one."""
    if not (cite := findings.citation):
        return {"description": facts.COLLECTION}
    authors = "; ".join(cite.authors)
    return {
        "description": cite.abstract,
        "keywords": cite.keywords,
        **({"datePublished": cite.released} if cite.released else {}),
        "creator": [{"@type": "sc:Organization", "name": name} for name in cite.authors],
        "citeAs": f"{authors}. {cite.title}. Version {version}.",
    }


def rai(findings: Findings) -> dict[str, Any]:
    """How the data came about and what it is good for, in the words of the Croissant RAI vocabulary 1.0."""
    return {
        "rai:dataCollection": facts.COLLECTION,
        "rai:dataCollectionType": ["Synthetic data generation", "Secondary data analysis"],
        "rai:dataPreprocessingProtocol": [facts.CLEANING, facts.SPLITTING],
        "rai:dataAnnotationProtocol": [facts.ANNOTATION],
        "rai:dataAnnotationAnalysis": [
            f"Passes by one kind of model measure consistency, not agreement between people. {checked(findings)} "
            "The card has the figures."
        ],
        "rai:annotationsPerItem": "2, and adjudicated, where the status of a document says so; else 1",
        "rai:annotatorDemographics": ["None: the annotators are language models."],
        "rai:machineAnnotationTools": ["Language models of one kind, by written guidelines"],
        "rai:dataBiases": facts.BIASES,
        "rai:dataLimitations": [*facts.LIMITATIONS, *facts.MISUSES],
        "rai:dataUseCases": facts.USES,
        "rai:personalSensitiveInformation": [facts.PERSONAL],
        "rai:dataReleaseMaintenancePlan": "Versions are tags that are never moved; what changed stands in the changelog.",
    }


def _file(path: str, data: bytes) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": path,
        "contentSize": f"{len(data)} B",
        "encodingFormat": "application/x-parquet",
        "sha256": sha256(data),
    }


def _label_sets(schema: Schema, tables: Tables) -> dict[str, list[str]]:
    """The names behind the integers of label columns, by record set."""
    found = {}
    for name in tables:
        for column in schema.tables[name].columns:
            if column.type in ("label", "bio"):
                found[_label_set(column)] = schema.class_names(column)
    return dict(sorted(found.items()))


def _label_set(column: Column) -> str:
    return f"labels/{column.labels}{'_bio' if column.type == 'bio' else ''}"


def _enumerations(schema: Schema, tables: Tables) -> Iterator[dict[str, Any]]:
    for name, labels in _label_sets(schema, tables).items():
        number, word = f"{name}/id", f"{name}/name"
        yield {
            "@type": "cr:RecordSet",
            "@id": name,
            "name": name,
            "dataType": "sc:Enumeration",
            "key": {"@id": number},
            "field": [
                {"@type": "cr:Field", "@id": number, "name": number, "dataType": "sc:Integer"},
                {"@type": "cr:Field", "@id": word, "name": word, "dataType": ["sc:Text", "sc:name"]},
            ],
            "data": [{number: at, word: label} for at, label in enumerate(labels)],
        }


def _record_set(schema: Schema, config: str, split: str) -> dict[str, Any]:
    table, name = schema.tables[config], f"{config}/{split}"
    unique = [{"@id": f"{name}/{column.name}"} for column in table.columns if column.unique]
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": f"{split} of {config}. {table.description}",
        **({"key": unique[0]} if unique else {}),
        "field": [_field(column, name, table_path(config, split)) for column in table.columns],
    }


def _field(column: Column, outer: str, path: str, within: str = "") -> dict[str, Any]:
    """A column, or with `within` the field `column` of each struct in that column."""
    name = f"{outer}/{column.name}"
    told: dict[str, Any] = {"@type": "cr:Field", "@id": name, "name": name, "description": _meaning(column)}
    if inner := described(column):
        fields = [_field(field, name, path, column.name) for field in inner]
        return told | {**({"repeated": True} if column.list else {}), "subField": fields}
    source: dict[str, Any] = {"fileObject": {"@id": path}, "extract": {"column": within or column.name}}
    if within:
        source["transform"] = {"jsonPath": column.name}
    repeated = {"repeated": True} if column.list and not within else {}
    return told | {"dataType": _TYPES[column.type], **repeated, "source": source}


def described(column: Column) -> list[Column]:
    """The fields of a struct that Croissant can describe: those that are no structs themselves."""
    return [field for field in column.fields if not field.fields]


def _meaning(column: Column) -> str:
    told = column.description + (f" Unit: {column.unit}." if column.unit else "")
    if column.type in ("label", "bio"):
        told += f" An integer; its names are the record set {_label_set(column)}."
    left = [field.name for field in column.fields if field.fields]
    return told + (f" Not described here, since nested twice: {', '.join(left)}." if left else "")
