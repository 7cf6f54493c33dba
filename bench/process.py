"""Running a command of the package as a user does, and how much memory it took."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

__all__ = ["run_measured"]

_INTERVAL_SECONDS = 0.05


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
