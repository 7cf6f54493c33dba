"""Folders as a build on Spark leaves them, made of what DuckDB built."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb

from curvehouse.build_records import read_state
from curvehouse.home import Home
from curvehouse.publish.gate import marts_of
from curvehouse.spark.raw_files import export_raw_tables

__all__ = ["build_folder", "write_spark_folder"]


def build_folder(folder: Path) -> Path:
    """Return the folder of the only build."""
    (found,) = (folder / "builds").iterdir()
    return found


def write_spark_folder(home: Home, folder: Path) -> None:
    """Write the home's marts, its raw tables and dbt's manifest as Spark would."""
    export_raw_tables(home, folder)
    shutil.copytree(home.target, folder / "target")
    manifest = json.loads((home.target / "manifest.json").read_text())
    with duckdb.connect(str(home.working_file), read_only=True) as connection:
        build = read_state(connection).last_build
        assert build is not None
        place = folder / "builds" / build.invocation_id
        tables = {f"main/{mart.name}": f"main.{mart.name}" for mart in marts_of(manifest)}
        record = "(select * from operations.builds order by finished_at desc limit 1)"
        for name, source in {**tables, "operations/builds": record}.items():
            (place / name).mkdir(parents=True)
            # In two files, as Spark has several.
            connection.execute(f"create temp view rows as select * from {source}")
            for part in (0, 1):
                connection.execute(
                    f"copy (select * from rows where hash(rows) % 2 = {part}) "
                    f"to '{place / name / f'part-{part}.parquet'}' (format parquet)"
                )
            connection.execute("drop view rows")
