"""The formats of other annotation tools, a module for each. Nothing about the corpus's folders may live here.

`markup.py` is what they all read and write, `convert.py` turns annotation records into it and back, `units.py` places its
offsets, `reading.py` takes hostile files apart and `archive.py` opens archives. A format is pure: files in, marks and findings
out, and the other way.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from sinorus_corpus.annotation.formats.markup import Format

_MODULES = {
    "label-studio": ("label_studio", "FORMAT"),
    "doccano": ("doccano", "FORMAT"),
    "brat": ("brat", "FORMAT"),
    "prodigy": ("prodigy", "FORMAT"),
    "inception": ("cas", "FORMAT"),
    "inception-json": ("cas", "JSON_FORMAT"),
    "web-annotation": ("web_annotation", "FORMAT"),
    "csv": ("table", "FORMAT"),
    "xlsx": ("table", "XLSX_FORMAT"),
    "conll": ("conll", "FORMAT"),
    "spacy": ("docbin", "FORMAT"),
}
NAMES = tuple(_MODULES)


def get_format(name: str) -> Format:
    """A format by its name; its module, and what that needs, is imported only now.

    Raises:
        SinorusError: there is no such format.
    """
    from sinorus_corpus.schema import require

    require(name, NAMES, "format")
    module, held = _MODULES[name]
    return cast("Format", getattr(import_module(f"{__name__}.{module}"), held))
