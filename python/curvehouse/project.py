"""Where the dbt project is: in the package when installed, else in the checkout around it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from curvehouse.errors import CurvehouseError

__all__ = ["project_dir", "project_revision"]

PACKAGE = Path(__file__).parent


def project_dir() -> Path:
    """Return the folder of the dbt project that belongs to this package.

    Raises
    ------
    CurvehouseError
        When neither the package nor a checkout around it has one.
    """
    for folder in (PACKAGE / "dbt_project", PACKAGE.parent.parent):
        if (folder / "dbt_project.yml").is_file():
            return folder
    raise CurvehouseError(
        f"there is no dbt project in {PACKAGE / 'dbt_project'}, nor in a checkout around "
        f"{PACKAGE}: reinstall curvehouse."
    )


def project_revision(project: Path) -> str | None:
    """Return the git commit of a project, with ``-dirty`` where tracked files differ from it.

    None where the project is not kept in a repository, even if it lies inside one, as an installed
    package may.
    """
    if _git(project, "ls-files", "--error-unmatch", "dbt_project.yml") is None:
        return None
    return _git(project, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")


def _git(project: Path, *arguments: str) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    done = subprocess.run(  # noqa: S603 - fixed words
        [program, "--no-optional-locks", "-C", str(project), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else None
