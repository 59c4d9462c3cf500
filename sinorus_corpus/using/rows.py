"""The rows of the config `documents` as an Arrow table, from whatever `load_dataset` gave. Nothing is converted here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import require


def documents_table(documents: Any, columns: Iterable[str]) -> pa.Table:
    """These columns of the documents; what a `Dataset` selected or shuffled is taken as it is now.

    Args:
        documents: a `Dataset` of one split of the config `documents`, or an Arrow table of it.

    Raises:
        SinorusError: it is something else, or a column is missing.
    """
    if isinstance(documents, Mapping):
        raise SinorusError(
            f"found all splits; expected one of them, such as documents[{next(iter(documents), 'train')!r}]"
        )
    if not isinstance(documents, pa.Table):
        if not (hasattr(documents, "with_format") and hasattr(documents, "__getitem__")):
            raise SinorusError(f"found {type(documents).__name__}; expected a Dataset of one split, or an Arrow table")
        documents = documents.with_format("arrow")[:]
    for name in columns:
        require(name, documents.column_names, "column among these; expected the config documents, which has")
    return documents.select(list(columns))
