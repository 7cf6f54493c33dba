"""What all tests share: the command line as a function, and the real data where it is at hand."""

from __future__ import annotations

import atexit
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from curvehouse.cli import main
from curvehouse.home import HOME_VARIABLE, Home

PROJECT_DIR = Path(__file__).parents[2]

# The same examples in every run, so that a red run can be repeated; and no clock: machines differ.
settings.register_profile("curvehouse", deadline=None, derandomize=True)
settings.load_profile("curvehouse")


# The folders whose tests take longest begin first, or one process would end with them alone.
_LONGEST_FIRST = ("spark", "build", "reliability", "parity", "cli", "project")
# Tests that share a build, by the start of their path; others go together by file.
_TOGETHER = (
    "tests/python/parity/",
    "tests/python/project/",
    "tests/python/reliability/",
    "tests/python/report/",
    "tests/python/spark/",
    "tests/python/cli/test_(demo|export|readers)",
)


def pytest_configure() -> None:
    """Hear the signal of Ctrl-C, which tests send: the processes of xdist are made deaf to it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the folders whose tests take longest at the front."""
    items.sort(key=lambda item: _rank(item.path.parent.name))


def _rank(folder: str) -> int:
    return _LONGEST_FIRST.index(folder) if folder in _LONGEST_FIRST else len(_LONGEST_FIRST)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Where several processes share the tests, keep those together that share a build."""
    return _ByBuild(config, log)


class _ByBuild(LoadScopeScheduling):  # type: ignore[misc]
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return next((start for start in _TOGETHER if re.match(start, file)), file)


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


@dataclass(frozen=True)
class Manifest:
    """dbt's manifest of a whole build, with the parts that the tests ask for."""

    nodes: dict[str, Any]
    unit_tests: list[dict[str, Any]]
    exposures: list[dict[str, Any]]
    yaml_files: set[str]

    @property
    def models(self) -> list[dict[str, Any]]:
        return [node for node in self.nodes.values() if node["resource_type"] == "model"]

    @property
    def data_tests(self) -> list[dict[str, Any]]:
        return [node for node in self.nodes.values() if node["resource_type"] == "test"]


@pytest.fixture(scope="session")
def common_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this run of the tests that the processes which share them have in common."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


def made_once(folder: Path, make: Callable[[], None]) -> None:
    """Make a folder that several processes want: the first makes it, the others wait for it."""
    folder.mkdir(exist_ok=True)
    done = folder / "done"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make()
            done.touch()


@pytest.fixture(scope="session")
def empty_build(common_folder: Path) -> Home:
    """A home with nothing loaded that a plain `dbt build` has built, unit tests included.

    To be read only.
    """
    folder = common_folder / "empty"
    home = Home(folder / "home")
    made_once(folder, lambda: run_dbt(home, "build"))
    return home


@pytest.fixture(scope="session")
def manifest(empty_build: Home) -> Manifest:
    found = json.loads((empty_build.target / "manifest.json").read_text())
    patches = [node.get("patch_path") for node in found["nodes"].values()]
    files = {patch.split("://", 1)[1] for patch in patches if patch}
    files |= {test["original_file_path"] for test in found["unit_tests"].values()}
    files |= {source["original_file_path"] for source in found["sources"].values()}
    files |= {exposure["original_file_path"] for exposure in found["exposures"].values()}
    return Manifest(
        found["nodes"],
        list(found["unit_tests"].values()),
        list(found["exposures"].values()),
        files,
    )


# What dbt made of the project's files when it last read them; other homes need not do it again.
_PARSED = Path(tempfile.gettempdir()) / f"curvehouse-parsed-{os.getpid()}.msgpack"
atexit.register(_PARSED.unlink, missing_ok=True)


def run_dbt(home: Home, *arguments: str) -> None:
    """Run dbt from the project's root, as a user of dbt would."""
    parsed = home.target / "partial_parse.msgpack"
    if _PARSED.exists() and not parsed.exists():
        parsed.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(_PARSED, parsed)
    done = subprocess.run(
        [
            Path(sys.executable).with_name("dbt"),
            "--log-level-file",
            "none",
            *arguments,
            "--target-path",
            home.target,
            "--log-path",
            home.logs,
        ],
        cwd=PROJECT_DIR,
        env=os.environ | {HOME_VARIABLE: str(home.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    if "--vars" not in arguments:
        shutil.copy(parsed, _PARSED)


@dataclass(frozen=True)
class Demo:
    """A demo that has run, in a folder of its own."""

    home: Home
    stdout: str
    stderr: str


@pytest.fixture(scope="session")
def demo(common_folder: Path) -> Demo:
    """The demo as a new user runs it: in an empty folder, with the home it chooses itself.

    A test reads what it published, and copies the home before it writes there.
    """
    folder = common_folder / "demo"
    printed, errors = folder / "stdout", folder / "stderr"

    def make() -> None:
        done = run_command(folder, "curvehouse", "demo")
        assert done.returncode == 0, done.stderr
        printed.write_text(done.stdout)
        errors.write_text(done.stderr)

    made_once(folder, make)
    return Demo(Home(folder / "warehouse"), printed.read_text(), errors.read_text())


@pytest.fixture(scope="session")
def demo_home(demo: Demo) -> Home:
    """The home of the demo, to be read only."""
    return demo.home


def run_command(
    folder: Path, *words: str, stdout: int | IO[str] = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run an installed command in a folder, with no home set and its programs on the path."""
    programs = Path(sys.executable).parent
    environment = {key: value for key, value in os.environ.items() if key != HOME_VARIABLE}
    environment["PATH"] = f"{programs}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        [programs / words[0], *words[1:]],
        cwd=folder,
        env=environment,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
