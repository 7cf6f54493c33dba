"""Loading one curve that no sweep of Curvehouse wrote."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from curvehouse.home import Home
from curvehouse.ingest.calendars import Subject, decide_calendars
from curvehouse.ingest.curves import NumberedFile, insert_parsed
from curvehouse.ingest.imported import ImportedBacktest, refuse_swept
from curvehouse.ingest.jobs import append_jobs
from curvehouse.ingest.ledger import RowCounts
from curvehouse.ingest.report import IngestReport
from curvehouse.ingest.session import ingest_session
from curvehouse.ingest.settings import settings_text, zone_option
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
    timezone: str | None = None,
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
    timezone : str, optional
        IANA name of the zone of times without an offset and of the days, else UTC.
    restore : bool
        Load the file also where just this content was retracted.
    max_bytes : int
        How large the file may be, on disk and unpacked.
    """
    check_file(path)
    backtest.check()
    zone = zone_option(timezone)
    job, subject = backtest.as_job(), backtest.backtest_id
    columns_given = {"equity_column": equity_column, "ts_column": ts_column}
    with ingest_session(home, "curvehouse ingest equity") as connection, ExitStack() as stack:
        refuse_swept(connection, backtest.run_id)

        def read(probe: FileProbe) -> Callable[[int], RowCounts]:
            columns = curve_columns(probe, ts_column=ts_column, equity_column=equity_column)
            parsed = stack.enter_context(parsed_curves(connection, [probe], columns, zone=zone))
            for fault in parsed.faults.values():
                raise fault

            def append(load_id: int) -> RowCounts:
                file = NumberedFile(load_id, subject, probe)
                insert_parsed(connection, parsed.table, [file])
                append_jobs(connection, backtest.run_id, [job], load_id)
                known = Subject(load_id, subject, job.symbol, periods_per_year, zone)
                decide_calendars(connection, "backtest", [known])
                return parsed.counts[0]

            return append

        return load_single(
            connection,
            path,
            backtest.identity("equity"),
            read,
            settings=settings_text(
                {**columns_given, **backtest.settings},
                zone=zone,
                periods_per_year=periods_per_year,
            ),
            zone=zone,
            backtest_id=subject,
            restore=restore,
            look=partial(probe_file, max_bytes=max_bytes),
        )
