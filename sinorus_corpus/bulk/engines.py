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
from typing import Any, Protocol

from sinorus_corpus.bulk.memory import ALLOCATORS
from sinorus_corpus.bulk.state import Record
from sinorus_corpus.characters import shorten
from sinorus_corpus.records import Issue, SinorusError
from sinorus_corpus.schema import require

ATTEMPTS = 3

# What a worker's process begins with. It works on one core: the threads of a library would wait for one another, busily.
WORKER_SETTINGS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", **ALLOCATORS}

# Jobs are named tuples whose first field is the shard.
Job = Any
Task = Callable[[Any], Record]
Outcome = Record | Issue


class Engine(Protocol):
    """Runs tasks between `with` and its end."""

    def __enter__(self) -> Engine:
        """Makes ready."""

    def __exit__(self, *_: object) -> None:
        """Ends what still runs."""

    def run(self, task: Task, jobs: Sequence[Job]) -> Iterator[tuple[int, Outcome]]:
        """Runs `task` on every job and yields the number of each job with its outcome, as they finish."""


def open_engine(name: str, workers: int) -> Engine:
    """An engine that is called so.

    Args:
        name: `local` or `ray`.
        workers: how many tasks at once, each in a process of its own.

    Raises:
        SinorusError: there is no such engine, or it is not installed.
    """
    require(name, ENGINES, "engine")
    return ENGINES[name](workers)


def attempt(task: Task, job: Job) -> Outcome:
    """Runs one task; whatever its input or the disk does is told, not raised."""
    try:
        return task(job)
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


class _Local:
    """Processes on this machine, kept from one pass to the next."""

    def __init__(self, workers: int) -> None:
        self._workers = [_Worker() for _ in range(workers)]
        self._before: dict[str, str] = {}

    def __enter__(self) -> _Local:
        self._before = dict(os.environ)
        os.environ.update(WORKER_SETTINGS)
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.stop()
        os.environ.clear()
        os.environ.update(self._before)

    def run(self, task: Task, jobs: Sequence[Job]) -> Iterator[tuple[int, Outcome]]:
        waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        finished: queue.SimpleQueue[tuple[int, Outcome | BaseException]] = queue.SimpleQueue()
        for number in range(len(jobs)):
            waiting.put(number)
        for worker in self._workers[: len(jobs)]:
            threading.Thread(target=worker.serve, args=(task, jobs, waiting, finished), daemon=True).start()
        for _ in jobs:
            number, outcome = finished.get()
            if isinstance(outcome, BaseException):
                raise outcome
            yield number, outcome


class _Worker:
    """A pool of one process, so that a death is known to be whose."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._stopped = False

    def serve(self, task: Task, jobs: Sequence[Job], waiting: Any, finished: Any) -> None:
        """Takes jobs until there are none."""
        while not self._stopped:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                finished.put((number, self._outcome(task, jobs[number])))
            except BaseException as error:  # handed to the thread that waits, which raises it
                finished.put((number, error))

    def _outcome(self, task: Task, job: Job) -> Outcome:
        for _ in range(ATTEMPTS):
            self._pool = self._pool or _new_pool()
            try:
                return self._pool.submit(attempt, task, job).result()
            except BrokenProcessPool:
                self._pool.shutdown(wait=False)
                if self._stopped:
                    break
                self._pool = None
        return _died(job)

    def stop(self) -> None:
        """Ends the process, whatever it does: its task leaves nothing half written."""
        self._stopped = True
        if self._pool:
            for process in list((self._pool._processes or {}).values()):  # a pool has no other way to end one
                process.terminate()
            self._pool.shutdown()


def _new_pool() -> ProcessPoolExecutor:
    # Forking a process that has threads can lock it up for ever.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_begin)


def _begin() -> None:
    """Ctrl-C reaches every process of a terminal: the parent alone answers it. If that is killed, the worker ends too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)


class _Ray:
    """The cluster that RAY_ADDRESS names, else one on this machine."""

    def __init__(self, workers: int) -> None:
        try:
            self._ray: Any = importlib.import_module("ray")
        except ImportError:
            raise SinorusError("the engine ray is not installed; in a clone: pip install -e '.[ray]'") from None
        self._workers = workers

    def __enter__(self) -> _Ray:
        ray = self._ray
        if not ray.is_initialized():
            here: dict[str, Any]
            here = {} if os.environ.get("RAY_ADDRESS") else {"num_cpus": self._workers, "include_dashboard": False}
            ray.init(log_to_driver=False, logging_level="warning", **here)
        return self

    def __exit__(self, *_: object) -> None:
        pass  # the cluster may be somebody else's

    def run(self, task: Task, jobs: Sequence[Job]) -> Iterator[tuple[int, Outcome]]:
        ray = self._ray
        settings = {"env_vars": WORKER_SETTINGS}
        remote = ray.remote(max_retries=ATTEMPTS - 1, num_cpus=1, runtime_env=settings)(attempt)
        running: dict[Any, int] = {}
        waiting = iter(range(len(jobs)))
        slots = max(self._workers, int(ray.cluster_resources().get("CPU", 1)))
        while True:
            while len(running) < 2 * slots and (number := next(waiting, None)) is not None:
                running[remote.remote(task, jobs[number])] = number
            if not running:
                return
            (done, *_), _ = ray.wait(list(running), num_returns=1)
            number = running.pop(done)
            try:
                yield number, ray.get(done)
            except ray.exceptions.WorkerCrashedError:
                yield number, _died(jobs[number])
            except ray.exceptions.RayError as error:
                why = str(error).partition("\n")[0]
                raise SinorusError(
                    f"the cluster failed: {why} What is done stays: run the same command again"
                ) from None


ENGINES: dict[str, Callable[[int], Engine]] = {"local": _Local, "ray": _Ray}
