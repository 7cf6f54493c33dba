"""The package as a file that Spark brings to its workers, so that all run the same code."""

from __future__ import annotations

import zipfile
from pathlib import Path

from curvehouse.project import PACKAGE

__all__ = ["write_package"]


def write_package(folder: Path) -> Path:
    """Write the package's Python modules to a zip file in ``folder`` and return its path."""
    path = folder / "curvehouse.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for module in sorted(PACKAGE.rglob("*.py")):
            archive.write(module, f"{PACKAGE.name}/{module.relative_to(PACKAGE).as_posix()}")
    return path
