"""dbt's manifest of the project as it stands, with the SQL that its models compile to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

__all__ = ["compiled_manifest"]


def compiled_manifest(project: Path) -> dict[str, Any]:
    """Compile the project over an empty warehouse that is thrown away, and return the manifest."""
    with tempfile.TemporaryDirectory(prefix="curvehouse-") as folder:
        target = Path(folder) / "target"
        subprocess.run(  # noqa: S603 - the interpreter that runs now
            [
                Path(sys.executable).with_name("dbt"),
                "--quiet",
                "compile",
                "--target-path",
                target,
                "--log-path",
                Path(folder) / "logs",
            ],
            cwd=project,
            env=os.environ | {"CURVEHOUSE_HOME": str(Path(folder) / "home")},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        manifest: dict[str, Any] = json.loads((target / "manifest.json").read_text())
        return manifest
