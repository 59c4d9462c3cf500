"""What is in the dataset, in a minute: documents, names, who is quoted, and one claim with its chain of sources.

    python -m examples.load_and_look dist/sinorus-corpus

Where SINORUS_ARTICLES names a folder with your own copies of the articles whose text does not ship, they are there too, as split
`transfer`; here `sinorus_corpus.load` adds them, everything else is plain `datasets` and polars.
"""

from __future__ import annotations

import os
import sys

import polars as pl
from datasets import DatasetDict, load_dataset

HELD_OUT = ("test", "transfer")  # What the other examples predict; validation is for choosing between models.


def open_config(dataset: str, config: str) -> DatasetDict:
    """A config with all splits, and with your own copies of withheld articles where you have any."""
    if folder := os.environ.get("SINORUS_ARTICLES"):
        from sinorus_corpus import load

        return load(dataset, config, articles=folder)
    return load_dataset(dataset, config)


def frame(data: DatasetDict) -> pl.DataFrame:
    """All splits as one frame, with label names in place of their numbers."""
    made: list[pl.DataFrame] = []
    for split, rows in data.items():
        names = {name: f.names for name, f in rows.features.items() if hasattr(f, "names")}
        numbers = [pl.col(n).replace_strict(dict(enumerate(v)), return_dtype=pl.String) for n, v in names.items()]
        made.append(rows.to_polars().with_columns(*numbers, split=pl.lit(split)))
    return pl.concat(made)


def main(dataset: str) -> None:
    """Prints the tables."""
    documents, claims = (frame(open_config(dataset, name)) for name in ("documents", "claims"))
    print(documents.group_by("split", maintain_order=True).agg(pl.len(), pl.col("text").str.len_chars().sum()))
    mentions = documents.select(pl.col("entities").explode()).unnest("entities")
    print(mentions.filter(pl.col("name") != "")["name"].value_counts(sort=True).head(10))
    print(
        claims.group_by("topic")
        .agg(pl.len(), checkable=(pl.col("ctype") == "quant").mean())
        .sort("len", descending=True)
    )
    quoted = claims.select(pl.col("source_names").explode()).filter(pl.col("source_names").is_not_null())
    print(quoted["source_names"].value_counts(sort=True).head(10))
    deepest = claims.sort("depth", "claim_id", descending=[True, False]).row(0, named=True)
    print(" < ".join([link["source"] or "(unnamed)" for link in deepest["attribution"]]), ":", deepest["text"])


if __name__ == "__main__":
    main(sys.argv[1])
