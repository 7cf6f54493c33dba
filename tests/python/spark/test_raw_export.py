"""The raw tables leave as they are, in plain types that any engine reads."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
from polars.testing import assert_frame_equal

from conftest import RunCli
from curvehouse.database import open_working_file
from curvehouse.home import Home
from curvehouse.spark.raw_files import RAW_TABLES


def test_all_rows_of_all_tables_are_there(
    small_home: Home, tmp_path: Path, run_cli: RunCli
) -> None:
    done = run_cli("raw", "export", tmp_path, "--home", small_home.root)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "raw")
    with duckdb.connect(str(small_home.working_file), read_only=True) as connection:
        names = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
        # What a migration needs is of no use to another engine.
        assert {name for (name,) in names} - {"schema_version"} == set(RAW_TABLES)
        for table in RAW_TABLES:
            wanted = connection.sql(f"from raw.{table} order by all").pl()
            found = connection.sql(f"from '{tmp_path}/raw/{table}/*.parquet' order by all").pl()
            assert_frame_equal(found, wanted)


def test_types_are_plain_and_times_naive(small_home: Home, tmp_path: Path, run_cli: RunCli) -> None:
    run_cli("raw", "export", tmp_path, "--home", small_home.root)
    plain = {"INT32", "INT64", "DOUBLE", "BYTE_ARRAY", "BOOLEAN"}
    for file in (tmp_path / "raw").rglob("*.parquet"):
        for column in pq.ParquetFile(file).schema:
            assert column.physical_type in plain, (file, column.name)
            said = column.logical_type.to_json()
            if "Timestamp" in said:
                assert '"isAdjustedToUTC":false' in said, (file, column.name)
                assert "microseconds" in said, (file, column.name)


def test_a_warehouse_with_nothing_loaded_leaves_empty_tables(
    home: Home, tmp_path: Path, run_cli: RunCli
) -> None:
    with open_working_file(home):
        pass
    assert run_cli("raw", "export", tmp_path).exit_code == 0
    for table in RAW_TABLES:
        assert pl.read_parquet(tmp_path / "raw" / table / "*.parquet").height == 0


def test_where_there_is_no_warehouse_it_says_so(
    home: Home, tmp_path: Path, run_cli: RunCli
) -> None:
    done = run_cli("raw", "export", tmp_path / "out")
    assert done.exit_code == 1
    assert f"nothing has been loaded in {home.root}" in done.stderr
    assert not (tmp_path / "out").exists()


def test_another_folder_of_that_name_is_left_alone(
    small_home: Home, tmp_path: Path, run_cli: RunCli
) -> None:
    mine = tmp_path / "raw" / "thesis.tex"
    mine.parent.mkdir()
    mine.touch()
    done = run_cli("raw", "export", tmp_path, "--home", small_home.root)
    assert done.exit_code == 1
    assert "holds thesis.tex, which is no raw table" in done.stderr
    assert mine.exists()


def test_a_later_export_takes_the_place_of_an_earlier_one(
    small_home: Home, home: Home, tmp_path: Path, run_cli: RunCli
) -> None:
    run_cli("raw", "export", tmp_path, "--home", small_home.root)
    with open_working_file(home):
        pass
    assert run_cli("raw", "export", tmp_path).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir() if path != home.root) == ["raw"]
    assert pl.read_parquet(tmp_path / "raw" / "equity" / "*.parquet").height == 0
