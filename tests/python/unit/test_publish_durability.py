"""In which order a publication gets onto the disk and before the readers."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from conftest import PROJECT_DIR
from curvehouse.home import Home
from curvehouse.publish.rollback import roll_back
from curvehouse.publish.writer import write_publication
from warehouses import make_built_home, rebuild

Step = tuple[str, str]


@pytest.fixture
def steps(home: Home, monkeypatch: pytest.MonkeyPatch) -> list[Step]:
    """What is synced and renamed, in this order, by its place in the home."""
    taken: list[Step] = []
    sync, rename, replace = os.fsync, os.rename, os.replace

    def place(path: str | os.PathLike[str]) -> str:
        relative = Path(path).relative_to(home.root).as_posix()
        return re.sub(r"\d{8}T\d{6}\.\d{6}Z", "ID", relative)

    def syncing(descriptor: int) -> None:
        taken.append(("sync", place(Path(f"/proc/self/fd/{descriptor}").readlink())))
        sync(descriptor)

    def renaming(source: Path, target: Path) -> None:
        taken.append(("rename", place(target)))
        rename(source, target)

    def replacing(source: Path, target: Path) -> None:
        taken.append(("rename", place(target)))
        replace(source, target)

    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(os, "rename", renaming)
    monkeypatch.setattr(os, "replace", replacing)
    return taken


LEAD = [("rename", "current"), ("sync", ".")]


def test_everything_is_on_disk_before_readers_are_led_to_it(home: Home, steps: list[Step]) -> None:
    make_built_home(home)
    steps.clear()
    write_publication(home, PROJECT_DIR, parquet=True)
    incoming = "publications/.incoming-ID"
    tables = ['Odd "mart"', "dim_x", "meta_publication", "meta_tables"]
    assert steps == [
        ("sync", f"{incoming}/curvehouse.duckdb"),
        *(("sync", f"{incoming}/parquet/{table}.parquet") for table in tables),
        ("sync", f"{incoming}/parquet"),
        ("sync", f"{incoming}/.publication.json"),
        ("rename", f"{incoming}/publication.json"),
        ("sync", incoming),
        ("rename", "publications/ID"),
        ("sync", "publications"),
        ("rename", "curvehouse.duckdb"),
        ("sync", "."),
        *LEAD,
    ]

    rebuild(home, "update dim_x set value = 7", "second")
    steps.clear()
    write_publication(home, PROJECT_DIR)
    assert [step for step in steps if step[0] == "rename"][-2:] == [
        ("rename", "publications/ID"),
        ("rename", "current"),
    ]
    assert steps[-3:] == [("sync", "publications"), *LEAD]


def test_a_rollback_is_noted_before_the_link_and_undone_after_it(
    home: Home, steps: list[Step]
) -> None:
    make_built_home(home)
    write_publication(home, PROJECT_DIR)
    rebuild(home, "update dim_x set value = 7", "second")
    write_publication(home, PROJECT_DIR)
    note = [
        ("sync", "publications/ID/.publication.json"),
        ("rename", "publications/ID/publication.json"),
        ("sync", "publications/ID"),
    ]
    steps.clear()
    roll_back(home)
    assert steps == [*note, *LEAD]
    steps.clear()
    write_publication(home, PROJECT_DIR)
    assert steps == [*LEAD, *note]
