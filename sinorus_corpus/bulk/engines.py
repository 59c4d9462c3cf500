"""Runs tasks in processes here, or on a Ray cluster: the same functions, each task by itself. No task is defined here.

A task that fails by its input gives an `Issue`. One whose process dies (killed, out of memory) is tried again, twice.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from sinorus_corpus.bulk.state import Record
from sinorus_corpus.characters import shorten
from sinorus_corpus.records import Issue, SinorusError
from sinorus_corpus.schema import require

ATTEMPTS = 3

# Jobs are named tuples whose first field is the shard.
Job = Any
Outcome = Record | Issue
Engine = Callable[[Callable[[Any], Record], Sequence[Job], int], Iterator[tuple[int, Outcome]]]


def run_tasks(
    engine: str, function: Callable[[Any], Record], jobs: Sequence[Job], workers: int
) -> Iterator[tuple[int, Outcome]]:
    """Runs `function` on every job and yields the number of each job with its outcome, as they finish.

    Args:
        engine: `local` or `ray`.
        workers: how many at once; one works in this process.

    Raises:
        SinorusError: there is no such engine, or it is not installed.
    """
    require(engine, ENGINES, "engine")
    yield from ENGINES[engine](function, jobs, workers)


def attempt(function: Callable[[Any], Record], job: Job) -> Outcome:
    """Runs one task; whatever its input or the disk does is told, not raised."""
    try:
        return function(job)
    except SinorusError as error:
        return _failed(job, str(error))
    except OSError as error:
        return _failed(job, f"{error.strerror or shorten(str(error), 200)}")
    except Exception as error:  # a fault of the tool itself, too, must not cost the shards around it
        return _failed(job, f"{type(error).__name__}: {shorten(str(error).partition(chr(10))[0], 200)}")


def _failed(job: Job, why: str) -> Issue:
    return Issue("shard-failed", job[0].name, 0, why, "a whole file and a disk with room")


def _died(job: Job) -> Issue:
    why = f"the process that worked on it died {ATTEMPTS} times"
    return Issue("shard-failed", job[0].name, 0, why, "enough memory for one batch")


def _here(function: Callable[[Any], Record], jobs: Sequence[Job]) -> Iterator[tuple[int, Outcome]]:
    for number, job in enumerate(jobs):
        yield number, attempt(function, job)


def _local(function: Callable[[Any], Record], jobs: Sequence[Job], workers: int) -> Iterator[tuple[int, Outcome]]:
    """Each worker is a pool of one process with a thread that feeds it, so that a death is known to be whose."""
    if workers == 1:
        yield from _here(function, jobs)
        return
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    finished: queue.SimpleQueue[tuple[int, Outcome | BaseException]] = queue.SimpleQueue()
    for number in range(len(jobs)):
        waiting.put(number)
    lanes = [_Lane(function, jobs, waiting, finished) for _ in range(min(workers, len(jobs)))]
    try:
        for lane in lanes:
            lane.start()
        for _ in jobs:
            number, outcome = finished.get()
            if isinstance(outcome, BaseException):
                raise outcome
            yield number, outcome
    finally:
        for lane in lanes:
            lane.stop()


class _Lane(threading.Thread):
    """One worker process and what feeds it."""

    def __init__(self, function: Callable[[Any], Record], jobs: Sequence[Job], waiting: Any, finished: Any) -> None:
        super().__init__(daemon=True)
        self._function, self._jobs, self._waiting, self._finished = function, jobs, waiting, finished
        self._pool = self._new_pool()
        self._stopped = False

    def run(self) -> None:
        """Takes jobs until there are none."""
        while not self._stopped:
            try:
                number = self._waiting.get_nowait()
            except queue.Empty:
                break
            try:
                self._finished.put((number, self._outcome(self._jobs[number])))
            except BaseException as error:  # handed to the thread that waits, which raises it
                self._finished.put((number, error))
        self._pool.shutdown(wait=False)

    def _outcome(self, job: Job) -> Outcome:
        for _ in range(ATTEMPTS):
            try:
                return self._pool.submit(attempt, self._function, job).result()
            except BrokenProcessPool:
                self._pool.shutdown(wait=False)
                if self._stopped:
                    break
                self._pool = self._new_pool()
        return _died(job)

    def stop(self) -> None:
        """Ends the process, whatever it does: its task leaves nothing half written."""
        self._stopped = True
        for process in list((self._pool._processes or {}).values()):  # a pool has no other way to end one
            process.terminate()

    @staticmethod
    def _new_pool() -> ProcessPoolExecutor:
        # Forking a process that has threads can lock it up for ever.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(1, mp_context=context, initializer=_ignore_interrupts)


def _ignore_interrupts() -> None:
    """Ctrl-C reaches every process of a terminal; the parent alone answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _ray(function: Callable[[Any], Record], jobs: Sequence[Job], workers: int) -> Iterator[tuple[int, Outcome]]:
    """The cluster that RAY_ADDRESS names, else one on this machine."""
    try:
        ray: Any = importlib.import_module("ray")
    except ImportError:
        raise SinorusError("the engine ray is not installed; pip install 'sinorus-corpus[ray]'") from None
    if not ray.is_initialized():
        here: dict[str, Any]
        here = {} if os.environ.get("RAY_ADDRESS") else {"num_cpus": workers, "include_dashboard": False}
        ray.init(log_to_driver=False, logging_level="warning", **here)
    remote = ray.remote(max_retries=ATTEMPTS - 1, num_cpus=1)(attempt)
    running: dict[Any, int] = {}
    waiting = iter(range(len(jobs)))
    slots = max(workers, int(ray.cluster_resources().get("CPU", 1)))
    while True:
        while len(running) < 2 * slots and (number := next(waiting, None)) is not None:
            running[remote.remote(function, jobs[number])] = number
        if not running:
            return
        (done, *_), _ = ray.wait(list(running), num_returns=1)
        number = running.pop(done)
        try:
            yield number, ray.get(done)
        except ray.exceptions.WorkerCrashedError:
            yield number, _died(jobs[number])


ENGINES: dict[str, Engine] = {"local": _local, "ray": _ray}
