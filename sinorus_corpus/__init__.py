"""sinorus_corpus: an annotated corpus of writing on China-Russia relations, and the tool that makes it.

`import sinorus_corpus` is cheap: what `load` needs is imported when it is called.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "load"]


def load(
    source: str | Path,
    config: str = "documents",
    split: str | None = None,
    articles: str | Path | None = None,
    **options: Any,
) -> Any:
    """Loads one config of the dataset; see `sinorus_corpus.loading.load_config`."""
    from sinorus_corpus.loading import load_config

    return load_config(source, config, split, articles, **options)
