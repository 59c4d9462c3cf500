"""Fixtures: a copy of the toy corpus, the dataset built from it, and the five published articles where they are at hand."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from sinorus_corpus.build import Built, build
from sinorus_corpus.corpus import Corpus
from tests.page_fixtures import browser

__all__ = ["browser"]  # one browser for all modules: a second would not start beside it

ROOT = Path(__file__).parent.parent
TOY = Path(__file__).parent / "data" / "toy"
TOY_COPIES = Path(__file__).parent / "data" / "toy-copies"

# Tests never assert times: a busy machine is no fault.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"


@pytest.fixture
def toy(tmp_path: Path) -> Corpus:
    """A corpus of three short documents that a test may change."""
    shutil.copytree(TOY, tmp_path / "toy")
    return Corpus(tmp_path / "toy")


@pytest.fixture(scope="session")
def toy_built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The dataset of the unchanged toy corpus, built outside any repository."""
    folder = tmp_path_factory.mktemp("dist")
    shutil.copytree(TOY, folder / "corpus")
    return build(Corpus(folder / "corpus"), folder / "toy")


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The corpus of this repository."""
    return Corpus(ROOT)


@pytest.fixture(scope="session")
def articles_folder() -> Path:
    """The folder of the five published articles, which this repository may not hold."""
    folder = os.environ.get("SINORUS_ARTICLES", "")
    if not folder:
        pytest.skip(
            "SINORUS_ARTICLES is not set: the five published articles are not at hand, nothing was tested on them"
        )
    return Path(folder).absolute()
