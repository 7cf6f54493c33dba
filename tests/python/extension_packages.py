"""Packages of strategies or readers, as a user would install them: a module and entry points."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from curvehouse.sweep.registry import STRATEGY_GROUP

__all__ = ["HEAD", "install"]

# What the modules of tests begin with.
HEAD = """
import os, sys, time
import numpy as np
from curvehouse.sweep import Parameter, Strategy

def always(bars, grid):
    return np.ones((len(bars), len(grid)), dtype=bool)
"""


@contextmanager
def install(
    folder: Path,
    package: str,
    source: str,
    registered: Mapping[str, str],
    *,
    group: str = STRATEGY_GROUP,
) -> Iterator[None]:
    """Install a package with one module, and what it registers in a group, for a while.

    ``registered`` has the name in the module for each name that is registered.
    """
    place = folder / f"site_{package}"
    information = place / f"{package}-1.0.dist-info"
    information.mkdir(parents=True)
    (place / f"{package}.py").write_text(source)
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    lines = [f"{name} = {package}:{target}\n" for name, target in registered.items()]
    (information / "entry_points.txt").write_text(f"[{group}]\n" + "".join(lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(place))
        try:
            yield
        finally:
            sys.modules.pop(package, None)
