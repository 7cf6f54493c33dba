"""Where the dbt project is: in the package when installed, else in the checkout around it."""

from __future__ import annotations

from pathlib import Path

from curvehouse.errors import CurvehouseError

__all__ = ["project_dir"]

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
