"""Sorted runs of 64-bit keys on disk, merged a range of keys at a time, so that memory does not grow. No key is made here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Merge = Callable[[Keys, Keys], tuple[Keys, Keys]]

# Entries held in memory before a run is written, and merged at a time.
RUN = 1 << 19


class Run(NamedTuple):
    """A run on disk: keys, rising, and the value of each; `owner` is added to the values when they are read."""

    keys: Path
    values: Path
    owner: int = 0


class RunWriter:
    """Gathers keys with values and writes them as sorted runs.

    Args:
        folder: where the runs go.
        name: what their names begin with.
        merge: how entries of one key become fewer before they are written, if they do; it sorts.
    """

    def __init__(self, folder: Path, name: str, merge: Merge | None = None) -> None:
        self._folder, self._name = folder, name
        self._merge = merge or _sort
        self._parts: list[tuple[Keys, Keys]] = []
        self._size = 0
        self.written: list[str] = []

    def add(self, keys: Keys, values: Keys) -> None:
        """Takes entries; writes a run when there are many."""
        self._parts.append((keys, values.astype(np.uint64, copy=False)))
        self._size += len(keys)
        if self._size >= RUN:
            self.flush()

    def flush(self) -> None:
        """Writes what is held."""
        if not self._size:
            return
        keys, values = self._merge(*(np.concatenate(column) for column in zip(*self._parts, strict=True)))
        name = f"{self._name}-{len(self.written)}"
        np.save(self._folder / f"{name}.keys.npy", keys)
        np.save(self._folder / f"{name}.values.npy", values)
        self.written.append(name)
        self._parts, self._size = [], 0


def _sort(keys: Keys, values: Keys) -> tuple[Keys, Keys]:
    order = np.argsort(keys, kind="stable")
    return keys[order], values[order]


def read_run(folder: Path, name: str, owner: int = 0) -> Run:
    """A run that a writer made."""
    return Run(folder / f"{name}.keys.npy", folder / f"{name}.values.npy", owner)


def merge_runs(runs: Sequence[Run]) -> Iterator[tuple[Keys, Keys]]:
    """All entries, a range of keys after the other: those of one key come together, in order of runs; keys rise."""
    total = sum(_length(run.keys) for run in runs)
    count = max(1, -(-total // RUN))
    # Keys are hashes, so that equal ranges hold about equally many.
    borders = [number * (2**64 // count) for number in range(count)]
    for low, high in zip(borders, [*borders[1:], None], strict=True):
        parts = [_cut(run, low, high) for run in runs]
        if parts:
            keys, values = (np.concatenate(column) for column in zip(*parts, strict=True))
            yield _sort(keys, values)


def _length(path: Path) -> int:
    return len(np.load(path, mmap_mode="r"))


def _cut(run: Run, low: int, high: int | None) -> tuple[Keys, Keys]:
    keys, values = np.load(run.keys, mmap_mode="r"), np.load(run.values, mmap_mode="r")
    first = int(np.searchsorted(keys, np.uint64(low)))
    last = len(keys) if high is None else int(np.searchsorted(keys, np.uint64(high)))
    return np.array(keys[first:last]), np.array(values[first:last]) + np.uint64(run.owner)
