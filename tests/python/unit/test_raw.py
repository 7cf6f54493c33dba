"""Raw tables of an older Curvehouse are brought up to date; those of a newer one are refused."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from curvehouse.database import open_working_file
from curvehouse.errors import CurvehouseError
from curvehouse.home import Home
from curvehouse.raw import SCHEMA_VERSION, ensure_raw_tables

# What version 1 had and version 2 changed, as it stood.
VERSION_1 = """
create schema raw;
create schema operations;
create table raw.schema_version (version integer not null, migrated_at timestamp not null);
insert into raw.schema_version values (1, timestamp '2026-01-05 10:00:00');
create table raw.files (
    load_id bigint not null, kind varchar not null, run_id varchar, strategy varchar,
    param_hash varchar, backtest_id varchar, dataset varchar, file_path varchar not null,
    file_sha256 varchar, status varchar not null, reason_code varchar, reason varchar,
    line_number bigint, settings varchar, byte_count bigint, row_count bigint,
    loaded_at timestamp not null
);
insert into raw.files (load_id, kind, dataset, file_path, status, loaded_at)
values
    (7, 'bars', 'closes', '/closes.csv', 'loaded', timestamp '2026-01-05 10:00:00'),
    (8, 'bars', 'gone', '/gone.csv', 'retracted', timestamp '2026-01-05 10:00:00');
create table raw.jobs (
    load_id bigint not null, run_id varchar not null, backtest_id varchar not null,
    strategy varchar not null, param_hash varchar not null, params varchar not null,
    symbol varchar, seed bigint, status varchar not null, error varchar, started_at timestamp,
    seconds double
);
create table raw.equity (
    load_id bigint not null, backtest_id varchar not null, ts timestamp not null,
    equity double not null
);
insert into raw.equity values (3, 'x', timestamp '2020-01-01 00:00:00', 100);
create table raw.calendars (
    load_id bigint not null, subject_kind varchar not null, subject_id varchar not null,
    periods_per_year double not null
);
"""


def shape(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    return connection.execute(
        "select table_schema || '.' || table_name, column_name, data_type "
        "from information_schema.columns where table_schema in ('raw', 'operations') "
        "order by table_schema, table_name, ordinal_position"
    ).fetchall()


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    path = tmp_path / "home" / "build" / "curvehouse.duckdb"
    path.parent.mkdir(parents=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(VERSION_1)
    return path


def test_a_migrated_file_has_the_tables_of_a_new_one_and_keeps_its_rows(old_file: Path) -> None:
    with duckdb.connect(":memory:") as connection:
        ensure_raw_tables(connection)
        new = shape(connection)
    with open_working_file(Home(old_file.parents[1])) as connection:
        assert shape(connection) == new
        rows = connection.execute("select load_id, status, timezone from raw.files").fetchall()
        assert rows == [(7, "loaded", None), (8, "cleared", None)]
        versions = connection.execute("select version from raw.schema_version").fetchall()
        assert versions == [(1,), (SCHEMA_VERSION,)]


def test_a_migration_that_fails_leaves_the_file_as_it_was(old_file: Path) -> None:
    with duckdb.connect(str(old_file)) as connection:
        connection.execute("alter table raw.calendars add column frequency varchar")
        before = shape(connection)
        with pytest.raises(duckdb.Error, match="frequency"):
            ensure_raw_tables(connection)
        assert shape(connection) == before


def test_the_tables_of_a_newer_version_are_refused(old_file: Path) -> None:
    with duckdb.connect(str(old_file)) as connection:
        connection.execute("update raw.schema_version set version = 99")
        with pytest.raises(CurvehouseError, match="have version 99, this Curvehouse knows up to"):
            ensure_raw_tables(connection)
