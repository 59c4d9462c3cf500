"""Columns in, columns out: an Arrow batch of texts to their regions and published texts. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from sinorus_corpus.cleaning.propose import propose_columns
from sinorus_corpus.cleaning.recurrence import Keys
from sinorus_corpus.cleaning.sites import SiteRule
from sinorus_corpus.cleaning.text import publish_columns
from sinorus_corpus.schema import Schema
from sinorus_corpus.strings import Texts

REGION = pa.struct(
    [
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("label", pa.string()),
        ("keep", pa.bool_()),
        ("score", pa.float64()),
        ("type_score", pa.float64()),
        ("dup_of", pa.int32()),
        ("reason", pa.string()),
    ]
)
CLEANED = pa.schema([("regions", pa.list_(REGION)), ("text", pa.string())])


def clean_batch(
    texts: pa.Array,
    schema: Schema,
    sites: pa.Array | None = None,
    rules: Sequence[SiteRule] = (),
    repeats: Keys | None = None,
) -> pa.RecordBatch:
    """Cleans a batch of raw texts.

    Args:
        texts: strings; a null counts as an empty text.
        sites: the site of each text, null where it is not known.
        rules: rules of sites.
        repeats: what recurs on a site's pages; without it each text is cleaned as if it were alone.

    Returns:
        One row a text with columns `regions` (code points of the raw text, half-open; `dup_of` is the number of the
        earlier region, from 0, or -1) and `text`.

    Raises:
        SinorusError: a text is longer than the models are meant for.
    """
    texts = texts.cast(pa.string()).fill_null("")
    named = None if sites is None else [site or "" for site in sites.to_pylist()]
    found = propose_columns(texts.to_pylist(), schema, named, rules, repeats)
    made = publish_columns(Texts(texts), found.offsets, found.start, found.end, found.keep)
    reasons = pa.array([*(rule.reason for rule in rules), ""])
    columns = [
        pa.array(found.start, pa.int32()),
        pa.array(found.end, pa.int32()),
        pa.array(found.labels).take(pa.array(found.label)),
        pa.array(found.keep),
        pa.array(found.score),
        pa.array(found.type_score),
        pa.array(found.dup_of, pa.int32()),
        reasons.take(pa.array(found.rule % len(reasons))),
    ]
    structs = pa.StructArray.from_arrays(columns, fields=list(REGION))
    regions = pa.ListArray.from_arrays(pa.array(found.offsets, pa.int32()), structs)
    return pa.RecordBatch.from_arrays([regions, made.texts], schema=CLEANED)
