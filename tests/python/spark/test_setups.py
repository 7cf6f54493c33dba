"""What is missing where one turns to Spark is said in one sentence, before Spark waits for it."""

from __future__ import annotations

import socket
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import PROJECT_DIR
from curvehouse.errors import SparkError
from curvehouse.spark.requirements import require_java, require_reachable
from curvehouse.spark.session import SparkTarget, remove_builds, spark_session
from dbt.adapters.sparksession import Plugin


def java_that_says(folder: Path, text: str) -> Path:
    """Make a program `java` and return the folder that would be JAVA_HOME."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{text}' >&2\n")
    program.chmod(0o755)
    return folder


@pytest.fixture
def free_port() -> int:
    """A port of the loopback address at which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def open_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_no_java_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SparkError, match="needs Java 17 or newer, and there is none on the PATH;"):
        require_java()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SparkError, match=f"JAVA_HOME is {tmp_path}, where there is none;"):
        require_java()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ('openjdk version "11.0.22" 2024-01-16', "Java 11"),
        ('java version "1.8.0_402"', "Java 8"),
        ("something else", "no Java"),
    ],
)
def test_a_java_too_old_is_said(
    said: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java_that_says(tmp_path, said)))
    with pytest.raises(SparkError, match=f"which is {found}; install a newer one"):
        require_java()


@pytest.mark.parametrize("version", ["17.0.15", "21", "25-ea"])
def test_a_newer_java_will_do(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(java_that_says(tmp_path, f'version "{version}" now')))
    require_java()


def test_a_cluster_that_does_not_answer_is_said(free_port: int) -> None:
    for scheme, variable in (("spark", "SPARK_MASTER"), ("sc", "SPARK_REMOTE")):
        address = f"{scheme}://127.0.0.1:{free_port}"
        with pytest.raises(SparkError, match=f"nothing answers at {address} .*set {variable}"):
            require_reachable(address)


def test_an_address_that_is_none_is_said() -> None:
    with pytest.raises(SparkError, match=r"nothing answers at spark://127\.0\.0\.1:here"):
        require_reachable("spark://127.0.0.1:here")


def test_one_of_several_masters_is_enough(free_port: int, open_port: int) -> None:
    require_reachable(f"spark://127.0.0.1:{free_port},127.0.0.1:{open_port}")
    require_reachable(f"sc://127.0.0.1:{open_port}/;user_id=me")
    require_reachable("local[2]")


@pytest.mark.parametrize(
    ("folder", "master", "remote", "said"),
    [
        ("", "local[1]", "", "CURVEHOUSE_SPARK_DIR is not set"),
        ("raw_is_missing", "local[1]", "", "holds no raw tables; run `curvehouse raw export"),
        ("whole", "", "", "neither of SPARK_MASTER and SPARK_REMOTE is set"),
        ("whole", "local[1]", "sc://127.0.0.1", "both SPARK_MASTER and SPARK_REMOTE are set"),
    ],
)
def test_a_target_that_is_not_set_up_is_said(
    folder: str, master: str, remote: str, said: str, tmp_path: Path
) -> None:
    (tmp_path / "whole" / "raw" / "files").mkdir(parents=True)
    place = str(tmp_path / folder) if folder else ""
    with pytest.raises(SparkError, match=said):
        spark_session(SparkTarget(place, master, remote, {}), "invocation")


def test_only_builds_are_removed_from_a_folder_of_builds(tmp_path: Path) -> None:
    mine = tmp_path / "thesis" / "main.tex"
    ours = tmp_path / "49853b13-a88b-49a1-9d72-f096a815c559" / "main"
    mine.parent.mkdir()
    mine.touch()
    ours.mkdir(parents=True)
    remove_builds(tmp_path)
    assert list(tmp_path.iterdir()) == [mine.parent]
    assert mine.exists()


def test_the_wheel_carries_the_adapter() -> None:
    wheel = tomllib.loads((PROJECT_DIR / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    assert "python/dbt" in wheel["targets"]["wheel"]["packages"]
    assert {path.name for path in Path(Plugin.include_path).iterdir()} >= {
        "dbt_project.yml",
        "macros",
    }
