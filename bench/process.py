"""Calls in processes of their own: time, memory and, where wanted, what they came to."""

from __future__ import annotations

import importlib
import json
import os
import pickle
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from bench.comparison import BenchError, Call

__all__ = ["Usage", "call_measured", "run_command"]

_INTERVAL_SECONDS = 0.05
_SHOWN_COMPLAINT = 2_000
# Just below the largest that glibc learns from.
_LARGE_BYTES = 32_000_000


@dataclass(frozen=True)
class Usage:
    """What a piece of work took.

    Attributes
    ----------
    seconds : float
    processor_seconds : float
        Of all threads and ended child processes, over the whole call.
    peak_bytes : int
        Resident memory of the process and its children while it worked, what was there before
        included; pages that several processes share count for each.
    also : mapping of str to float
        What the work reports beside.
    result : object
        What it came to, where that was wanted.
    """

    seconds: float
    processor_seconds: float
    peak_bytes: int
    also: Mapping[str, float]
    result: Any = None


def call_measured(call: Call, *, wants_result: bool = False) -> Usage:
    """Prepare and work in a new process; return what the work took.

    Raises
    ------
    BenchError
        When the process fails; the message has the end of what it said.
    """
    name = f"{call.prepare.__module__}.{call.prepare.__qualname__}"
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as said:
        answer = Path(folder) / "usage"
        wanted = {
            "module": call.prepare.__module__,
            "function": call.prepare.__qualname__,
            "arguments": call.arguments,
            "warm_ups": call.warm_ups,
            "repeats": call.repeats,
            "wants_result": wants_result,
            "answer": str(answer),
        }
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "bench.process"],
            input=json.dumps(wanted).encode(),
            stdout=said,
            stderr=said,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            cwd=Path(__file__).parents[1],
            check=False,
        )
        if done.returncode or not answer.exists():
            said.seek(0)
            complaint = said.read().decode(errors="replace").strip()[-_SHOWN_COMPLAINT:]
            raise BenchError(f"{name} ended with code {done.returncode}:\n{complaint}")
        usage: Usage = pickle.loads(answer.read_bytes())
        return usage


def run_command(*words: str | Path, environment: Mapping[str, str] | None = None) -> None:
    """Run an installed command to its end."""
    program = Path(sys.executable).with_name(str(words[0]))
    done = subprocess.run(
        [program, *words[1:]],
        cwd=Path(__file__).parents[1],
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        complaint = (done.stdout + done.stderr).strip()[-_SHOWN_COMPLAINT:]
        raise BenchError(f"`{' '.join(map(str, words))}` failed:\n{complaint}")


def _answer(wanted: Mapping[str, Any]) -> Usage:
    """Do in this process what was asked for."""
    prepare = getattr(importlib.import_module(wanted["module"]), wanted["function"])
    # From then on glibc keeps what arrays leave free, as in a process that builds or a notebook of
    # some age; a young one gives it back and takes it again, page by page, at each operation.
    bytes(_LARGE_BYTES)
    work = prepare(*wanted["arguments"])
    for _ in range(wanted["warm_ups"]):
        work()
    peak = _Peak()
    peak.start()
    processor_at, started_at = _processor_seconds(), time.perf_counter()
    claimed = []
    for _ in range(wanted["repeats"]):
        outcome = work()
        claimed.append(outcome.seconds)
    seconds = (time.perf_counter() - started_at) / len(claimed)
    processor_seconds = (_processor_seconds() - processor_at) / len(claimed)
    parts = [each for each in claimed if each is not None]
    usage = Usage(
        seconds=fmean(parts) if parts else seconds,
        processor_seconds=processor_seconds,
        peak_bytes=peak.stop(),
        also=dict(outcome.also),
        result=outcome.result() if wanted["wants_result"] and outcome.result else None,
    )
    if outcome.clean:
        outcome.clean()
    return usage


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


class _Peak(threading.Thread):
    """The most memory that this process and its children hold from now on."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._bytes = 0
        self._ended = threading.Event()
        # What this process held at most so far is forgotten, where the system can.
        _write_quietly(Path("/proc/self/clear_refs"), "5")

    def run(self) -> None:
        while not self._ended.wait(_INTERVAL_SECONDS):
            children = _descendants(os.getpid())
            if children:
                held = sum(map(_resident_bytes, [os.getpid(), *children]))
                self._bytes = max(self._bytes, held)

    def stop(self) -> int:
        self._ended.set()
        self.join()
        return max(self._bytes, _own_peak_bytes())


def _own_peak_bytes() -> int:
    """Return this process's peak; `getrusage` counts what its parent held when it was started."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        # Bytes on macOS, the only other system that this is run on.
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _descendants(pid: int) -> list[int]:
    found = [pid]
    for process in found:
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found[1:]


def _resident_bytes(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _write_quietly(path: Path, text: str) -> None:
    try:
        path.write_text(text)
    except OSError:
        return


def _main() -> None:
    wanted = json.load(sys.stdin)
    answer = Path(wanted["answer"])
    # The classes in the answer are those of the module by its name, not of this one.
    module = importlib.import_module("bench.process")
    answer.write_bytes(pickle.dumps(module._answer(wanted)))


if __name__ == "__main__":
    _main()
