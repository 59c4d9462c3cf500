"""sinorus_corpus: an annotated corpus of writing on China-Russia relations, and the tool that makes it.

`import sinorus_corpus` is cheap: what `load` and the functions of `using/` need is imported when they are asked for.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sinorus_corpus.using.align import align_labels as align_labels
    from sinorus_corpus.using.flat import to_polars as to_polars
    from sinorus_corpus.using.formats import to_conll as to_conll
    from sinorus_corpus.using.formats import to_spacy as to_spacy

__version__ = "0.1.0"
_USING = {"align_labels": "align", "to_polars": "flat", "to_spacy": "formats", "to_conll": "formats"}
__all__ = ["__version__", "load", *_USING]


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


def __getattr__(name: str) -> Any:
    if name in _USING:
        return getattr(import_module(f"sinorus_corpus.using.{_USING[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
