"""Worker processes, seen from the process that starts them.

Each is driven by one thread and killed without harm to the others, so that it is known which block
hung or ended a process. (Pools, such as joblib's own, lose all their tasks when a process ends.)
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from multiprocessing import Pipe
from queue import Empty, LifoQueue
from threading import Lock
from typing import TYPE_CHECKING, Any

from curvehouse.errors import CurvehouseError
from curvehouse.sweep.worker import COMPUTED, DONE, FAILED, STARTED

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from curvehouse.sweep.blocks import BlockTask

__all__ = ["JobTimedOutError", "WorkerEndedError", "WorkerPool"]

_POLL_SECONDS = 0.5
_START_SECONDS = 120.0


class WorkerEndedError(Exception):
    """The process ended while it ran strategies; the message says how."""


class JobTimedOutError(Exception):
    """The process was killed because strategies took too long."""


class WorkerPool:
    """Worker processes, as many as are asked at the same time; closing it ends them."""

    def __init__(self) -> None:
        self._idle: LifoQueue[_Worker] = LifoQueue()
        self._all: set[_Worker] = set()
        self._lock = Lock()
        self._is_closed = False

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._is_closed = True
            workers = list(self._all)
        for worker in workers:
            worker.kill()

    def ask(self, task: BlockTask, job_number: int | None = None) -> Any:
        """Run a whole block, or one job of it, in an idle worker or a new one.

        Raises
        ------
        WorkerEndedError, JobTimedOutError
            When the strategy ends its process, or takes longer than a job may.
        """
        while True:
            worker = self._take()
            try:
                answer = worker.ask(task, job_number)
            except _NotStartedError:
                # It went away for lack of work, just before it was asked.
                self._drop(worker)
                continue
            except BaseException:
                self._drop(worker)
                raise
            self._idle.put(worker)
            return answer

    def _take(self) -> _Worker:
        try:
            return self._idle.get_nowait()
        except Empty:
            pass
        with self._lock:
            if self._is_closed:
                raise CurvehouseError("the sweep has ended.")
            worker = _Worker()
            self._all.add(worker)
        return worker

    def _drop(self, worker: _Worker) -> None:
        worker.kill()
        with self._lock:
            self._all.discard(worker)


class _NotStartedError(Exception):
    """An idle process is gone."""


class _Worker:
    def __init__(self) -> None:
        self._connection, theirs = Pipe()
        # One thread each: there are as many workers as cores. Where this process finds modules,
        # and strategies with them, the worker finds them too.
        single = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS"), "1")
        path = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", "curvehouse.sweep.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=2,
                pass_fds=[theirs.fileno()],
                env=os.environ | single | path,
            )
        self._is_new = True

    def ask(self, task: BlockTask, job_number: int | None) -> Any:
        self._send(task, job_number)
        self._is_new = False
        try:
            kind, value = self._hear(task.job_timeout)
            if kind == COMPUTED:
                kind, value = self._hear(None)
        except EOFError as error:
            raise WorkerEndedError(self._how_it_ended()) from error
        if kind == FAILED:
            raise value
        if kind != DONE:
            raise CurvehouseError(f"a worker process said {kind!r}; run the sweep again.")
        return value

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _send(self, task: BlockTask, job_number: int | None) -> None:
        """Hand over the task, and wait until it has begun."""
        try:
            self._connection.send((task, job_number))
            kind, value = self._hear(_START_SECONDS if self._is_new else None)
        except (EOFError, OSError, JobTimedOutError) as error:
            if not self._is_new:
                raise _NotStartedError from error
            raise CurvehouseError(
                f"a worker process can't be started ({self._how_it_ended()}); what it wrote to "
                "standard error says why."
            ) from error
        if kind == FAILED:
            raise value
        if kind != STARTED:
            raise CurvehouseError(f"a worker process said {kind!r}; run the sweep again.")

    def _hear(self, seconds: float | None) -> tuple[str, Any]:
        """Return the next message; a process that a strategy started may hold the line open."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            left = _POLL_SECONDS if deadline is None else deadline - time.monotonic()
            has_ended = self._process.poll() is not None
            wait = 0 if has_ended else max(0, min(left, _POLL_SECONDS))
            if (message := _next_message(self._connection, wait)) is not None:
                return message
            if has_ended:
                raise EOFError
            if left <= 0:
                raise JobTimedOutError(f"took longer than {seconds:g} s")

    def _how_it_ended(self) -> str:
        self._process.kill()
        code = self._process.wait()
        return f"its process ended with {_signal_name(-code) if code < 0 else f'code {code}'}"


def _next_message(connection: Connection, seconds: float) -> tuple[str, Any] | None:
    try:
        if not connection.poll(seconds):
            return None
        message: tuple[str, Any] = connection.recv()
    except (BrokenPipeError, ConnectionResetError) as error:
        raise EOFError from error
    return message


def _signal_name(number: int) -> str:
    try:
        return f"signal {signal.Signals(number).name}"
    except ValueError:
        return f"signal {number}"
