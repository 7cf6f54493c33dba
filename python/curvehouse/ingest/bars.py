"""Loading prices into ``raw.bars``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from curvehouse.home import Home
from curvehouse.identity import check_text
from curvehouse.ingest.calendars import Subject, decide_calendars
from curvehouse.ingest.ledger import Identity, RowCounts
from curvehouse.ingest.report import IngestReport
from curvehouse.ingest.session import ingest_session
from curvehouse.ingest.single import check_file, load_single
from curvehouse.readers.bars import read_probed_bars
from curvehouse.readers.content import MAX_BYTES
from curvehouse.readers.probe import FileProbe, file_stem, probe_file

__all__ = ["ingest_bars"]

_NEW_BARS = "curvehouse_new_bars"


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
    name = check_text("--symbol", symbol or file_stem(path))
    identity = Identity("bars", dataset=name)
    with ingest_session(home, "curvehouse ingest bars") as connection:

        def read(probe: FileProbe) -> Callable[[int], RowCounts]:
            bars = read_probed_bars(connection, probe, symbol=symbol).to_arrow_table()
            return lambda load_id: _append(connection, bars, load_id, periods_per_year)

        look = partial(probe_file, max_bytes=max_bytes)
        return load_single(connection, path, identity, read, restore=restore, look=look)


def _append(
    connection: duckdb.DuckDBPyConnection,
    bars: pa.Table,
    load_id: int,
    periods_per_year: float | None,
) -> RowCounts:
    connection.register(_NEW_BARS, bars)
    try:
        connection.execute(
            f"insert into raw.bars by name select ?::bigint as load_id, * from {_NEW_BARS}",
            [load_id],
        )
        symbols = connection.execute(
            f"select distinct symbol from {_NEW_BARS} order by symbol"
        ).fetchall()
    finally:
        connection.unregister(_NEW_BARS)
    subjects = [Subject(load_id, symbol, override=periods_per_year) for (symbol,) in symbols]
    decide_calendars(connection, "symbol", subjects)
    return RowCounts(int(bars.num_rows))
