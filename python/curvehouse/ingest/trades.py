"""Loading the trades of one backtest that no sweep of Curvehouse ran."""

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
    settings = settings_text(backtest.settings, zone=zone, periods_per_year=periods_per_year)
    with ingest_session(home, "curvehouse ingest trades") as connection:
        refuse_swept(connection, backtest.run_id)
        arrival = Arrival(
            backtest,
            "trades",
            path,
            look_at(path, max_bytes),
            settings=settings,
            periods_per_year=periods_per_year,
        )
        return land(connection, [arrival], zone=zone, restore=restore)
