"""Pages of the documentation whose examples run as they are written there."""

from __future__ import annotations

import re
import shlex
import warnings
from pathlib import Path
from typing import Any

from conftest import PROJECT_DIR, RunCli

__all__ = ["blocks", "python_blocks", "read_page", "run_consoles", "run_tool"]


def read_page(name: str) -> str:
    """Return a page below ``docs``."""
    return (PROJECT_DIR / "docs" / name).read_text()


def blocks(page: str, language: str) -> list[str]:
    """Return the blocks of a language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.DOTALL | re.MULTILINE)


def python_blocks(page: str, known: dict[str, Any], numbers: slice) -> dict[str, Any]:
    """Run some blocks of Python, which share their names; return all names."""
    for block in blocks(page, "python")[numbers]:
        exec(compile(block, "page", "exec"), known)
    return known


def run_tool(page: str, known: dict[str, Any]) -> dict[str, Any]:
    """Run the first block, which is another tool's; what that warns of is not for us to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return python_blocks(page, known, slice(1))


def run_consoles(page: str, run_cli: RunCli) -> None:
    """Run the commands of a page, and compare all that they print."""
    consoles = blocks(page, "console")
    assert consoles
    for console in consoles:
        for part in re.split(r"^\$ ", console.replace("\\\n", ""), flags=re.MULTILINE)[1:]:
            command, _, wanted = part.partition("\n")
            program, *words = shlex.split(command)
            assert program == "curvehouse"
            outcome = run_cli(*map(Path, words))
            assert outcome.stderr + outcome.stdout == wanted, command
