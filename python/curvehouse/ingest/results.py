"""Loading what other backtesters wrote, each file by the reader of its tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from curvehouse.errors import UsageError
from curvehouse.home import Home
from curvehouse.identity import ParameterValue
from curvehouse.ingest.imported import ImportedBacktest, refuse_swept
from curvehouse.ingest.landing import Arrival, land
from curvehouse.ingest.report import IngestReport, shown_path
from curvehouse.ingest.session import ingest_session
from curvehouse.ingest.settings import settings_text, zone_option
from curvehouse.ingest.single import check_file, quarantine
from curvehouse.ingest.standings import Identity, Standings
from curvehouse.readers.content import MAX_BYTES
from curvehouse.readers.faults import FaultyFileError, ReasonCode
from curvehouse.readers.frames import probe_rows
from curvehouse.readers.tools.reader import ReadOptions, ToolReader
from curvehouse.readers.tools.recognition import checked_values, reader_of
from curvehouse.readers.tools.registry import find_reader
from curvehouse.readers.tools.result import ToolBacktest, ToolResult
from curvehouse.readers.tools.source import SourceFile

__all__ = ["Recognised", "ResultOptions", "ingest_results"]


@dataclass(frozen=True)
class ResultOptions:
    """What the user says of all files of a command; it counts before what a file says.

    Attributes
    ----------
    run_id : str
        The run that the backtests belong to.
    format_name : str or None
        The reader, else the one that recognises the file.
    values : mapping of str to str
        Options of the reader.
    strategy, params, symbol, seed, starting_cash : optional
        See `ImportedBacktest`.
    periods_per_year : float or None
        Overrides what files and curves say.
    timezone : str or None
        IANA name of the zone of times without an offset and of the days.
    restore : bool
        Load also what was retracted and did not change.
    max_bytes : int
        How large each file may be, on disk and unpacked.
    """

    run_id: str
    format_name: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    strategy: str | None = None
    params: Mapping[str, ParameterValue] = field(default_factory=dict)
    symbol: str | None = None
    seed: int | None = None
    starting_cash: float | None = None
    periods_per_year: float | None = None
    timezone: str | None = None
    restore: bool = False
    max_bytes: int = MAX_BYTES

    @property
    def nameless(self) -> ImportedBacktest:
        """What stands for a backtest before a file has said its own names."""
        return ImportedBacktest(
            self.run_id,
            "unnamed" if self.strategy is None else self.strategy,
            self.params,
            self.symbol,
            self.seed,
            self.starting_cash,
        )


@dataclass(frozen=True)
class Recognised:
    """A file that a reader understood, for people."""

    path: Path
    format_name: str
    result: ToolResult

    def lines(self) -> list[str]:
        """Return what was understood: the file, then a line for each note."""
        found = self.result.backtests
        curves = sum(one.curve is not None for one in found)
        traded = [one.trades.num_rows for one in found if one.trades is not None]
        parts = [f"{self.path}: {self.format_name}"]
        parts += [_number(curves, "curve")] if curves else []
        parts += [_number(sum(traded), "trade")] if traded else []
        parts += [f"in {self.result.currency}"] if self.result.currency else []
        lines = [", ".join(parts), *(f"  {note}" for note in self.result.notes)]
        if len(found) == 1 and found[0].figures:
            figures = (f"{name} {value:.6f}" for name, value in found[0].figures.items())
            lines.append(f"  the tool's own figures: {', '.join(figures)}")
        return lines


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


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


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
        arrivals = _arrivals(reader, source, result, options, zone)
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


def _arrivals(
    reader: ToolReader,
    source: SourceFile,
    result: ToolResult,
    options: ResultOptions,
    zone: str | None,
) -> list[Arrival]:
    arrivals: dict[Identity, Arrival] = {}
    for one in result.backtests:
        backtest = _named(source, one, options)
        settings = settings_text(
            {"format": reader.name, **options.values, **backtest.settings},
            zone=zone,
            periods_per_year=options.periods_per_year,
        )
        for kind, rows in (("equity", one.curve), ("trades", one.trades)):
            if rows is None:
                continue
            probe = probe_rows(rows, source.path, sha256=source.sha256, byte_count=len(source.data))
            arrival = Arrival(
                backtest,
                kind,
                source.path,
                probe,
                label=one.label,
                settings=settings,
                periods_per_year=options.periods_per_year or one.periods_per_year,
            )
            if arrival.identity in arrivals:
                reason = f"holds {one.label or 'a backtest'} a second time; keep one"
                raise source.fault(ReasonCode.SEVERAL_BACKTESTS, reason)
            arrivals[arrival.identity] = arrival
    return list(arrivals.values())


def _named(source: SourceFile, one: ToolBacktest, options: ResultOptions) -> ImportedBacktest:
    strategy = one.strategy if options.strategy is None else options.strategy
    if strategy is None:
        raise UsageError(f"{source.path} doesn't say which strategy it is of: give --strategy.")
    cash = one.starting_cash if options.starting_cash is None else options.starting_cash
    backtest = ImportedBacktest(
        options.run_id,
        strategy,
        {**one.params, **options.params},
        one.symbol if options.symbol is None else options.symbol,
        one.seed if options.seed is None else options.seed,
        cash,
    )
    try:
        backtest.check()
        backtest.as_job()
    except UsageError as error:
        reason = f"can't be named ({str(error).rstrip('.')}); name it on the command line"
        raise source.fault(ReasonCode.MISSING_VALUE, reason) from error
    return backtest
