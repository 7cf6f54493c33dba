from __future__ import annotations

from pathlib import Path

import pytest

from curvehouse.home import HOME_VARIABLE, Home


def test_the_option_goes_before_the_environment_and_that_before_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(HOME_VARIABLE, "from_environment")
    assert Home.resolve("given").root == tmp_path / "given"
    assert Home.resolve().root == tmp_path / "from_environment"
    monkeypatch.delenv(HOME_VARIABLE)
    assert Home.resolve().root == tmp_path / "warehouse"


def test_an_empty_variable_is_no_choice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(HOME_VARIABLE, "")
    assert Home.resolve().root == tmp_path / "warehouse"


def test_all_database_files_have_one_base_name(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home.working_file.name == home.published_file.name == "curvehouse.duckdb"
