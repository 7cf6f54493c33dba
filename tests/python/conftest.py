"""What all tests share: the command line as a function, and the real data where it is at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from curvehouse.cli import main
from curvehouse.home import HOME_VARIABLE, Home

PROJECT_DIR = Path(__file__).parents[2]


@dataclass(frozen=True)
class Outcome:
    exit_code: int
    stdout: str
    stderr: str


RunCli = Callable[..., Outcome]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """An empty home that the commands of this test use."""
    root = tmp_path / "home"
    monkeypatch.setenv(HOME_VARIABLE, str(root))
    return Home(root)


@pytest.fixture
def run_cli(capsys: pytest.CaptureFixture[str]) -> RunCli:
    """Run one command in this process and return its exit code and what it printed."""

    def run(*arguments: str | Path) -> Outcome:
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_info:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        code = exit_info.value.code
        return Outcome(code if isinstance(code, int) else 0, printed.out, printed.err)

    return run


@pytest.fixture(scope="session")
def market_data() -> Path:
    """The folder of real market data, where this checkout has it at hand."""
    folder = PROJECT_DIR.parent / "shared" / "data" / "market"
    if not folder.is_dir():
        pytest.skip("the real market data is not beside this checkout")
    return folder
