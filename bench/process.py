"""What a command or a call took, in a process of its own: time and memory."""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Usage", "call_measured", "run_measured"]

_INTERVAL_SECONDS = 0.05


@dataclass(frozen=True)
class Usage:
    """What a call took; ``processor_seconds`` are those of all threads, and noise moves them less.

    Attributes
    ----------
    seconds, processor_seconds : float
        Of the call alone.
    peak_bytes : int
        Resident memory of the process that it ran in, with all that it imported.
    """

    seconds: float
    processor_seconds: float
    peak_bytes: int


def call_measured(call: Callable[..., object], *arguments: object) -> Usage:
    """Call a function of a module with JSON values in a new process; return what that took."""
    child = subprocess.run(
        [sys.executable, "-m", __name__, call.__module__, call.__name__],
        input=json.dumps(arguments),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Usage(**json.loads(child.stdout))


def _usage_of(call: Callable[..., object], arguments: Sequence[object]) -> Usage:
    started_at, processor_at = time.perf_counter(), time.process_time()
    call(*arguments)
    return Usage(
        seconds=time.perf_counter() - started_at,
        processor_seconds=time.process_time() - processor_at,
        peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )


def run_measured(*words: str) -> int:
    """Run an installed command to its end; return the peak resident bytes of its whole tree."""
    program = Path(sys.executable).with_name(words[0])
    with subprocess.Popen(
        [program, *words[1:]], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as child:
        peak = _Peak(child.pid)
        peak.start()
        _, complaint = child.communicate()
        peak.ended.set()
        peak.join()
    if child.returncode:
        raise SystemExit(f"bench: `{' '.join(words)}` failed: {complaint[-2000:]}")
    return peak.bytes


class _Peak(threading.Thread):
    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.bytes = 0
        self.ended = threading.Event()
        self._pid = pid

    def run(self) -> None:
        while not self.ended.is_set():
            self.bytes = max(self.bytes, sum(map(_resident_bytes, _tree(self._pid))))
            time.sleep(_INTERVAL_SECONDS)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for process in found:
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def _resident_bytes(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    wanted = getattr(importlib.import_module(sys.argv[1]), sys.argv[2])
    print(json.dumps(asdict(_usage_of(wanted, json.load(sys.stdin)))))
