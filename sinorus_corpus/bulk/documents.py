"""A batch of articles to a table of the config `documents`, as columns. No file is read, and nothing is checked."""

from __future__ import annotations

import hashlib
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from sinorus_corpus.bulk.mentions import Mentions, numbered
from sinorus_corpus.cleaning.propose import Regions
from sinorus_corpus.cleaning.text import Published
from sinorus_corpus.schema import SCHEMA_VERSION
from sinorus_corpus.strings import string_buffers
from sinorus_corpus.suggestions.suggest import BASE

Ints = npt.NDArray[np.int64]
# What stands among the annotators of a document, and as the note of a mention, that the baseline proposed.
SUGGESTED = BASE


def document_table(
    record: dict[str, pa.Array], found: Regions, made: Published, mentions: Mentions, annotator: str, schema: pa.Schema
) -> pa.Table:
    """One row a document.

    Args:
        record: the columns of the record, with `raw`, the text as received.
        annotator: whose reading the mentions are that are not suggested.
        schema: of the table.
    """
    size = len(made.texts)
    count = np.bincount(mentions.document, minlength=size)
    columns = {
        **record,
        **_status(mentions, size, annotator),
        "text": made.texts,
        "regions": _regions(found, made, schema.field("regions").type),
        "entities": _entities(mentions, np.concatenate([[0], np.cumsum(count)]), schema.field("entities").type),
        "alignment": _alignment(made, schema.field("alignment").type),
        "removed_characters": pa.array(made.removed, pa.int32()),
        "raw_sha256": digests(record["raw"]),
        "text_sha256": digests(made.texts),
        "html_sha256": repeated("", size),
        "schema_version": repeated(SCHEMA_VERSION, size),
        "guidelines_version": repeated("", size),
    }
    columns["claims"] = pa.ListArray.from_arrays(
        pa.array(np.zeros(size + 1), pa.int32()), pa.array([], schema.field("claims").type.value_type)
    )
    return pa.Table.from_arrays([columns[field.name] for field in schema], schema=schema)


def repeated(value: Any, size: int) -> pa.Array:
    """The same string, boolean or number in each row."""
    return pa.repeat(pa.scalar(value), size)


def digests(texts: pa.Array) -> pa.Array:
    """The SHA-256 of each text in UTF-8, in hex."""
    offsets, data = string_buffers(texts)
    view, at = data.data, offsets.tolist()
    return pa.array([hashlib.sha256(view[a:b]).hexdigest() for a, b in pairwise(at)], pa.string())


def _status(mentions: Mentions, size: int, annotator: str) -> dict[str, pa.Array]:
    """Labels of one reading are `single`; suggestions name their maker among the annotators and have no status."""
    read, suggested = (
        np.bincount(mentions.document[m], minlength=size) > 0 for m in (~mentions.suggested, mentions.suggested)
    )
    some = read | suggested
    offsets = pa.array(np.concatenate([[0], np.cumsum(some)]), pa.int32())
    makers = pc.if_else(pa.array(read[some]), annotator, SUGGESTED)
    status = pc.if_else(pa.array(read), "single", "")
    return {
        "annotators": pa.ListArray.from_arrays(offsets, makers),
        "status": status,
        "reviewed": repeated(False, size),
    }


def _lists(offsets: Ints, columns: dict[str, pa.Array], kind: pa.DataType) -> pa.Array:
    """A list of structs a row, in the order and of the types that `kind` has."""
    fields = [kind.value_type.field(i) for i in range(kind.value_type.num_fields)]
    arrays = [columns[field.name].cast(field.type) for field in fields]
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), pa.StructArray.from_arrays(arrays, fields=fields), kind
    )


def _regions(found: Regions, made: Published, kind: pa.DataType) -> pa.Array:
    page = np.repeat(np.arange(len(made.texts)), np.diff(found.offsets))
    most = int(np.diff(found.offsets).max(initial=0))
    ids = pa.array([*(f"r{i}" for i in range(1, most + 1)), ""], pa.string())
    columns = {
        "id": numbered("r", page),
        "label": pa.array(found.labels).take(pa.array(found.label)),
        "keep": pa.array(made.kept),
        "start": pa.array(made.start),
        "end": pa.array(made.end),
        "raw_start": pa.array(found.start),
        "raw_end": pa.array(found.end),
        "dup_of": ids.take(pa.array(found.dup_of % len(ids))),
    }
    return _lists(found.offsets, columns, kind)


def _entities(mentions: Mentions, offsets: Ints, kind: pa.DataType) -> pa.Array:
    size = len(mentions.document)
    columns = {name: pa.array(getattr(mentions, name)) for name in ("start", "end", "raw_start", "raw_end")}
    columns |= {name: getattr(mentions, name) for name in ("text", "label", "id")}
    columns |= {name: repeated("", size) for name in ("entity", "name", "wikidata_qid")}
    columns |= {name: repeated(False, size) for name in ("metonym", "unsure")}
    return _lists(offsets, columns | {"note": pc.if_else(pa.array(mentions.suggested), SUGGESTED, "")}, kind)


def _alignment(made: Published, kind: pa.DataType) -> pa.Array:
    columns = dict(zip(("raw_start", "raw_end", "start", "end", "replaced"), map(pa.array, made.pieces), strict=True))
    return _lists(made.piece_offsets, columns, kind)
