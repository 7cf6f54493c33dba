"""What a build says when dbt did not get to say anything itself."""

from __future__ import annotations

from pathlib import Path

import pytest

import curvehouse.build.run
from curvehouse.build import run_build
from curvehouse.build.dbt_process import DbtOutcome
from curvehouse.errors import BuildError
from curvehouse.home import Home
from warehouses import make_project


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (DbtOutcome(-9, None, 0, ""), r"dbt was killed \(Killed\), as the system does when memory"),
        (DbtOutcome(2, None, 0, ""), "dbt ended with code 2"),
        (DbtOutcome(2, None, 0, "OSError: [Errno 28] No space left on device"), "the disk is full"),
    ],
)
def test_the_reason_is_told(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outcome: DbtOutcome, reason: str
) -> None:
    monkeypatch.setattr(curvehouse.build.run, "run_dbt", lambda *_: outcome)
    with pytest.raises(BuildError, match=reason) as caught:
        run_build(home, project=make_project(tmp_path / "project"))
    assert "what is published stays as it was" in str(caught.value)
