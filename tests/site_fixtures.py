"""The explorer as a reader has it: its files, and a server on loopback that answers with them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from sinorus_corpus.corpus import Corpus
from sinorus_corpus.page import bind
from sinorus_corpus.site import make_files
from sinorus_corpus.site.server import make_app
from tests.conftest import ROOT, TOY

Files = Mapping[str, bytes]


@cache
def _files(root: Path) -> Files:
    """Made once, however many modules of tests ask."""
    return make_files(Corpus(root), "committed")


@pytest.fixture(scope="session")
def site() -> Files:
    """The public site of this repository's corpus."""
    return _files(ROOT)


@pytest.fixture(scope="session")
def toy_site() -> Files:
    """The public site of the unchanged toy corpus, which has no `explorer.toml`."""
    return _files(TOY)


@contextmanager
def answering(files: Files) -> Iterator[str]:
    """The address of a server that answers with these files; it ends with the block."""
    server, shown = bind(lambda hosts: make_app(files, hosts), "127.0.0.1", 0, expose=False)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://{shown}/"
    finally:
        server.close()
        thread.join(timeout=10)
