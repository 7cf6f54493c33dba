"""The command ``ingest results``: files of other backtesters, by the reader of their tool."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curvehouse.cli.app import HomeOption, say, to_home
from curvehouse.cli.imported import CashOption, ParamsOption, RunOption, SeedOption, SymbolOption
from curvehouse.cli.ingest import (
    MaxBytesOption,
    PeriodsOption,
    RestoreOption,
    TimezoneOption,
    ingest_app,
    loading,
    print_report,
)
from curvehouse.cli.results_help import READER_VALUES, ResultsCommand
from curvehouse.readers.content import MAX_BYTES

if TYPE_CHECKING:
    from curvehouse.ingest import Recognised

__all__ = ["results"]


@ingest_app.command(cls=ResultsCommand)
def results(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="What the tool wrote.", metavar="PATH")],
    *,
    run_id: RunOption,
    format_name: Annotated[
        str | None,
        typer.Option("--format", help="Whose file it is, where that is not recognised."),
    ] = None,
    strategy: Annotated[
        str | None,
        typer.Option(help="The strategy's name, where the file has none; or which of several."),
    ] = None,
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
    """Load what another backtester wrote, as it is.

    The tool is recognised by the names in its file, or said with --format; some formats need to be
    told what their numbers mean, with options of their own. What is given here counts before what
    the file says. Run, strategy, parameters, symbol and seed together name a backtest: its curve
    and its trades may come in two files.

    \b
    Examples:
      curvehouse ingest results equity_curve.csv trades.csv --run-id mine \\
        --strategy sma --params fast=10 slow=20
    """
    from curvehouse.ingest import ResultOptions, ingest_results, parse_params

    options = ResultOptions(
        run_id=run_id,
        format_name=format_name,
        values=context.meta[READER_VALUES],
        strategy=strategy,
        params=parse_params(params or []),
        symbol=symbol,
        seed=seed,
        starting_cash=starting_cash,
        periods_per_year=periods_per_year,
        timezone=timezone,
        restore=restore,
        max_bytes=max_bytes,
    )
    recognised: list[Recognised] = []
    with loading() as announce:
        announce(f"loading {paths[0]}")
        report = ingest_results(to_home(home), paths, options, announce=recognised.append)
    for file in recognised:
        for line in file.lines():
            say(line)
    print_report(report)
