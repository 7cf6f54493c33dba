"""What a tool's result brings: a curve and trades of each backtest, under their names."""

from __future__ import annotations

from curvehouse.errors import UsageError
from curvehouse.ingest.imported import ImportedBacktest
from curvehouse.ingest.landing import Arrival
from curvehouse.ingest.result_options import ResultOptions
from curvehouse.ingest.settings import settings_text
from curvehouse.ingest.standings import Identity
from curvehouse.readers.faults import ReasonCode
from curvehouse.readers.frames import probe_rows
from curvehouse.readers.tools.reader import ToolReader
from curvehouse.readers.tools.result import ToolBacktest, ToolResult
from curvehouse.readers.tools.source import SourceFile

__all__ = ["arrivals_of"]


def arrivals_of(
    reader: ToolReader,
    source: SourceFile,
    result: ToolResult,
    options: ResultOptions,
    zone: str | None,
) -> list[Arrival]:
    """Return what is to land.

    Raises
    ------
    UsageError
        When a backtest has no strategy.
    FaultyFileError
        When two of them have the same names, or one has names that can't be.
    """
    arrivals: dict[Identity, Arrival] = {}
    for one in result.backtests:
        for arrival in _of_backtest(reader, source, one, options, zone):
            if arrival.identity in arrivals:
                reason = f"holds {one.label or 'a backtest'} a second time; keep one"
                raise source.fault(ReasonCode.SEVERAL_BACKTESTS, reason)
            arrivals[arrival.identity] = arrival
    return list(arrivals.values())


def _of_backtest(
    reader: ToolReader,
    source: SourceFile,
    one: ToolBacktest,
    options: ResultOptions,
    zone: str | None,
) -> list[Arrival]:
    backtest = _named(source, one, options)
    settings = settings_text(
        {"format": reader.name, **options.values, **backtest.settings},
        zone=zone,
        periods_per_year=options.periods_per_year,
    )
    return [
        Arrival(
            backtest,
            kind,
            source.path,
            probe_rows(
                rows,
                source.path,
                sha256=source.fingerprint_of(rows),
                byte_count=source.size_of(rows),
            ),
            label=one.label,
            settings=settings,
            periods_per_year=options.periods_per_year or one.periods_per_year,
        )
        for kind, rows in (("equity", one.curve), ("trades", one.trades))
        if rows is not None
    ]


def _named(source: SourceFile, one: ToolBacktest, options: ResultOptions) -> ImportedBacktest:
    strategy = one.strategy if options.strategy is None else options.strategy
    if strategy is None:
        raise UsageError(
            f"{source.path} doesn't say which strategy it is of: name one with --strategy."
        )
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
