"""The ledger's own view of what is in force and in quarantine is that of the tables."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PROJECT_DIR
from curvehouse.ingest.standings import Identity, standings_sql
from curvehouse.raw import ensure_raw_tables

IDENTITIES = [
    Identity("equity", "r", "s", "a"),
    Identity("trades", "r", "s", "a"),
    Identity("jobs", "r"),
    Identity("jobs", "r", dataset="line 2"),
    Identity("manifest", dataset="/r"),
    Identity("bars", dataset="x"),
]
STATUSES = ["loaded", "retracted", "quarantined", "cleared", "moved"]
LEDGERS = st.lists(st.tuples(st.sampled_from(IDENTITIES), st.sampled_from(STATUSES)), max_size=30)
ACTIVE = "select active_load_id from ({}) where active_load_id is not null"
QUARANTINED = "select latest_load_id from ({}) where status = 'quarantined'"


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    ensure_raw_tables(connection)
    return connection


def load_ids(connection: duckdb.DuckDBPyConnection, sql: str) -> set[int]:
    return {load_id for (load_id,) in connection.execute(sql).fetchall()}


def model_sql(name: str) -> str:
    path = PROJECT_DIR / "models" / "intermediate" / "operations" / f"{name}.sql"
    files = "(select kind as file_kind, * from raw.files)"
    text = path.read_text().replace("{{ ref('stg_files') }}", files)
    return (
        f"select load_id from ({text.replace('select * from final', 'select load_id from final')})"
    )


@given(ledger=LEDGERS)
def test_ledger_and_models_agree(
    connection: duckdb.DuckDBPyConnection, ledger: list[tuple[Identity, str]]
) -> None:
    connection.execute("delete from raw.files")
    for load_id, (identity, status) in enumerate(ledger, start=1):
        connection.execute(
            "insert into raw.files (load_id, kind, run_id, strategy, param_hash, dataset, "
            "file_path, status, loaded_at) values (?, ?, ?, ?, ?, ?, '', ?, now()::timestamp)",
            [load_id, *identity, status],
        )
    standings = standings_sql()
    for query, model in (
        (ACTIVE, "int_files_active"),
        (QUARANTINED, "int_files_quarantined"),
    ):
        assert load_ids(connection, query.format(standings)) == load_ids(
            connection, model_sql(model)
        )
