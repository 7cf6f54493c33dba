"""Loading what other backtesters wrote, each file by the reader of its tool."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from curvehouse.home import Home
from curvehouse.ingest.arrivals import arrivals_of
from curvehouse.ingest.imported import refuse_swept
from curvehouse.ingest.landing import land
from curvehouse.ingest.report import IngestReport, shown_path
from curvehouse.ingest.result_options import Recognised, ResultOptions
from curvehouse.ingest.session import ingest_session
from curvehouse.ingest.settings import zone_option
from curvehouse.ingest.single import check_file, quarantine
from curvehouse.ingest.standings import Identity, Standings
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.tools.reader import ReadOptions, ToolReader
from curvehouse.readers.tools.recognition import checked_values, reader_of
from curvehouse.readers.tools.registry import find_reader
from curvehouse.readers.tools.result import ToolResult
from curvehouse.readers.tools.source import SourceFile

__all__ = ["ingest_results"]


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
        strategy; the files before it are loaded.
    """
    for path in paths:
        check_file(path)
    options.nameless.check()
    zone_option(options.timezone)
    if options.format_name is not None:
        checked_values(find_reader(options.format_name), options.values)
    report = IngestReport()
    with ingest_session(home, "curvehouse ingest results") as connection:
        refuse_swept(connection, options.run_id)
        for path in paths:
            report += _ingest_file(connection, path, options, announce)
    return report


def _ingest_file(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    options: ResultOptions,
    announce: Callable[[Recognised], None] | None,
) -> IngestReport:
    nameless = Identity("results", options.run_id, dataset=shown_path(path))
    try:
        source = SourceFile.open(path, max_bytes=options.max_bytes)
        reader = reader_of(source, options.format_name)
        result = _read(reader, source, options)
        zone = zone_option(options.timezone or result.timezone)
        arrivals = arrivals_of(reader, source, result, options, zone)
    except FaultyFileError as fault:
        standings = Standings(connection, nameless, restore=options.restore)
        return quarantine(connection, standings, nameless, path, fault)
    if announce is not None:
        announce(Recognised(path, reader.name, result))
    return land(connection, arrivals, zone=zone, restore=options.restore, nameless=nameless)


def _read(reader: ToolReader, source: SourceFile, options: ResultOptions) -> ToolResult:
    values = checked_values(reader, options.values)
    result = reader.read(source, ReadOptions(options.strategy, options.starting_cash, values))
    if not any(one.curve is not None or one.trades is not None for one in result.backtests):
        reason = "holds neither a curve nor trades; write it after a backtest that traded"
        raise source.fault(ReasonCode.NO_RESULT, reason)
    return result
