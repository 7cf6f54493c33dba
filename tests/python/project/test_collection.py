"""No test lies where pytest does not look."""

from __future__ import annotations

from fnmatch import fnmatch

import pytest

from conftest import PROJECT_DIR


def test_every_folder_of_tests_is_collected(pytestconfig: pytest.Config) -> None:
    passed_over = pytestconfig.getini("norecursedirs")
    folders = {
        folder
        for root in pytestconfig.getini("testpaths")
        for file in (PROJECT_DIR / root).rglob("*.py")
        for folder in file.relative_to(PROJECT_DIR).parts[:-1]
    }
    assert "build" in folders
    found = {folder for folder in folders for pattern in passed_over if fnmatch(folder, pattern)}
    assert found <= {"__pycache__"}
