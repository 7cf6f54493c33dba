"""What the tests of Spark share: a small warehouse, and a cluster to build it on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import made_once
from curvehouse.errors import SparkError
from curvehouse.home import Home
from curvehouse.spark.requirements import require_java
from spark.clusters import Cluster, running_cluster
from spark.small_warehouse import make_small_home


@pytest.fixture(scope="session")
def small_home(common_folder: Path) -> Home:
    """The warehouse, built by DuckDB; to be read only."""
    folder = common_folder / "small"
    home = Home(folder / "home")
    made_once(folder, lambda: make_small_home(home, folder))
    return home


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    try:
        require_java()
    except SparkError as error:
        pytest.skip(str(error))
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running
