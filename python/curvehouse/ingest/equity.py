"""Loading one curve that no sweep of Curvehouse wrote."""

from __future__ import annotations

from pathlib import Path

from curvehouse.home import Home
from curvehouse.ingest.imported import ImportedBacktest, refuse_swept
from curvehouse.ingest.landing import Arrival, land, look_at
from curvehouse.ingest.report import IngestReport
from curvehouse.ingest.session import ingest_session
from curvehouse.ingest.settings import settings_text, zone_option
from curvehouse.ingest.single import check_file
from curvehouse.readers.content import MAX_BYTES

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
    columns_given = {"equity_column": equity_column, "ts_column": ts_column}
    settings = settings_text(
        {**columns_given, **backtest.settings}, zone=zone, periods_per_year=periods_per_year
    )
    with ingest_session(home, "curvehouse ingest equity") as connection:
        refuse_swept(connection, backtest.run_id)
        arrival = Arrival(
            backtest,
            "equity",
            path,
            look_at(path, max_bytes),
            settings=settings,
            column_names=(ts_column, equity_column),
            periods_per_year=periods_per_year,
        )
        return land(connection, [arrival], zone=zone, restore=restore)
