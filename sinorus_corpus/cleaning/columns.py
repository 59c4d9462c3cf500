"""Columns in, columns out: an Arrow batch of texts to their regions and published texts. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from sinorus_corpus.cleaning.propose import Proposal, Repeats, propose
from sinorus_corpus.cleaning.sites import SiteRule
from sinorus_corpus.cleaning.text import join_kept
from sinorus_corpus.schema import Schema

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
    repeats: Repeats | None = None,
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
    raws = [raw or "" for raw in texts.to_pylist()]
    named = None if sites is None else [site or "" for site in sites.to_pylist()]
    found = propose(raws, schema, named, rules, repeats)
    regions = pa.array([[_row(p) for p in page] for page in found], type=CLEANED.field("regions").type)
    published = [join_kept(raw, [p.region for p in page if p.keep])[0] for raw, page in zip(raws, found, strict=True)]
    return pa.RecordBatch.from_arrays([regions, pa.array(published, type=pa.string())], schema=CLEANED)


def _row(proposal: Proposal) -> dict[str, object]:
    region, dup_of = proposal.region, -1
    if region.dup_of is not None:
        dup_of = int(region.dup_of.removeprefix("r")) - 1
    values = (region.start, region.end, region.label, proposal.keep, proposal.score, proposal.type_score)
    return dict(zip(REGION.names, (*values, dup_of, proposal.reason), strict=True))
