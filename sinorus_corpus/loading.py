"""Loads the dataset, from a folder or the Hub, and adds a reader's own copies of withheld articles as split `transfer`."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import datasets

from sinorus_corpus.build import ROW_MAKERS
from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.hydrate import OtherCopy, Withheld, find_copies, find_other_copies
from sinorus_corpus.records import Article, KnownEntity, SinorusError
from sinorus_corpus.schema import Schema, read_schema, require
from sinorus_corpus.tables import WITHOUT_TEXT, Labelled
from sinorus_corpus.tables.arrow import to_table
from sinorus_corpus.tables.linking import parse_registry_rows
from sinorus_corpus.tables.pairs import pair_rows, parse_clusters
from sinorus_corpus.tables.withheld import parse_fingerprints, parse_withheld

TRANSFER = "transfer"
PAIRS = "pairs"


def load_config(
    source: str | Path,
    config: str = "documents",
    split: str | None = None,
    articles: str | Path | None = None,
    **options: Any,
) -> Any:
    """Loads one config.

    Args:
        source: a folder that `make build` made, or a Hub repository such as `org/name`.
        config: `documents`, `ner`, `claims`, `regions`, `sentences`, `attribution`, `linking`, `pairs`, or one without text:
            `clusters`, `registry`, `withheld`.
        split: one split, or all as a `DatasetDict` where it is `None`.
        articles: a folder with copies of the withheld articles; those found become the split `transfer`. In a copy that differs
            the labels that stand in it too are moved to it; a warning says how many, and `reviewed` is false.
        options: passed on to `datasets.load_dataset`, such as `revision` or `cache_dir`.

    Returns:
        A `Dataset` where a split is named, else a `DatasetDict`.

    Raises:
        SinorusError: the config or split is unknown, or `articles` holds no copy of any withheld article.
    """
    schema = read_schema()
    require(config, [*ROW_MAKERS, PAIRS, *WITHOUT_TEXT], "config")
    if articles is None or config in WITHOUT_TEXT:
        return _open(source, config, split, options)
    own = _transfer(schema, str(source), config, Path(articles), options)
    if split == TRANSFER:
        return own
    if split is not None:
        return _open(source, config, split, options)
    return datasets.DatasetDict({**_open(source, config, None, options), TRANSFER: own})


def _open(source: str | Path, config: str, split: str | None, options: dict[str, Any]) -> Any:
    if split is not None and split.isidentifier():
        known = datasets.get_dataset_split_names(str(source), config, **_remote(options))
        require(split, known, f"split in {config}")
    return datasets.load_dataset(str(source), config, split=split, **options)


def _remote(options: dict[str, Any]) -> dict[str, Any]:
    return {key: options[key] for key in ("revision", "token") if key in options}


def _transfer(schema: Schema, source: str, config: str, folder: Path, options: dict[str, Any]) -> datasets.Dataset:
    parsed = {row["doc_id"]: (row, *parse_withheld(row)) for row in _rows(source, "withheld", TRANSFER, options)}
    found, strangers = find_copies(folder, (article for _, article, *_ in parsed.values()))
    lacking = [Withheld(*one[1:4], parse_fingerprints(one[0])) for doc_id, one in parsed.items() if doc_id not in found]
    others = find_other_copies(strangers, lacking, schema)
    if not found and not others:
        raise SinorusError(f"{folder} holds no copy of a withheld article; sinorus hydrate {folder} says why")
    known = parse_registry_rows(_rows(source, "registry", "train", options)) if config == "linking" else {}
    labelled = {doc_id: _labelled(schema, path, known, *parsed[doc_id]) for doc_id, path in found.items()}
    labelled |= {doc_id: _moved(schema, other, known, *parsed[doc_id]) for doc_id, other in others.items()}
    made = [labelled[doc_id] for doc_id in sorted(labelled)]
    if config == PAIRS:
        rows = pair_rows(made, parse_clusters(_rows(source, "clusters", TRANSFER, options)))
    else:
        rows = [row for one in made for row in ROW_MAKERS[config](one)]
    return datasets.Dataset(to_table(schema, schema.tables[config], rows), split=datasets.Split(TRANSFER))


def _moved(
    schema: Schema,
    copy: OtherCopy,
    registry: dict[str, KnownEntity],
    row: dict[str, Any],
    article: Article,
    *records: Any,
) -> Labelled:
    """A labelled document of a copy that differs; its record keeps the digest of the article that the labels were made on."""
    warnings.warn(f"{copy.path} differs from {article.doc_id}; moved to it: {copy.moved.told()}", stacklevel=2)
    document = clean_document(article, copy.text, copy.moved.regions, schema.text_types())
    known = registry or records[-1]
    return Labelled(document, copy.text, copy.moved.gold, known, False, row["schema_version"])


def _rows(source: str, config: str, split: str, options: dict[str, Any]) -> list[dict[str, Any]]:
    """All rows of one split of one config, label names in place of their numbers."""
    found = datasets.load_dataset(source, config, split=split, **options)
    labels = {n: f.names for n, f in found.features.items() if isinstance(f, datasets.ClassLabel)}
    return [{n: labels[n][v] if n in labels else v for n, v in row.items()} for row in found.to_list()]


def _labelled(
    schema: Schema, path: Path, registry: dict[str, KnownEntity], row: dict[str, Any], *records: Any
) -> Labelled:
    article, regions, gold, known = records
    raw = path.read_bytes().decode("utf-8")
    document = clean_document(article, raw, regions, schema.text_types())
    return Labelled(document, raw, gold, registry or known, row["reviewed"], row["schema_version"])
