"""Loads the dataset, from a folder or the Hub, and adds a reader's own copies of withheld articles as split `transfer`."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import datasets

from sinorus_corpus.build import ROW_MAKERS
from sinorus_corpus.cleaning import clean_document
from sinorus_corpus.hydrate import OtherCopy, Withheld, find_copies, find_other_copies
from sinorus_corpus.records import Article, SinorusError
from sinorus_corpus.schema import Schema, read_schema, require
from sinorus_corpus.tables import Labelled
from sinorus_corpus.tables.arrow import to_table
from sinorus_corpus.tables.withheld import parse_fingerprints, parse_withheld

TRANSFER = "transfer"


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
        config: `documents`, `ner`, `claims`, `regions` or `withheld`.
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
    require(config, [*ROW_MAKERS, "withheld"], "config")
    if articles is None or config == "withheld":
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
    rows = datasets.load_dataset(source, "withheld", split=TRANSFER, **options)
    parsed = {row["doc_id"]: (row, *parse_withheld(row)) for row in rows.to_list()}
    found, strangers = find_copies(folder, (article for _, article, *_ in parsed.values()))
    lacking = [Withheld(*one[1:4], parse_fingerprints(one[0])) for doc_id, one in parsed.items() if doc_id not in found]
    others = find_other_copies(strangers, lacking, schema)
    if not found and not others:
        raise SinorusError(f"{folder} holds no copy of a withheld article; sinorus hydrate {folder} says why")
    made = {doc_id: _labelled(schema, path, *parsed[doc_id]) for doc_id, path in found.items()}
    made |= {doc_id: _moved(schema, other, *parsed[doc_id]) for doc_id, other in others.items()}
    return _dataset(schema, config, [made[doc_id] for doc_id in sorted(made)])


def _moved(schema: Schema, copy: OtherCopy, row: dict[str, Any], article: Article, *records: Any) -> Labelled:
    """A labelled document of a copy that differs; its record keeps the digest of the article that the labels were made on."""
    warnings.warn(f"{copy.path} differs from {article.doc_id}; moved to it: {copy.moved.told()}", stacklevel=2)
    document = clean_document(article, copy.text, copy.moved.regions, schema.text_types())
    return Labelled(document, copy.text, copy.moved.gold, records[-1], False, row["schema_version"])


def _labelled(schema: Schema, path: Path, row: dict[str, Any], *records: Any) -> Labelled:
    article, regions, gold, known = records
    raw = path.read_bytes().decode("utf-8")
    document = clean_document(article, raw, regions, schema.text_types())
    return Labelled(document, raw, gold, known, row["reviewed"], row["schema_version"])


def _dataset(schema: Schema, config: str, made: Iterable[Labelled]) -> datasets.Dataset:
    table = schema.tables[config]
    rows = [row for labelled in made for row in ROW_MAKERS[config](labelled)]
    return datasets.Dataset(to_table(schema, table, rows), split=datasets.Split(TRANSFER))
