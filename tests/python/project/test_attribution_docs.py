"""The worked example of attribution prints what the page shows."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from conftest import PROJECT_DIR, Demo, run_command

PAGE = (PROJECT_DIR / "docs" / "attribution.md").read_text()
FIRST, FRENCH = PAGE.split("## On Kenneth French's factors")
SHOWN = re.compile(r"^```sh\n(.*?)^```\n\n```text\n(.*?)^```", re.DOTALL | re.MULTILINE)
KEN_FRENCH = PROJECT_DIR.parent / "shared" / "data" / "ken_french"
FILE = "F-F_Research_Data_Factors_daily.CSV"


def check_shown(folder: Path, page: str, least: int) -> None:
    found = SHOWN.findall(page)
    assert len(found) >= least
    for command, shown in found:
        done = run_command(folder, *shlex.split(command))
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        assert done.stdout == shown


def test_the_demos_attribution_is_the_one_shown(demo: Demo) -> None:
    check_shown(demo.home.root.parent, FIRST, 4)


@pytest.mark.soak
def test_the_french_attribution_is_the_one_shown(demo: Demo, tmp_path: Path) -> None:
    if not KEN_FRENCH.is_dir():
        pytest.skip("Kenneth French's factors are not beside this checkout")
    shutil.copytree(demo.home.root, tmp_path / "warehouse", symlinks=True)
    # As it is downloaded: sentences before the table, and a header that begins with a comma.
    rows = (KEN_FRENCH / FILE).read_text().replace("date,", ",", 1)
    (tmp_path / FILE).write_text(
        f"This file was created by CMPT_ME_BEME_RETS.\n\n{rows}\nCopyright\n"
    )
    (commands,) = re.findall(
        r"^```sh\n(curvehouse ingest.*?)^```", FRENCH, re.DOTALL | re.MULTILINE
    )
    for command in commands.splitlines():
        done = run_command(tmp_path, *shlex.split(command))
        assert done.returncode == 0, done.stderr
    check_shown(tmp_path, FRENCH, 2)
