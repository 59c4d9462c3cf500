"""Counts that a release may not fall below, `schemas/floors.toml`, and the counts of a corpus. No check of labels lives here."""

from __future__ import annotations

import tomllib

from sinorus_corpus.content import Content
from sinorus_corpus.corpus import Corpus
from sinorus_corpus.files import read_text
from sinorus_corpus.records import SinorusError
from sinorus_corpus.schema import require

COUNTED = ("documents", "entities", "claims", "quantities", "clusters")


def read_floors(corpus: Corpus) -> dict[str, int]:
    """The floors of a corpus; none where it has no such file.

    Raises:
        SinorusError: the file is not a list of whole numbers by the names in `COUNTED`.
    """
    path = corpus.floors
    if not path.is_file():
        return {}
    try:
        data = tomllib.loads(read_text(path)[1])
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SinorusError(f"{path}: cannot be read as TOML: {error}") from None
    for name, number in data.items():
        require(name, COUNTED, "floor")
        if not isinstance(number, int) or isinstance(number, bool) or number < 0:
            raise SinorusError(f"{path}: found {name} = {number!r}; expected a count, as {name} = 35")
    return data


def count_content(content: Content) -> dict[str, int]:
    """How many of each a corpus has, withheld articles included."""
    gold = content.gold.values()
    claims = [claim for labels in gold for claim in labels.claims]
    return {
        "documents": len(content.articles),
        "entities": sum(len(labels.entities) for labels in gold),
        "claims": len(claims),
        "quantities": sum(len(claim.quantities) for claim in claims),
        "clusters": len(content.clusters),
    }


def below_floors(counts: dict[str, int], floors: dict[str, int]) -> list[str]:
    """What is missing to each floor that is not met."""
    return [
        f"{counts[name]} {name}; expected at least {floor}" for name, floor in floors.items() if counts[name] < floor
    ]
