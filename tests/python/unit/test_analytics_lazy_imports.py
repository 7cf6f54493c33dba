"""Heavy libraries are imported by one thread at a time."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from curvehouse.analytics.lazy_imports import imported

BODY = """
import sys, time

sys.modules["slow_log"].events.append(__name__)
time.sleep(0.05)
sys.modules["slow_log"].events.append(__name__)
"""


def test_no_import_begins_before_another_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"slow_{letter}" for letter in "abcd"]
    (tmp_path / "slow_log.py").write_text("events = []\n")
    for name in names:
        (tmp_path / f"{name}.py").write_text(BODY)
    monkeypatch.syspath_prepend(tmp_path)
    events: list[str] = imported("slow_log").events
    try:
        with ThreadPoolExecutor(len(names)) as threads:
            modules = list(threads.map(imported, names))
    finally:
        for name in [*names, "slow_log"]:
            sys.modules.pop(name, None)
    assert [module.__name__ for module in modules] == names
    assert events[::2] == events[1::2]
    assert sorted(events[::2]) == names


def test_a_module_that_there_is_not_is_named() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_library"):
        imported("no_such_library")
