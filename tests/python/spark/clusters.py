"""A Spark cluster of one's own on this machine: a master and two workers, loopback only."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyspark

__all__ = ["Cluster", "running_cluster"]

LOOPBACK = "127.0.0.1"
WORKERS = 2
_PACKAGE = "org.apache.spark.deploy"
_WAIT_SECONDS = 60
# Few rows want few buckets, little memory, and code that is compiled quickly rather than well.
_DEFAULTS = """
spark.sql.shuffle.partitions 4
spark.driver.memory 1g
spark.driver.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
spark.executor.memory 768m
spark.executor.extraJavaOptions -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
"""


@dataclass
class Cluster:
    """A cluster that runs.

    Attributes
    ----------
    master : str
        Its address, for SPARK_MASTER.
    page : str
        The address of what the master says of itself, as JSON.
    environment : dict
        What processes of Spark want to be set, the driver's too.
    folder : Path
        Where the workers work.
    workers : list of process
        In the order of their start.
    """

    master: str
    page: str
    environment: dict[str, str]
    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def worker_count(self) -> int:
        """Return how many workers the master counts on, 0 while it does not answer."""
        try:
            with urllib.request.urlopen(self.page, timeout=5) as answer:
                return int(json.load(answer)["aliveworkers"])
        except (OSError, ValueError):
            # While it starts, its page is a page that says so.
            return 0

    def executors(self) -> list[int]:
        """Return the processes that run tasks, each a child of a worker."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if any("CoarseGrainedExecutorBackend" in word for word in words) and any(
                str(self.folder) in word for word in (*words, os.path.realpath(entry / "cwd"))
            ):
                found.append(int(entry.name))
        return found


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """Start a cluster, and end every process of it when done."""
    programs = Path(pyspark.__file__).parent / "bin" / "spark-class"
    (folder / "spark-defaults.conf").write_text(_DEFAULTS)
    environment = os.environ | {
        "SPARK_CONF_DIR": str(folder),
        "SPARK_LOCAL_IP": LOOPBACK,
        "SPARK_LOCAL_DIRS": str(folder / "spill"),
        "PYSPARK_PYTHON": sys.executable,
    }
    port, page, *worker_pages = _free_ports(2 + WORKERS)
    master = f"spark://{LOOPBACK}:{port}"
    cluster = Cluster(master, f"http://{LOOPBACK}:{page}/json/", environment, folder)
    with ExitStack() as started:

        def start(name: str, *words: str) -> subprocess.Popen[bytes]:
            log = started.enter_context((folder / f"{name}.log").open("wb"))
            process = subprocess.Popen(
                [programs, *words],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            started.callback(_end, process)
            return process

        address = ["--host", LOOPBACK, "--port", str(port), "--webui-port", str(page)]
        start("master", f"{_PACKAGE}.master.Master", *address)
        _wait(lambda: _answers(port), folder)
        for number, worker_page in enumerate(worker_pages):
            size = ["--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"work_{number}")]
            place = ["--host", LOOPBACK, "--webui-port", str(worker_page)]
            name = f"worker_{number}"
            cluster.workers.append(start(name, f"{_PACKAGE}.worker.Worker", *size, *place, master))
        _wait(lambda: cluster.worker_count() == WORKERS, folder)
        yield cluster


def _free_ports(count: int) -> list[int]:
    with ExitStack() as opened:
        probes = [opened.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [probe.getsockname()[1] for probe in probes]


def _answers(port: int) -> bool:
    try:
        socket.create_connection((LOOPBACK, port), timeout=1).close()
    except OSError:
        return False
    return True


def _wait(is_so: Callable[[], bool], folder: Path) -> None:
    until = time.monotonic() + _WAIT_SECONDS
    while not is_so():
        if time.monotonic() > until:
            logs = "\n".join(path.read_text()[-2_000:] for path in sorted(folder.glob("*.log")))
            raise TimeoutError(f"the cluster did not come up in {_WAIT_SECONDS} s:\n{logs}")
        time.sleep(0.2)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            continue
    process.wait()
