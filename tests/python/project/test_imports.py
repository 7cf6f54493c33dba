"""Every module can be the first one that is imported: no import goes round in a circle."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import curvehouse

IMPORT_ALONE = """
import importlib, sys

for name in sys.argv[1:]:
    for known in [known for known in sys.modules if known.startswith("curvehouse")]:
        del sys.modules[known]
    try:
        importlib.import_module(name)
    except ImportError as error:
        print(f"{name}: {error}")
"""


def test_every_module_imports_alone() -> None:
    names = [
        module.name
        for module in pkgutil.walk_packages(curvehouse.__path__, "curvehouse.")
        if not module.name.endswith("__main__")
    ]
    assert len(names) > 50
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALONE, *names], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
