"""Loading prices into ``raw.bars``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb

from curvehouse.home import Home
from curvehouse.ingest.calendars import Subject, decide_calendars
from curvehouse.ingest.ledger import Identity, RowCounts
from curvehouse.ingest.report import IngestReport
from curvehouse.ingest.session import ingest_session
from curvehouse.ingest.single import check_file, load_single
from curvehouse.readers.bars import probe_bars, read_probed_bars
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
    restore: bool = False,
    max_bytes: int = MAX_BYTES,
) -> IngestReport:
    """Load a file of prices; see `curvehouse.readers.bars.read_bars` for its layouts.

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
    restore : bool
        Load the file also where just this content was retracted.
    max_bytes : int
        How large the file may be, on disk and unpacked.
    """
    check_file(path)
    identity = Identity("bars", dataset=symbol or file_stem(path))
    with ingest_session(home, "curvehouse ingest bars") as connection:

        def read(probe: FileProbe) -> Callable[[int], RowCounts]:
            bars = read_probed_bars(connection, probe, symbol=symbol)
            return lambda load_id: _append(connection, bars, load_id, periods_per_year)

        look = partial(probe_bars, max_bytes=max_bytes)
        return load_single(connection, path, identity, read, restore=restore, look=look)


def _append(
    connection: duckdb.DuckDBPyConnection,
    bars: duckdb.DuckDBPyRelation,
    load_id: int,
    periods_per_year: float | None,
) -> RowCounts:
    # The columns are in the table's order; a relation inserts by position.
    bars.project(f"{load_id}::bigint as load_id, {_COLUMNS}").insert_into("raw.bars")
    symbols = bars.aggregate("symbol, count(*)").order("symbol").fetchall()
    subjects = [Subject(load_id, symbol, override=periods_per_year) for symbol, _ in symbols]
    decide_calendars(connection, "symbol", subjects)
    return RowCounts(sum(count for _, count in symbols))
