"""Loading what other backtesters wrote, each file by the reader of its tool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from curvehouse.errors import UsageError
from curvehouse.home import Home
from curvehouse.ingest.imported import refuse_swept
from curvehouse.ingest.landing import land
from curvehouse.ingest.prepared import Prepared, prepare
from curvehouse.ingest.report import IngestReport
from curvehouse.ingest.result_options import Recognised, ResultOptions
from curvehouse.ingest.session import ingest_session
from curvehouse.ingest.settings import zone_option
from curvehouse.ingest.single import check_file, quarantine
from curvehouse.ingest.standings import Standings
from curvehouse.readers.frames import FRAME_ROOT
from curvehouse.readers.tools.frame_source import FrameSource
from curvehouse.readers.tools.reader import ToolReader
from curvehouse.readers.tools.recognition import checked_values, reader_of, recognising
from curvehouse.readers.tools.registry import find_reader
from curvehouse.readers.tools.source import SourceFile

__all__ = ["ingest_frame", "ingest_results"]

_HELD = {"equity": "curves", "trades": "trades"}


def ingest_results(
    home: Home,
    paths: Sequence[Path],
    options: ResultOptions,
    *,
    announce: Callable[[Recognised], None] | None = None,
) -> IngestReport:
    """Load files of other backtesters, each in one transaction.

    Parameters
    ----------
    home : Home
        The warehouse.
    paths : sequence of Path
        The files.
    options : ResultOptions
        What the user says of them.
    announce : callable, optional
        Told what a reader understood, before it is loaded.

    Returns
    -------
    IngestReport
        A curve and the trades of a backtest count as one each.

    Raises
    ------
    UsageError
        When a file doesn't exist, a reader is unknown or lacks an option, or a backtest has no
        strategy; nothing is changed then.
    """
    for path in paths:
        check_file(path)
    _check(options)
    choose = partial(reader_of, format_name=options.format_name)
    prepared = [
        prepare(path, partial(SourceFile.open, path, max_bytes=options.max_bytes), choose, options)
        for path in paths
    ]
    report = IngestReport()
    with ingest_session(home, "curvehouse ingest results") as connection:
        refuse_swept(connection, options.run_id)
        for one in prepared:
            if announce is not None and one.recognised is not None:
                announce(one.recognised)
            report += _land(connection, one, options)
    return report


def ingest_frame(
    home: Home, frame: pa.Table, options: ResultOptions, *, usual: ToolReader, kind: str
) -> IngestReport:
    """Load a data frame, as if it were a file of a tool.

    Parameters
    ----------
    home : Home
        The warehouse.
    frame : pyarrow.Table
        As from `curvehouse.readers.tools.frame_source.table_of`.
    options : ResultOptions
        What the user says of it.
    usual : ToolReader
        Reads it where no tool is named and none recognised.
    kind : str
        ``equity`` or ``trades``, which it must hold.

    Raises
    ------
    UsageError
        When it holds the other, or what the options say can't be.
    """
    _check(options)
    path = Path(FRAME_ROOT, options.run_id, options.strategy or "")
    source = FrameSource.of(frame, path)

    def choose(source: SourceFile) -> ToolReader:
        is_said = options.format_name is not None or bool(recognising(source)[0])
        return reader_of(source, options.format_name) if is_said else usual

    prepared = prepare(path, lambda: source, choose, options)
    for arrival in prepared.arrivals:
        if arrival.kind != kind:
            held, wanted = _HELD[arrival.kind], _HELD[kind]
            raise UsageError(f"the frame holds {held} and no {wanted}: use add_{held}.")
    with ingest_session(home, "curvehouse.load") as connection:
        refuse_swept(connection, options.run_id)
        return _land(connection, prepared, options)


def _check(options: ResultOptions) -> None:
    """Raise `UsageError` where what the options say can't be, before anything is read."""
    options.nameless.check()
    options.nameless.as_job()
    zone_option(options.timezone)
    if options.format_name is not None:
        checked_values(find_reader(options.format_name), options.values)


def _land(
    connection: duckdb.DuckDBPyConnection, prepared: Prepared, options: ResultOptions
) -> IngestReport:
    if prepared.fault is None:
        return land(
            connection,
            prepared.arrivals,
            zone=prepared.zone,
            restore=options.restore,
            nameless=prepared.nameless,
        )
    standings = Standings(connection, prepared.nameless, restore=options.restore)
    return quarantine(connection, standings, prepared.nameless, prepared.path, prepared.fault)
