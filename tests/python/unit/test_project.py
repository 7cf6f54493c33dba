from __future__ import annotations

from pathlib import Path

import pytest

from conftest import PROJECT_DIR
from curvehouse import project
from curvehouse.errors import CurvehouseError


def test_a_checkout_is_its_own_project() -> None:
    assert project.project_dir() == PROJECT_DIR


def test_the_project_inside_the_package_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "site-packages" / "curvehouse" / "dbt_project"
    inside.mkdir(parents=True)
    for folder in (inside, tmp_path):
        (folder / "dbt_project.yml").touch()
    monkeypatch.setattr(project, "PACKAGE", inside.parent)
    assert project.project_dir() == inside


def test_a_package_without_a_project_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "PACKAGE", tmp_path / "site-packages" / "curvehouse")
    with pytest.raises(CurvehouseError, match="reinstall curvehouse"):
        project.project_dir()
