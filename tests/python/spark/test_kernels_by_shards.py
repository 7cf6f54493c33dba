"""What Spark rests on: a kernel makes of some keys what it makes of them among others.

Each Python model is asked for the kernel that it hands to `partitioned`, with its real inputs.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from polars.testing import assert_frame_equal

import curvehouse.partitioned
from conftest import PROJECT_DIR
from curvehouse.home import Home

MODELS = sorted((PROJECT_DIR / "models").rglob("*.py"))
# Keys of each model that are enough to tell whether they mix.
KEYS = 9


@dataclass(frozen=True)
class Job:
    """What a model hands to `partitioned`."""

    kernel: Callable[..., pa.Table | pa.RecordBatchReader]
    rows: pa.Table
    shared: list[pa.Table]
    by: str
    within: tuple[str, ...]

    def of_keys(self, keep: Callable[[int], bool]) -> Job:
        """Return the job of the keys whose numbers are kept; keys are numbered in their order."""
        numbers = {key: number for number, key in enumerate(self.keys())}

        def kept(table: pa.Table) -> pa.Table:
            if self.by not in table.column_names:
                return table
            keys = table.column(self.by).to_pylist()
            return table.filter(pa.array([keep(numbers[key]) for key in keys], pa.bool_()))

        shared = [kept(table) for table in self.shared]
        return Job(self.kernel, kept(self.rows), shared, self.by, self.within)

    def third(self, rest: int) -> Job:
        return self.of_keys(lambda number: number % 3 == rest)

    def keys(self) -> list[Any]:
        tables = [table for table in (self.rows, *self.shared) if self.by in table.column_names]
        return sorted({key for table in tables for key in table.column(self.by).to_pylist()})

    def made(self) -> pa.Table:
        ordered = self.rows.sort_by([(name, "ascending") for name in (self.by, *self.within)])
        found = self.kernel(ordered.to_reader(1_000), *self.shared)
        return found.read_all() if isinstance(found, pa.RecordBatchReader) else found

    def shuffled(self) -> Job:
        generator = np.random.default_rng(7)

        def mixed(table: pa.Table) -> pa.Table:
            return table.take(pa.array(generator.permutation(table.num_rows)))

        shared = [mixed(table) for table in self.shared]
        return Job(self.kernel, mixed(self.rows), shared, self.by, self.within)


@pytest.fixture(scope="module")
def unbuilt(small_home: Home, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Copies of the working file in which what models fit is missing.

    In the first what others rest on is there, in the second the curves alone.
    """
    curves = "'fct_equity_daily', 'fct_returns_monthly', 'fct_regime_episodes'"
    others = "'fct_rolling_daily', 'int_backtest_statistics', 'fct_backtest_regimes'"
    paths = []
    for kept in (f"{curves}, {others}", curves):
        paths.append(tmp_path_factory.mktemp("unbuilt") / small_home.working_file.name)
        shutil.copy(small_home.working_file, paths[-1])
        with duckdb.connect(str(paths[-1])) as connection:
            connection.execute(
                f"delete from operations.landed_versions where model_name not in ({kept})"
            )
    return paths


@pytest.fixture(scope="module", params=MODELS, ids=[path.stem for path in MODELS])
def job(request: pytest.FixtureRequest, unbuilt: list[Path], small_home: Home) -> Job:
    manifest = json.loads((small_home.target / "manifest.json").read_text())
    nodes = {node["name"]: node for node in manifest["nodes"].values()}
    found = [job_of(request.param, path, nodes) for path in unbuilt]
    whole = next((job for job in found if job.rows.num_rows), found[0])
    return whole.of_keys(lambda number: number < KEYS)


@pytest.fixture(scope="module")
def whole(job: Job) -> pa.Table:
    """What the kernel makes of all keys at once."""
    return job.made()


def job_of(model: Path, working_file: Path, nodes: dict[str, Any]) -> Job:
    """Run a model's code up to its call of `partitioned`."""
    jobs: list[Job] = []

    def noted(kernel: Any, rows: Any, *shared: Any, by: str, within: tuple[str, ...] = ()) -> None:
        tables = [relation.to_arrow_table() for relation in shared]
        jobs.append(Job(kernel, rows.to_arrow_table(), tables, by, within))

    with (
        duckdb.connect(str(working_file), read_only=True) as connection,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(curvehouse.partitioned, "partitioned", noted)

        class Dbt:
            class config:  # noqa: N801 - dbt's name for it
                meta_get = staticmethod(nodes[model.stem]["config"]["meta"].__getitem__)

            @staticmethod
            def ref(name: str) -> duckdb.DuckDBPyRelation:
                return connection.sql(f"from {nodes[name]['schema']}.{name}")

        scope: dict[str, Any] = {}
        exec(compile(model.read_text(), str(model), "exec"), scope)
        scope["model"](Dbt, None)
    (job,) = jobs
    return job


def test_models_hand_a_kernel_to_partitioned() -> None:
    for path in MODELS:
        lines = path.read_text().splitlines()
        assert "from curvehouse.partitioned import partitioned" in lines, path.name
        assert lines[-1].strip().startswith("return partitioned("), path.name


def test_shards_make_the_whole(job: Job, whole: pa.Table) -> None:
    assert job.rows.num_rows, "there is nothing for this model, so nothing is shown"
    shards = [job.third(rest).made() for rest in range(3)]
    assert whole.num_rows
    assert {shard.schema for shard in shards} == {whole.schema}
    assert_same_rows(pa.concat_tables(shards), whole)


def test_rows_may_come_in_any_order(job: Job, whole: pa.Table) -> None:
    assert_same_rows(job.shuffled().made(), whole)


def test_nothing_makes_nothing(job: Job, whole: pa.Table) -> None:
    nothing = job.of_keys(lambda _: False).made()
    assert nothing.num_rows == 0
    assert nothing.schema == whole.schema


def assert_same_rows(left: pa.Table, right: pa.Table) -> None:
    """Fail where rows differ, in whatever order; numbers may differ in their last digits."""
    frames = []
    for table in (left, right):
        plain = pa.table(
            {name: pc.cast(column, _plain(column.type)) for name, column in _columns(table)}
        )
        frame = pl.DataFrame(plain)
        exact = [name for name, kind in frame.schema.items() if not kind.is_float()]
        frames.append(frame.sort(exact, nulls_last=True))
    assert_frame_equal(*frames, rel_tol=1e-9, abs_tol=1e-12)


def _columns(table: pa.Table) -> list[tuple[str, pa.ChunkedArray]]:
    return list(zip(table.column_names, table.columns, strict=True))


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
