"""Libraries that take long to import: when one is needed, and by one thread at a time."""

from __future__ import annotations

from importlib import import_module
from threading import RLock
from typing import Any

__all__ = ["imported"]

_LOCK = RLock()


def imported(name: str) -> Any:
    """Return a module, which is imported now where it has not been.

    Parameters
    ----------
    name : str
        Its full name.

    Notes
    -----
    dbt runs models side by side, in threads of one process. Where two threads import parts of one
    package for the first time, each may come to wait for the other; Python then lets one go on with
    a module that is half made, and its import fails. The kernels' heavy imports therefore all come
    this way.

    Examples
    --------
    >>> float(imported("scipy.special").expit(0.0))
    0.5
    """
    with _LOCK:
        return import_module(name)
