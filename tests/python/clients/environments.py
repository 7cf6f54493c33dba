"""The environments of other clients, which ``make clients`` sets up beside the tests' own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

__all__ = ["FOLDER", "python_of", "run_node"]

# In the virtual environment, which Git ignores and a new one replaces.
FOLDER = Path(sys.prefix) / "clients"


def python_of(environment: str) -> Path:
    """Return the interpreter of an environment, or skip the test."""
    if environment == "current":
        return Path(sys.executable)
    _require(environment)
    return FOLDER / environment / "bin" / "python"


def run_node(
    script: str, folder: Path, *arguments: str, questions: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a module of Node in a folder where it finds the client, or skip the test."""
    _require("node")
    node = shutil.which("node")
    assert node is not None, "`make clients` has seen npm, and there is no node"
    module = folder / "script.mjs"
    module.write_text(script)
    modules = folder / "node_modules"
    if not modules.exists():
        modules.symlink_to(FOLDER / "node" / "node_modules")
    return subprocess.run(
        [node, module.name, *arguments],
        cwd=folder,
        input=questions,
        capture_output=True,
        text=True,
        check=False,
    )


def _require(environment: str) -> None:
    if (FOLDER / environment / ".installed").exists():
        return
    missing = f"there is no client {environment} here; `make clients` sets it up"
    if environment == "node":
        missing += ", where Node and npm are installed"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)
