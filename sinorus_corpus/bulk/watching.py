"""Shows a bulk build while it runs: shards done, articles a second, time left. Nothing is decided here."""

from __future__ import annotations

import time
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Watch:
    """A bar on standard error for each pass."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description:15}"), BarColumn(), MofNCompleteColumn(), TextColumn("shards"),
            TextColumn("{task.fields[rate]:>9,.0f} articles/s"), TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(),
            console=Console(stderr=True),
        )  # fmt: skip
        self._task, self._articles, self._start = TaskID(0), 0, time.monotonic()

    def __enter__(self) -> Watch:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def begin(self, what: str, total: int) -> None:
        """A pass of so many tasks begins."""
        self._task = self._progress.add_task(what, total=total, rate=0.0)
        self._articles, self._start = 0, time.monotonic()

    def step(self, articles: int) -> None:
        """A task of the pass is done; so many articles were in it."""
        self._articles += articles
        rate = self._articles / max(time.monotonic() - self._start, 1e-3)
        self._progress.update(self._task, advance=1, rate=rate)
