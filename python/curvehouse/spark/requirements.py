"""Whether Java is there and a cluster can be reached, before Spark waits for either in vain."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

from curvehouse.errors import SparkError

__all__ = ["require_java", "require_reachable"]

OLDEST_JAVA = 17
_CONNECT_SECONDS = 10
# Of `spark://one:7077,two:7077` and of `sc://host:15002/;token=…`; Spark Connect has a default.
_CONNECT_PORT = 15002
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')


def require_java() -> None:
    """Refuse to start Spark where there is no Java that it runs on.

    Raises
    ------
    SparkError
        It names the program that was found, if any.
    """
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home, "bin", "java")) if home else shutil.which("java")
    place = f"JAVA_HOME is {home}" if home else f"`java` is {program}"
    said = _said_by(program) if program else None
    if said is None:
        where = f"{place}, where there is none" if program else "there is none on the PATH"
        raise SparkError(
            f"Spark needs Java {OLDEST_JAVA} or newer, and {where}; install it, or point JAVA_HOME "
            "at it."
        )
    found = _VERSION.search(said)
    if found is None or int(found.group(1)) < OLDEST_JAVA:
        version = f"Java {found.group(1)}" if found else "no Java"
        raise SparkError(
            f"Spark needs Java {OLDEST_JAVA} or newer, and {place}, which is {version}; install a "
            "newer one, or point JAVA_HOME at it."
        )


def require_reachable(address: str) -> None:
    """Refuse an address at which nothing answers; Spark would try for minutes.

    Parameters
    ----------
    address : str
        ``spark://host:port``, several of them with commas, or ``sc://host:port``; what has no host,
        such as ``local[2]``, is fine.

    Raises
    ------
    SparkError
        When none of the hosts takes a connection.
    """
    scheme, _, places = address.partition("://")
    if scheme not in ("spark", "sc"):
        return
    reasons = []
    for place in places.partition("/")[0].split(","):
        host, _, port = place.rpartition(":")
        if not host:
            host, port = place, str(_CONNECT_PORT)
        try:
            socket.create_connection((host, int(port)), timeout=_CONNECT_SECONDS).close()
        except (OSError, ValueError) as error:
            reasons.append(str(getattr(error, "strerror", None) or error))
        else:
            return
    variable = "SPARK_REMOTE" if scheme == "sc" else "SPARK_MASTER"
    raise SparkError(
        f"nothing answers at {address} ({'; '.join(reasons)}); start the cluster, or set "
        f"{variable} to its address."
    )


def _said_by(program: str) -> str | None:
    try:
        ended = subprocess.run(  # noqa: S603 - the program that Spark would start
            [program, "-version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return ended.stderr + ended.stdout
