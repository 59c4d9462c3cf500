"""The dataset card and its kin: README, pictures, Croissant. No file is written here, and nothing is checked.

`findings` gathers what is measured; `front` is the YAML that readers' clients need; `prose` the text, with `example`, `measures`
and `dictionary` for its parts; `facts` the statements that card and Croissant share; `plots` the pictures; `croissant` the rest.
"""

from __future__ import annotations

from sinorus_corpus.card.dictionary import dictionary
from sinorus_corpus.card.findings import Findings, read_findings
from sinorus_corpus.card.front import content_digest
from sinorus_corpus.card.making import make_card

__all__ = ["Findings", "content_digest", "dictionary", "make_card", "read_findings"]
