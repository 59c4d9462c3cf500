"""Fixtures: an empty Hub on loopback with a client, and a built dataset that may be published."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sinorus_corpus.build import Built
from sinorus_corpus.files import sha256
from tests.hub_client import HubClient, hub_client
from tests.hub_server import Hub, running_hub

REPO = "org/china-russia"
BUILT_FROM = "1" * 40


@pytest.fixture(scope="session")
def hub_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubClient]:
    """One Hub and one client for all tests, since the client takes a second to start."""
    with running_hub() as hub, hub_client(hub, tmp_path_factory.mktemp("hf")) as client:
        yield client


@pytest.fixture
def client(hub_session: HubClient) -> HubClient:
    """A client with nothing in its cache, of a Hub with nothing on it."""
    hub_session.hub.reset()
    shutil.rmtree(hub_session.home, ignore_errors=True)
    return hub_session


@pytest.fixture
def hub(client: HubClient) -> Hub:
    """The Hub of the client."""
    return client.hub


def write_provenance(folder: Path, version: str = "0.1.0", commit: str = BUILT_FROM) -> None:
    """Says in `provenance.json` what a folder holds, as a build does."""
    files = {p.relative_to(folder).as_posix(): sha256(p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()}
    files.pop("provenance.json", None)
    told = {"version": version, "commit": commit, "tool": version, "schema": "1.0", "guidelines": ["1.0"]}
    told_more = {"pyarrow": "0", "tables": {}, "files": files}
    (folder / "provenance.json").write_text(json.dumps(told | told_more, indent=1, sort_keys=True) + "\n")


@pytest.fixture
def dataset(toy_built: Built, tmp_path: Path) -> Path:
    """The dataset of the toy corpus, in a folder that a test may change."""
    folder = tmp_path / "dataset"
    shutil.copytree(toy_built.path, folder)
    write_provenance(folder)
    return folder
