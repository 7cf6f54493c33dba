"""Killing the real commands at chosen moments, for proofs of what they leave behind."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from conftest import run_command
from curvehouse.home import Home
from curvehouse.lock import lock_holder

__all__ = ["Kill", "Victim", "copied", "kill", "planned_kills", "run", "seconds_under_lock"]

PATIENCE_SECONDS = 120


class Victim(Enum):
    """Which processes are killed.

    A terminal or a reboot takes all, a supervisor the command alone, so that its child lives on,
    and a system that runs out of memory takes the largest, which is the child.
    """

    ALL = "the command and its children"
    COMMAND = "the command alone"
    CHILD = "its child alone"


@dataclass(frozen=True)
class Kill:
    """When to kill whom.

    Attributes
    ----------
    victim : Victim
        Who is killed.
    share : float
        After which share of the time that the command holds the lock.
    """

    victim: Victim
    share: float


def planned_kills(seed: str, count: int, victims: Sequence[Victim]) -> Iterator[Kill]:
    """Yield kills in random order, spread evenly over a command's time and over the victims."""
    generator = random.Random(seed)
    shares = [(part + generator.random()) / count for part in range(count)]
    generator.shuffle(shares)
    order = generator.sample(victims, len(victims))
    for number, share in enumerate(shares):
        yield Kill(order[number % len(order)], share)


def run(home: Home, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; it ends with ``code``, and never with a traceback."""
    done = run_command(home.root.parent, "curvehouse", *words, "--home", str(home.root))
    assert done.returncode == code, (words, done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def kill(
    home: Home,
    words: Sequence[str],
    chosen: Kill,
    seconds: float,
    before_end: Callable[[], None] = lambda: None,
) -> None:
    """Start a command that usually takes so many seconds, kill it, and wait until all has ended.

    ``before_end`` is called when the command is dead, if it had not ended by itself; its child may
    live on then.
    """
    with _started(home, words) as process:
        _wait_for_lock(home, process)
        time.sleep(chosen.share * seconds)
        _kill(process.pid, chosen.victim)
        if chosen.victim is not Victim.CHILD:
            process.wait(PATIENCE_SECONDS)
        if process.returncode == -signal.SIGKILL:
            before_end()
        process.wait(PATIENCE_SECONDS)
        _wait_until(lambda: lock_holder(home) is None)
    if chosen.victim is Victim.CHILD:
        said = _said(home).read_text()
        assert process.returncode in (0, 1), said
        assert "Traceback" not in said, said


def seconds_under_lock(home: Home, *words: str, codes: Sequence[int] = (0,)) -> float:
    """Run a command and return for how long it held the lock."""
    with _started(home, words) as process:
        _wait_for_lock(home, process)
        began = time.monotonic()
        process.wait(PATIENCE_SECONDS)
        assert process.returncode in codes, _said(home).read_text()
        return time.monotonic() - began


def copied(home: Home, folder: Path) -> Home:
    """Return a copy of a home that lies in ``folder``."""
    return Home(shutil.copytree(home.root, folder / "home", symlinks=True))


@contextmanager
def _started(home: Home, words: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a command in a process group of its own, of which nothing outlives the block."""
    program = Path(sys.executable).with_name("curvehouse")
    with _said(home).open("wb") as said:
        process = subprocess.Popen(
            [program, *words, "--home", home.root],
            cwd=home.root.parent,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        _kill(process.pid, Victim.ALL)
        process.wait()


def _said(home: Home) -> Path:
    return home.root.parent / "said.txt"


def _wait_for_lock(home: Home, process: subprocess.Popen[bytes]) -> None:
    signature = f'"pid": {process.pid},'

    def is_signed() -> bool:
        try:
            return signature in home.lock_file.read_text()
        except FileNotFoundError:
            return False

    _wait_until(lambda: is_signed() or process.poll() is not None)


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, "it does not end"
        time.sleep(0.001)


def _kill(leader: int, victim: Victim) -> None:
    try:
        if victim is Victim.ALL:
            os.killpg(leader, signal.SIGKILL)
        elif victim is Victim.COMMAND:
            os.kill(leader, signal.SIGKILL)
        else:
            for child in _children(leader):
                os.kill(child, signal.SIGKILL)
    except ProcessLookupError:
        # It has ended by itself.
        return


def _children(process: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in listed.stdout.split()]
