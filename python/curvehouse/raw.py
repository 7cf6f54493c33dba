"""The tables that files land in, before dbt turns them into marts.

Rows are only ever appended, each under the ``load_id`` of the ledger row (``raw.files``) that
brought it; dbt picks the active loads. There are no keys or indexes on purpose: they cost a
multiple of the load, and uniqueness is a data test.
"""

from __future__ import annotations

import duckdb

from curvehouse.errors import CurvehouseError

__all__ = ["SCHEMA_VERSION", "are_raw_tables_older", "ensure_raw_tables"]

SCHEMA_VERSION = 2

_TABLES = """
create schema if not exists raw;
create schema if not exists operations;

create table if not exists raw.schema_version (
    version integer not null,
    migrated_at timestamp not null
);

create table if not exists raw.files (
    load_id bigint not null,
    kind varchar not null,
    run_id varchar,
    strategy varchar,
    param_hash varchar,
    backtest_id varchar,
    dataset varchar,
    file_path varchar not null,
    file_sha256 varchar,
    status varchar not null,
    reason_code varchar,
    reason varchar,
    line_number bigint,
    settings varchar,
    byte_count bigint,
    row_count bigint,
    loaded_at timestamp not null,
    timezone varchar,
    day_count bigint,
    duplicate_row_count bigint,
    reordered_row_count bigint,
    file_stamp varchar
);

create table if not exists raw.runs (
    load_id bigint not null,
    run_id varchar not null,
    created_at timestamp,
    strategies varchar,
    param_grid varchar,
    seeds varchar,
    flags varchar,
    resample varchar,
    manifest varchar not null,
    total_jobs bigint,
    starting_cash double,
    fee_bps double,
    slippage_bps double
);

create table if not exists raw.jobs (
    load_id bigint not null,
    run_id varchar not null,
    backtest_id varchar not null,
    strategy varchar not null,
    param_hash varchar not null,
    params varchar not null,
    symbol varchar,
    seed bigint,
    status varchar not null,
    error varchar,
    started_at timestamp,
    seconds double,
    starting_cash double
);

create table if not exists raw.equity (
    load_id bigint not null,
    ts timestamp not null,
    equity double not null
);

create table if not exists raw.trades (
    load_id bigint not null,
    backtest_id varchar not null,
    line_number bigint not null,
    trade_id varchar,
    symbol varchar,
    side varchar,
    entry_at timestamp,
    exit_at timestamp,
    quantity double,
    entry_price double,
    exit_price double,
    fees double,
    pnl double,
    pre_runup_pct double,
    entry_vol double
);

create table if not exists raw.bars (
    load_id bigint not null,
    symbol varchar not null,
    ts timestamp not null,
    open double,
    high double,
    low double,
    close double not null,
    volume double
);

create table if not exists raw.factors (
    load_id bigint not null,
    factor_set varchar not null,
    factor varchar not null,
    kind varchar not null,
    factor_position integer not null,
    factor_date date not null,
    factor_return double not null
);

create table if not exists raw.portfolios (
    load_id bigint not null,
    portfolio_id varchar not null,
    spec varchar not null
);

create table if not exists raw.calendars (
    load_id bigint not null,
    subject_kind varchar not null,
    subject_id varchar not null,
    periods_per_year double not null,
    frequency varchar,
    has_weekends boolean,
    decided_periods_per_year double
);

create table if not exists operations.builds (
    invocation_id varchar not null,
    command varchar not null,
    selection varchar,
    error_count integer not null,
    finished_at timestamp not null
);

create table if not exists operations.landed_versions (
    model_name varchar not null,
    backtest_id varchar not null,
    input_version varchar not null,
    landed_at timestamp not null
);
"""


# What brings the tables of the version before to this one. Rows loaded before keep NULL in the
# new columns, which means what the older version did: UTC, days not counted, nothing repaired.
_MIGRATIONS = {
    2: (
        "alter table raw.files add column timezone varchar",
        "alter table raw.files add column day_count bigint",
        "alter table raw.files add column duplicate_row_count bigint",
        "alter table raw.files add column reordered_row_count bigint",
        "alter table raw.files add column file_stamp varchar",
        # The load says which backtest a row is of; its name in every row was a quarter of the time.
        "alter table raw.equity drop column backtest_id",
        "alter table raw.jobs add column starting_cash double",
        "alter table raw.calendars add column frequency varchar",
        "alter table raw.calendars add column has_weekends boolean",
        "alter table raw.calendars add column decided_periods_per_year double",
        # Version 1 had no retractions; it said so of refused files that were gone.
        "update raw.files set status = 'cleared' where status = 'retracted'",
    ),
}


def ensure_raw_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what is missing, bring older tables up to date, and refuse newer ones.

    Raises
    ------
    CurvehouseError
        When the database's raw schema is newer than this version of Curvehouse knows.
    """
    found = _found_version(connection)
    if found is not None and found > SCHEMA_VERSION:
        raise CurvehouseError(
            f"the warehouse's raw tables have version {found}, this Curvehouse knows up to "
            f"{SCHEMA_VERSION}: upgrade Curvehouse, or use another --home."
        )
    if found == SCHEMA_VERSION:
        return
    connection.execute("begin transaction")
    try:
        for version in range((found or SCHEMA_VERSION) + 1, SCHEMA_VERSION + 1):
            for statement in _MIGRATIONS[version]:
                connection.execute(statement)
        connection.execute(_TABLES)
        connection.execute(
            "insert into raw.schema_version values (?, (now() at time zone 'UTC'))",
            [SCHEMA_VERSION],
        )
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def are_raw_tables_older(connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether an older Curvehouse made the raw tables, so that columns may be missing."""
    found = _found_version(connection)
    return found is not None and found < SCHEMA_VERSION


def _found_version(connection: duckdb.DuckDBPyConnection) -> int | None:
    is_there = connection.execute(
        "select 1 from duckdb_tables() where database_name = current_database() "
        "and schema_name = 'raw' and table_name = 'schema_version'"
    ).fetchall()
    if not is_there:
        return None
    ((version,),) = connection.execute("select max(version) from raw.schema_version").fetchall()
    return None if version is None else int(version)
