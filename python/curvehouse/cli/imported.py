"""The commands ``ingest equity`` and ``ingest trades``: single files of other backtesters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curvehouse.cli.app import HomeOption, to_home
from curvehouse.cli.ingest import (
    MaxBytesOption,
    PeriodsOption,
    RestoreOption,
    TimezoneOption,
    ingest_app,
    loading,
    print_report,
)
from curvehouse.readers.content import MAX_BYTES

if TYPE_CHECKING:
    from curvehouse.ingest import ImportedBacktest

__all__ = [
    "CashOption",
    "ParamsOption",
    "RunOption",
    "SeedOption",
    "SymbolOption",
    "equity",
    "trades",
]

FileArgument = Annotated[Path, typer.Argument(help="CSV, CSV.gz or Parquet.", metavar="FILE")]
RunOption = Annotated[str, typer.Option(help="The run that the backtest belongs to.")]
StrategyOption = Annotated[str, typer.Option(help="The strategy's name.")]
ParamsOption = Annotated[
    list[str] | None,
    typer.Option(help="Parameters of the strategy.", metavar="KEY=VALUE…"),
]
SymbolOption = Annotated[str | None, typer.Option(help="The symbol that was traded.")]
SeedOption = Annotated[int | None, typer.Option(help="The seed, where one applies.")]
CashOption = Annotated[
    float | None,
    typer.Option(help="What the account held before the first row.", min=0.01),
]


@ingest_app.command(context_settings={"allow_extra_args": True})
def equity(
    context: typer.Context,
    file: FileArgument,
    *,
    run_id: RunOption,
    strategy: StrategyOption,
    params: ParamsOption = None,
    symbol: SymbolOption = None,
    seed: SeedOption = None,
    ts_column: Annotated[
        str | None, typer.Option(help="Name of the timestamp column, where it is unusual.")
    ] = None,
    equity_column: Annotated[
        str | None, typer.Option(help="Name of the equity column, where it is unusual.")
    ] = None,
    starting_cash: CashOption = None,
    periods_per_year: PeriodsOption = None,
    timezone: TimezoneOption = None,
    restore: RestoreOption = False,
    max_bytes: MaxBytesOption = MAX_BYTES,
    home: HomeOption = None,
) -> None:
    """Load one equity curve from any backtester.

    Run, strategy, parameters, symbol and seed together name the backtest: a changed file under the
    same names supersedes the curve. A value in --params is true, false, null, an integer or a
    decimal number where it looks like one, else text; text in double quotes is always text.

    The first day's return is measured from --starting-cash, else from the first equity.

    \b
    Examples:
      curvehouse ingest equity spy.csv --run-id mine --strategy trend \\
        --params fast=5 slow=20
      curvehouse ingest equity nav.csv --run-id mine --strategy fund \\
        --equity-column NAV_USD
    """
    from curvehouse.ingest import ingest_equity

    pairs = [*(params or []), *context.args]
    backtest = _named(
        run_id, strategy, pairs, symbol=symbol, seed=seed, starting_cash=starting_cash
    )
    with loading() as announce:
        announce(f"loading {file}")
        report = ingest_equity(
            to_home(home),
            file,
            backtest,
            ts_column=ts_column,
            equity_column=equity_column,
            periods_per_year=periods_per_year,
            timezone=timezone,
            restore=restore,
            max_bytes=max_bytes,
        )
    print_report(report)


@ingest_app.command(context_settings={"allow_extra_args": True})
def trades(
    context: typer.Context,
    file: FileArgument,
    *,
    run_id: RunOption,
    strategy: StrategyOption,
    params: ParamsOption = None,
    symbol: SymbolOption = None,
    seed: SeedOption = None,
    starting_cash: CashOption = None,
    periods_per_year: PeriodsOption = None,
    timezone: TimezoneOption = None,
    restore: RestoreOption = False,
    max_bytes: MaxBytesOption = MAX_BYTES,
    home: HomeOption = None,
) -> None:
    """Load the trades of one backtest from any backtester.

    One row per trade: side (long or short; buy or sell; 1 or -1), entry_at, exit_at, quantity,
    entry_price, exit_price, pnl (net of fees), and where given trade_id, symbol and fees. An open
    trade has no exit. Names of other tools are understood too: entry or open, exit or close with
    time, date, datetime, timestamp or price; direction; qty, size, amount, shares, contracts or
    units; profit, net_profit, net_pnl or realized_pnl; fee or commission; ticker, instrument, asset
    or pair. Without a side, the sign of a size is the side.

    The names are those of `ingest equity`: trades and a curve under the same names belong to one
    backtest. Trades without a curve get one: --starting-cash plus what they earned, marked to the
    symbol's bars while they are open.

    \b
    Examples:
      curvehouse ingest trades trades.csv --run-id mine --strategy trend \\
        --params fast=5 slow=20 --symbol SPY
      curvehouse ingest trades fills.csv --run-id live --strategy swing \\
        --starting-cash 25000
    """
    from curvehouse.ingest import ingest_trades

    pairs = [*(params or []), *context.args]
    backtest = _named(
        run_id, strategy, pairs, symbol=symbol, seed=seed, starting_cash=starting_cash
    )
    with loading() as announce:
        announce(f"loading {file}")
        report = ingest_trades(
            to_home(home),
            file,
            backtest,
            periods_per_year=periods_per_year,
            timezone=timezone,
            restore=restore,
            max_bytes=max_bytes,
        )
    print_report(report)


def _named(
    run_id: str,
    strategy: str,
    pairs: list[str],
    *,
    symbol: str | None,
    seed: int | None,
    starting_cash: float | None,
) -> ImportedBacktest:
    from curvehouse.ingest import ImportedBacktest, parse_params

    return ImportedBacktest(run_id, strategy, parse_params(pairs), symbol, seed, starting_cash)
