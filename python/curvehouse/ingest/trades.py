"""Loading the trades of one backtest that no sweep of Curvehouse ran."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from curvehouse.home import Home
from curvehouse.ingest.calendars import Subject, decide_calendars
from curvehouse.ingest.curves import NumberedFile
from curvehouse.ingest.imported import ImportedBacktest, refuse_swept
from curvehouse.ingest.jobs import append_jobs
from curvehouse.ingest.ledger import RowCounts
from curvehouse.ingest.report import IngestReport
from curvehouse.ingest.session import ingest_session
from curvehouse.ingest.settings import settings_text, zone_option
from curvehouse.ingest.single import check_file, load_single
from curvehouse.ingest.staged_trades import insert_parsed_trades
from curvehouse.readers.content import MAX_BYTES
from curvehouse.readers.probe import FileProbe, probe_file
from curvehouse.readers.trades import check_trade_columns, parsed_trades

__all__ = ["ingest_trades"]


def ingest_trades(
    home: Home,
    path: Path,
    backtest: ImportedBacktest,
    *,
    periods_per_year: float | None = None,
    timezone: str | None = None,
    restore: bool = False,
    max_bytes: int = MAX_BYTES,
) -> IngestReport:
    """Load the trades of one backtest from any backtester.

    Parameters
    ----------
    home : Home
        The warehouse.
    path : Path
        A file with one row per trade; see `curvehouse.readers.trades` for its columns.
    backtest : ImportedBacktest
        What the trades are of. Where no curve of it is loaded, its curve is made of them, from its
        starting cash.
    periods_per_year : float, optional
        Overrides what the symbol's bars say, for a backtest without a curve.
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
    with ingest_session(home, "curvehouse ingest trades") as connection, ExitStack() as stack:
        refuse_swept(connection, backtest.run_id)

        def read(probe: FileProbe) -> Callable[[int], RowCounts]:
            check_trade_columns(probe)
            parsed = stack.enter_context(parsed_trades(connection, [probe], zone=zone))
            for fault in parsed.faults.values():
                raise fault

            def append(load_id: int) -> RowCounts:
                file = NumberedFile(load_id, subject, probe)
                counts = insert_parsed_trades(connection, "raw.trades", parsed.table, [file])
                append_jobs(connection, backtest.run_id, [job], load_id)
                known = Subject(load_id, subject, job.symbol, periods_per_year, zone)
                decide_calendars(connection, "trades", [known])
                return RowCounts(counts.get(0, 0))

            return append

        return load_single(
            connection,
            path,
            backtest.identity("trades"),
            read,
            settings=settings_text(backtest.settings, zone=zone, periods_per_year=periods_per_year),
            zone=zone,
            backtest_id=subject,
            restore=restore,
            look=partial(probe_file, max_bytes=max_bytes),
        )
