"""The command line. Each command parses, calls a function of the same name and prints; heavy imports stand inside."""

from __future__ import annotations

from sinorus_corpus.cli import (
    annotating,
    auditing,
    browsing,
    bulk,
    comparing,
    corpus,
    exchange,
    labelling,
    publishing,
    relations,
    releasing,
)
from sinorus_corpus.cli.base import main

__all__ = [
    "annotating",
    "auditing",
    "browsing",
    "bulk",
    "comparing",
    "corpus",
    "exchange",
    "labelling",
    "main",
    "publishing",
    "relations",
    "releasing",
]
