"""Where and with what a measurement was made."""

from __future__ import annotations

import os
import platform
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

__all__ = ["Circumstances", "circumstances"]

_PACKAGES = (
    "duckdb",
    "dbt-core",
    "dbt-duckdb",
    "numpy",
    "pyarrow",
    "polars",
    "scipy",
    "scikit-learn",
    "statsmodels",
    "vectorbt",
    "quantstats",
    "empyrical-reloaded",
    "skfolio",
)


@dataclass(frozen=True)
class Circumstances:
    """The machine, the versions, the day, and the revision of this project.

    ``revision`` ends in ``+`` where files differ from it, and is empty outside a checkout.
    """

    machine: dict[str, str | int]
    versions: dict[str, str]
    date: str
    revision: str


def circumstances() -> Circumstances:
    """Return those of now."""
    return Circumstances(
        machine={
            "processor": _processor(),
            "cores": os.cpu_count() or 1,
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "system": f"{platform.system()} {platform.machine()}",
        },
        versions={"Python": platform.python_version(), **_versions()},
        date=datetime.now(UTC).date().isoformat(),
        revision=_revision(),
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _versions() -> dict[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _revision() -> str:
    commit = _git("rev-parse", "--short=12", "HEAD")
    # The results themselves are no change to what was measured.
    changed = _git("status", "--porcelain", "--", ".", ":!bench/results.*", ":!docs/scaling.md")
    return f"{commit}+" if commit and changed else commit


def _git(*words: str) -> str:
    try:
        done = subprocess.run(
            ["git", *words],
            cwd=Path(__file__).parents[1],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
