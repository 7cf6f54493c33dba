"""All files that are made of the tables' definitions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from generate.lineage_page import lineage_page
from generate.metrics_page import metrics_page
from generate.superset import superset_bundle

__all__ = ["generated_files"]


def generated_files(project: Path, manifest: dict[str, Any]) -> dict[str, str]:
    """Return the files' content by their paths in the project."""
    return {
        "docs/lineage.md": lineage_page(manifest),
        "docs/metrics.md": metrics_page(project),
        **{f"bi/superset/{path}": text for path, text in superset_bundle(manifest).items()},
    }
