"""Runs `sinorus` commands one after another in a process whose environment names the loopback Hub.

The Hub's client reads its environment when it is imported, and the tests themselves run with the Hub switched off.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.hub_server import TOKEN, Hub


def hub_environment(endpoint: str, home: Path) -> dict[str, str]:
    """An environment in which every client of the Hub asks the one at `endpoint`, and keeps its files in `home`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
    told = {"HF_ENDPOINT": endpoint, "HF_HOME": str(home), "HF_TOKEN": TOKEN, "HF_HUB_DISABLE_XET": "1"}
    return kept | told | {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1", "PYTHONPATH": str(ROOT)}


@dataclass
class Outcome:
    """What a command printed, on both streams, and its exit code; `traceback` where it failed without saying why."""

    code: int
    output: str
    traceback: str


class HubClient:
    """A process that stands ready to run commands."""

    def __init__(self, process: subprocess.Popen[str], hub: Hub, home: Path) -> None:
        self.process, self.hub, self.home = process, hub, home

    def sinorus(self, *args: str | Path, answer: str = "", **env: str) -> Outcome:
        """Runs one command."""
        assert self.process.stdin
        assert self.process.stdout
        asked = {"args": [str(arg) for arg in args], "input": answer, "env": env}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return Outcome(**json.loads(self.process.stdout.readline()))

    def start(self, code: str, *args: str | Path) -> subprocess.Popen[bytes]:
        """Starts a program of its own in the same environment, without waiting for it; it says nothing."""
        command, silent = [sys.executable, "-c", code, *map(str, args)], subprocess.DEVNULL
        return subprocess.Popen(
            command, env=hub_environment(self.hub.endpoint, self.home), stdout=silent, stderr=silent
        )

    def python(self, code: str, *args: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
        """Runs a program of its own in the same environment."""
        told = hub_environment(self.hub.endpoint, self.home) | env
        command = [sys.executable, "-c", code, *map(str, args)]
        return subprocess.run(command, env=told, capture_output=True, text=True, timeout=120)


@contextmanager
def hub_client(hub: Hub, home: Path) -> Iterator[HubClient]:
    """A client of a Hub, which ends with the block."""
    command = [sys.executable, "-m", "tests.hub_client"]
    with subprocess.Popen(
        command, env=hub_environment(hub.endpoint, home), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield HubClient(process, hub, home)
        finally:
            assert process.stdin
            process.stdin.close()
            process.wait(timeout=20)


def _run(asked: dict[str, Any]) -> Outcome:
    from click.testing import CliRunner

    from sinorus_corpus.cli import main
    from sinorus_corpus.release import publishing

    publishing.CHECKS = ()  # tests publish datasets that they changed by hand; the gate has tests of its own

    result = CliRunner().invoke(main, asked["args"], input=asked["input"], env=asked["env"])
    is_silent = result.exception and not isinstance(result.exception, SystemExit)
    told = "".join(traceback.format_exception(result.exception)) if is_silent and result.exception else ""
    return Outcome(result.exit_code, result.output, told)


if __name__ == "__main__":
    os.environ.pop("HF_HUB_OFFLINE", None)  # set by tests.conftest when it was imported, before any client of the Hub
    for line in sys.stdin:
        print(json.dumps(vars(_run(json.loads(line)))), flush=True)
