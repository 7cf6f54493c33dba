"""Loading one curve that no sweep of Curvehouse wrote."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import duckdb

from curvehouse.home import Home
from curvehouse.ingest.calendars import Subject, decide_calendars
from curvehouse.ingest.curves import NumberedFile, insert_parsed
from curvehouse.ingest.imported import ImportedBacktest, refuse_swept
from curvehouse.ingest.jobs import append_jobs
from curvehouse.ingest.ledger import RowCounts
from curvehouse.ingest.report import IngestReport
from curvehouse.ingest.session import ingest_session
from curvehouse.ingest.single import check_file, load_single
from curvehouse.readers.content import MAX_BYTES
from curvehouse.readers.curves import curve_columns, parsed_curves
from curvehouse.readers.probe import FileProbe, probe_file

__all__ = ["ingest_equity"]


def ingest_equity(
    home: Home,
    path: Path,
    backtest: ImportedBacktest,
    *,
    ts_column: str | None = None,
    equity_column: str | None = None,
    periods_per_year: float | None = None,
    restore: bool = False,
    max_bytes: int = MAX_BYTES,
) -> IngestReport:
    """Load one curve from any backtester.

    Parameters
    ----------
    home : Home
        The warehouse.
    path : Path
        A file with a timestamp and an equity column.
    backtest : ImportedBacktest
        What the curve is of.
    ts_column, equity_column : str, optional
        Names of the columns, where they are not usual ones.
    periods_per_year : float, optional
        Overrides what the curve says.
    restore : bool
        Load the file also where just this content was retracted.
    max_bytes : int
        How large the file may be, on disk and unpacked.
    """
    check_file(path)
    backtest.check()
    job, subject = backtest.as_job(), backtest.backtest_id
    settings = json.dumps(
        {"equity_column": equity_column, "ts_column": ts_column, **backtest.settings}
    )
    with ingest_session(home, "curvehouse ingest equity") as connection, ExitStack() as stack:
        refuse_swept(connection, backtest.run_id)

        def read(probe: FileProbe) -> Callable[[int], RowCounts]:
            columns = curve_columns(probe, ts_column=ts_column, equity_column=equity_column)
            parsed = stack.enter_context(parsed_curves(connection, [probe], columns))
            for fault in parsed.faults.values():
                raise fault

            def append(load_id: int) -> RowCounts:
                file = NumberedFile(load_id, subject, probe)
                insert_parsed(connection, parsed.table, [file])
                append_jobs(connection, backtest.run_id, [job], load_id)
                subjects = [Subject(load_id, subject, job.symbol, periods_per_year)]
                decide_calendars(connection, "backtest", subjects)
                return RowCounts(_row_count(connection, load_id))

            return append

        return load_single(
            connection,
            path,
            backtest.identity("equity"),
            read,
            settings=settings,
            backtest_id=subject,
            restore=restore,
            look=partial(probe_file, max_bytes=max_bytes),
        )


def _row_count(connection: duckdb.DuckDBPyConnection, load_id: int) -> int:
    ((count,),) = connection.execute(
        "select count(*) from raw.equity where load_id = ?", [load_id]
    ).fetchall()
    return int(count)
