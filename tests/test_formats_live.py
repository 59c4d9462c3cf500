"""A real Label Studio on loopback: the program that SINORUS_LABEL_STUDIO names. `make test-all` installs it."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sinorus_corpus.corpus import Corpus
from sinorus_corpus.exchange import export, import_labels

PROGRAM = os.environ.get("SINORUS_LABEL_STUDIO", "")
pytestmark = pytest.mark.skipif(
    not PROGRAM,
    reason="SINORUS_LABEL_STUDIO names no Label Studio: nothing was tested on a real one; make test-all does",
)


class LabelStudio:
    """A server on loopback and a token for it."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token

    def ask(self, method: str, path: str, data: Any = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        headers = {"Authorization": f"Token {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}{path}", body, headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            held = answer.read()
        return json.loads(held) if held else None


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabelStudio]:
    folder, token = tmp_path_factory.mktemp("label-studio"), secrets.token_hex(20)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = os.environ | {
        "LABEL_STUDIO_BASE_DATA_DIR": str(folder),
        "LABEL_STUDIO_USERNAME": "a@example.org",
        "LABEL_STUDIO_PASSWORD": secrets.token_hex(8),
        "LABEL_STUDIO_USER_TOKEN": token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
    }
    command = [PROGRAM, "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}/health", process, folder / "log")
        yield LabelStudio(f"http://127.0.0.1:{port}", token)
    finally:
        process.terminate()
        process.wait(60)


def wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    raise AssertionError(log.read_text()[-2000:])


def test_labels_go_through_a_real_label_studio(studio: LabelStudio, toy: Corpus, tmp_path: Path) -> None:
    export(toy, "label-studio", tmp_path)
    project = studio.ask(
        "POST", "/api/projects", {"title": "toy", "label_config": (tmp_path / "labels.xml").read_text(encoding="utf-8")}
    )
    tasks = json.loads((tmp_path / "tasks.json").read_text(encoding="utf-8"))
    told = studio.ask("POST", f"/api/projects/{project['id']}/import", tasks)
    assert (told["task_count"], told["prediction_count"]) == (2, 2)

    for task in studio.ask("GET", f"/api/tasks?project={project['id']}&fields=all")["tasks"]:
        (prediction,) = task["predictions"]
        studio.ask("POST", f"/api/tasks/{task['id']}/annotations/", {"result": prediction["result"]})

    exported = studio.ask("GET", f"/api/projects/{project['id']}/export?exportType=JSON")
    file = tmp_path / "export.json"
    file.write_text(json.dumps(exported), encoding="utf-8")
    made = import_labels(toy, "label-studio", [file], "reader")
    assert made.issues == []
    assert len(made.passes) == 2
    for path, data in made.passes.items():
        assert data.split(b"\n")[1:] == toy.gold(path.stem).read_bytes().split(b"\n")[1:]
