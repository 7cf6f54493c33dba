"""Loading prices into ``raw.bars``."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import duckdb

from curvehouse.home import Home
from curvehouse.identity import check_text
from curvehouse.ingest.calendars import Subject, decide_calendars
from curvehouse.ingest.ledger import Identity, RowCounts
from curvehouse.ingest.report import IngestReport
from curvehouse.ingest.session import ingest_session
from curvehouse.ingest.settings import settings_text, zone_option
from curvehouse.ingest.single import check_file, load_single
from curvehouse.readers.bars import parsed_bars, probe_bars
from curvehouse.readers.content import MAX_BYTES
from curvehouse.readers.probe import FileProbe, file_stem

__all__ = ["ingest_bars"]

_COLUMNS = "symbol, ts, open, high, low, close, volume"


def ingest_bars(
    home: Home,
    path: Path,
    symbol: str | None = None,
    *,
    periods_per_year: float | None = None,
    timezone: str | None = None,
    restore: bool = False,
    max_bytes: int = MAX_BYTES,
) -> IngestReport:
    """Load a file of prices; see `curvehouse.readers.bars.parsed_bars` for its layouts.

    Parameters
    ----------
    home : Home
        The warehouse.
    path : Path
        The file.
    symbol : str, optional
        The one symbol of a file that does not name it, and then the data set's name, else the
        file's stem is both.
    periods_per_year : float, optional
        Overrides what the days say, for every symbol of the file.
    timezone : str, optional
        IANA name of the zone of times without an offset and of the days, else UTC.
    restore : bool
        Load the file also where just this content was retracted.
    max_bytes : int
        How large the file may be, on disk and unpacked.
    """
    check_file(path)
    check_text("--symbol", symbol or "")
    zone = zone_option(timezone)
    identity = Identity("bars", dataset=symbol or file_stem(path))
    with ingest_session(home, "curvehouse ingest bars") as connection, ExitStack() as stack:

        def read(probe: FileProbe) -> Callable[[int], RowCounts]:
            bars = stack.enter_context(parsed_bars(connection, probe, symbol=symbol, zone=zone))

            def append(load_id: int) -> RowCounts:
                symbols = _append(connection, bars.table, load_id)
                subjects = [
                    Subject(load_id, name, override=periods_per_year, timezone=zone)
                    for name in symbols
                ]
                decide_calendars(connection, "symbol", subjects)
                return bars.counts

            return append

        return load_single(
            connection,
            path,
            identity,
            read,
            settings=settings_text({}, zone=zone, periods_per_year=periods_per_year),
            zone=zone,
            restore=restore,
            look=partial(probe_bars, max_bytes=max_bytes),
        )


def _append(connection: duckdb.DuckDBPyConnection, table: str, load_id: int) -> list[str]:
    """Append the bars and return their symbols."""
    connection.execute(
        f"insert into raw.bars by name select ? as load_id, {_COLUMNS} from {table} "
        "order by symbol, ts",
        [load_id],
    )
    symbols = connection.execute(f"select distinct symbol from {table} order by symbol").fetchall()
    return [symbol for (symbol,) in symbols]
