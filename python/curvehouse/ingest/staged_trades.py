"""Loading the trades of a run into ``raw.trades``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb

from curvehouse.ingest.ledger import RowCounts
from curvehouse.ingest.numbered import Loads, NumberedFile
from curvehouse.readers.faults import FaultyFileError
from curvehouse.readers.trades import TRADE_COLUMNS, check_trade_columns, parsed_trades

__all__ = ["insert_parsed_trades", "insert_staged_trades", "staged_trades"]

_STAGED = "curvehouse_staged_trades"
_COLUMNS = ", ".join(("line_number", *TRADE_COLUMNS))


@contextmanager
def staged_trades(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[NumberedFile],
    *,
    zone: str | None = None,
) -> Iterator[Loads]:
    """Read trades into a temporary table and judge them, before the batch's transaction begins."""
    connection.execute(
        f"create or replace temp table {_STAGED} as select * from raw.trades limit 0"
    )
    loads = Loads()
    groups: dict[tuple[str, ...], list[NumberedFile]] = {}
    for file in files:
        try:
            check_trade_columns(file.probe)
            groups.setdefault(file.probe.header, []).append(file)
        except FaultyFileError as fault:
            loads.faults[file.load_id] = fault
    try:
        for group in groups.values():
            _stage(connection, group, loads, zone)
        yield loads
    finally:
        connection.execute(f"drop table if exists {_STAGED}")


def insert_staged_trades(connection: duckdb.DuckDBPyConnection) -> None:
    """Append the staged trades to ``raw.trades``, inside the caller's transaction."""
    connection.execute(
        f"insert into raw.trades by name select * from {_STAGED} order by load_id, line_number"
    )


def insert_parsed_trades(
    connection: duckdb.DuckDBPyConnection, target: str, table: str, files: Sequence[NumberedFile]
) -> dict[int, int]:
    """Append parsed trades, whose file numbers are positions in ``files``; return their counts."""
    connection.execute(
        f"""
        insert into {target} by name
        select files.load_id, files.backtest_id, {_COLUMNS}
        from {table} as parsed
        inner join (
            select
                unnest(range(?))::integer as file_number,
                unnest(?::bigint[]) as load_id,
                unnest(?::varchar[]) as backtest_id
        ) as files on parsed.file_number = files.file_number
        """,
        [
            len(files),
            [file.load_id for file in files],
            [file.backtest_id for file in files],
        ],
    )
    return dict(
        connection.execute(
            f"select file_number, count(*) from {table} group by file_number"
        ).fetchall()
    )


def _stage(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[NumberedFile],
    loads: Loads,
    zone: str | None,
) -> None:
    with parsed_trades(connection, [file.probe for file in files], zone=zone) as parsed:
        counts = insert_parsed_trades(connection, _STAGED, parsed.table, files)
    for number, file in enumerate(files):
        if number in parsed.faults:
            loads.faults[file.load_id] = parsed.faults[number]
        else:
            loads.row_counts[file.load_id] = RowCounts(counts.get(number, 0))
