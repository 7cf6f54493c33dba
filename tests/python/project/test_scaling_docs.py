"""What docs/scaling.md says can be done is done."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from bench.__main__ import PARTS
from conftest import PROJECT_DIR
from curvehouse.home import Home

PAGE = (PROJECT_DIR / "docs" / "scaling.md").read_text()


def test_published_files_of_several_homes_are_read_together(
    demo_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "homes").mkdir()
    for name in ("first", "second"):
        (tmp_path / "homes" / name).symlink_to(demo_home.root)
    monkeypatch.chdir(tmp_path)
    (statements,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    with duckdb.connect() as connection:
        rows = connection.execute(statements).fetchall()
    assert len(rows) == 10
    assert rows[0::2] == rows[1::2]


def test_the_parts_that_it_names_are_there() -> None:
    named = {part for text in re.findall(r"ONLY=([\w,]+)", PAGE) for part in text.split(",")}
    assert named
    assert named <= set(PARTS)
