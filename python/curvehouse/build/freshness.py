"""Whether a build would change anything, and whether it must start from scratch."""

from __future__ import annotations

import hashlib
from pathlib import Path

from curvehouse import __version__
from curvehouse.build_records import WorkingState

__all__ = ["is_fresh", "needs_full_refresh", "project_fingerprint"]

_PROJECT_FILES = ("dbt_project.yml", "profiles.yml")
_PROJECT_FOLDERS = ("models", "macros", "seeds", "tests/dbt")
_ANALYTICS = Path(__file__).parents[1] / "analytics"

# These write no model, so they leave no rows of another project's code behind.
_READING_COMMANDS = ("test", "freshness")


def project_fingerprint(project: Path, variables: str | None) -> str:
    """Return a SHA-256 over all that decides what a build makes of the same raw tables.

    Parameters
    ----------
    project : Path
        The folder of the dbt project.
    variables : str or None
        The ``--vars`` of the build.

    Notes
    -----
    Besides the project and the package's version it covers the sources of the numerical code that
    the Python models call, because in a checkout they change under one version.
    """
    digest = hashlib.sha256()
    for text in ("curvehouse", __version__, (variables or "").strip()):
        digest.update(f"{text}\0".encode())
    for root, files in (
        (project, _project_files(project)),
        (_ANALYTICS, sorted(_ANALYTICS.rglob("*.py"))),
    ):
        for file in files:
            digest.update(f"{file.relative_to(root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_fresh(state: WorkingState, fingerprint: str) -> bool:
    """Return whether the last thing that happened was a clean whole build of this project."""
    last = state.last_build
    return (
        last is not None
        and last.is_clean_and_whole
        and last.fingerprint == fingerprint
        and (state.last_loaded_at is None or state.last_loaded_at < last.finished_at)
    )


def needs_full_refresh(state: WorkingState, fingerprint: str) -> bool:
    """Return whether incremental tables may hold rows that another project's code made.

    They don't when the last clean whole build and every later command that wrote models ran this
    very project.
    """
    since = list(state.builds)
    for position, build in enumerate(state.builds):
        if build.is_clean_and_whole:
            since = list(state.builds[position:])
    wrote = [build for build in since if build.command not in _READING_COMMANDS]
    return any(build.fingerprint != fingerprint for build in wrote)


def _project_files(project: Path) -> list[Path]:
    found = [project / name for name in _PROJECT_FILES]
    for folder in _PROJECT_FOLDERS:
        found += sorted((project / folder).rglob("*"))
    return [file for file in found if file.is_file() and not file.name.startswith(".")]
