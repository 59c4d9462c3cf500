"""Takes the bytes of an article from a pinned public source, when somebody asks for it. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sinorus_corpus.records import PinnedSource


@dataclass(frozen=True, slots=True)
class Fetched:
    """An article as it came.

    Attributes:
        pin: where it came from, with the evidence of its licence that was found there.
        is_page: whether the bytes are HTML.
        told: what the source says of it, by the names of a record: title, publisher, date, url, license as an SPDX id.
    """

    data: bytes
    pin: PinnedSource
    is_page: bool
    told: dict[str, Any]
