"""Raw text to regions to a document with its alignment. No annotation may be read here.

`lines.py` cuts raw text into lines; `features.py` and `context.py` describe them; `scoring.py`, with `trees.py`, says how
likely each is text and `types.py` what else it is; `repeats.py` finds copies, `recurrence.py` counts
lines over a site's pages, `sites.py` holds rules for one site;
`propose.py` puts these together and `columns.py` does so for Arrow. `text.py` makes the published text and `alignment.py` maps
offsets between the two.
"""

from __future__ import annotations

from sinorus_corpus.cleaning.text import clean_document

__all__ = ["clean_document"]
