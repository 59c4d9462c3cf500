"""Labels out to other annotation tools and back in as passes. What a format looks like may not be said here.

`exporting.py` writes documents with their labels, `importing.py` makes passes of what tools wrote, `documents.py` finds both.
"""

from __future__ import annotations

from sinorus_corpus.exchange.exporting import Exported, export, lost_lines
from sinorus_corpus.exchange.importing import Imported, import_labels

__all__ = ["Exported", "Imported", "export", "import_labels", "lost_lines"]
