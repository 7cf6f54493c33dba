"""The commands ``ingest …``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from curvehouse.cli.app import HomeOption, app, say, to_home
from curvehouse.readers.content import MAX_BYTES

if TYPE_CHECKING:
    from curvehouse.ingest import IngestReport

__all__ = [
    "MaxBytesOption",
    "PeriodsOption",
    "RestoreOption",
    "TimezoneOption",
    "ingest_app",
    "loading",
    "print_report",
]

_SHOWN_FILES = 20

ingest_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=(
        "Load files into the warehouse; unchanged files are skipped, faulty ones quarantined.\n\n"
        "A file is accepted whole or not at all. Prints how many were loaded, unchanged and "
        "quarantined, and ends with code 1 when any file stays out, also one that was quarantined "
        "before and is still faulty. What was retracted stays out too, until its content changes "
        "or --restore is given."
    ),
)
app.add_typer(ingest_app, name="ingest")

PeriodsOption = Annotated[
    float | None,
    typer.Option(
        "--periods-per-year",
        help="Rows per year, where the first year of rows would mislead.",
        min=1,
    ),
]

TimezoneOption = Annotated[
    str | None,
    typer.Option(
        "--timezone",
        help="IANA zone of times without an offset, and of the days; else UTC.",
        metavar="NAME",
    ),
]

RestoreOption = Annotated[
    bool, typer.Option("--restore", help="Load again what was retracted and did not change.")
]

MaxBytesOption = Annotated[
    int,
    typer.Option(
        "--max-bytes",
        help="Refuse larger files, by their size and by what they unpack to.",
        metavar="N",
        min=1,
    ),
]


@ingest_app.command()
def runs(
    paths: Annotated[
        list[Path], typer.Argument(help="Run folders, or folders of run folders.", metavar="PATH")
    ],
    *,
    periods_per_year: PeriodsOption = None,
    timezone: TimezoneOption = None,
    rehash: Annotated[
        bool,
        typer.Option("--rehash", help="Read every file, also where nothing says that it changed."),
    ] = False,
    restore: RestoreOption = False,
    max_bytes: MaxBytesOption = MAX_BYTES,
    home: HomeOption = None,
) -> None:
    """Load what sweeps wrote: manifest, jobs, curves and trades.

    Each run folder is loaded in one transaction. A folder of an unfinished sweep is refused, the
    others load. A file whose size, inode and times of change are those that it was loaded with is
    not read again; --rehash reads it all the same.

    Times without an offset, and days, are of --timezone, else of the manifest's "timezone", else
    UTC. Times can be ISO, YYYYMMDD, or seconds, milli-, micro- or nanoseconds since 1970 (10, 13,
    16 or 19 digits), which are UTC. A local time that comes twice as clocks go back is the first
    of the two, and where a curve has it twice, both.

    \b
    Examples:
      curvehouse ingest runs results/my_sweep
      curvehouse ingest runs results
    """
    from curvehouse.ingest import ingest_runs

    with loading() as announce:
        report = ingest_runs(
            to_home(home),
            paths,
            periods_per_year=periods_per_year,
            timezone=timezone,
            rehash=rehash,
            restore=restore,
            max_bytes=max_bytes,
            announce=announce,
        )
    print_report(report)


@ingest_app.command()
def bars(
    file: Annotated[Path, typer.Argument(help="CSV, CSV.gz or Parquet.", metavar="FILE")],
    *,
    symbol: Annotated[
        str | None, typer.Option(help="The symbol, where the file does not name it.")
    ] = None,
    periods_per_year: PeriodsOption = None,
    timezone: TimezoneOption = None,
    restore: RestoreOption = False,
    max_bytes: MaxBytesOption = MAX_BYTES,
    home: HomeOption = None,
) -> None:
    """Load prices of one or more symbols.

    The columns are found by their names, upper or lower case: a timestamp (date, datetime,
    timestamp, time, ts, open_time, or date and time in two columns), close, and where given open,
    high, low, volume (vol), symbol (ticker, instrument, code). Files of Yahoo, Stooq, Alpha
    Vantage, Binance, Tiingo and Polygon (t, o, h, l, c, v) are read as they are. Without a symbol
    column the symbol is --symbol, else the file's name. A file without a close column holds one
    column of closes per symbol. "Adj Close" is ignored: prices to use go into close. Dates run
    year first, and numbers have no $ sign and no thousands separators.

    \b
    Examples:
      curvehouse ingest bars prices/SPY.csv
      curvehouse ingest bars closes.csv.gz
    """
    from curvehouse.ingest import ingest_bars

    with loading() as announce:
        announce(f"loading {file}")
        report = ingest_bars(
            to_home(home),
            file,
            symbol,
            periods_per_year=periods_per_year,
            timezone=timezone,
            restore=restore,
            max_bytes=max_bytes,
        )
    print_report(report)


@ingest_app.command()
def factors(
    file: Annotated[Path, typer.Argument(help="CSV, CSV.gz or Parquet.", metavar="FILE")],
    *,
    factor_set: Annotated[
        str | None, typer.Option(help="Name of the set, else the file's name.", metavar="NAME")
    ] = None,
    total_return: Annotated[
        list[str] | None,
        typer.Option(help="A factor that is a total return; may be repeated.", metavar="NAME"),
    ] = None,
    percent: Annotated[bool, typer.Option("--percent", help="The file is in per cent.")] = False,
    restore: RestoreOption = False,
    max_bytes: MaxBytesOption = MAX_BYTES,
    home: HomeOption = None,
) -> None:
    """Load daily factor returns.

    Long files have the columns date, factor and value, wide ones date and a column per factor;
    dates are YYYY-MM-DD or YYYYMMDD. Returns are decimal fractions unless --percent is given.

    A daily CSV of Kenneth French's library loads as downloaded: known by the sentence in its first
    line and the empty first cell of its header, it is in per cent without --percent, -99.99 and
    -999 are missing returns, and its first table is read.

    A factor named rf is the risk-free rate. The others are excess returns; name those that are
    total returns with --total-return, and rf is subtracted from them.

    \b
    Examples:
      curvehouse ingest factors F-F_Research_Data_Factors_daily.CSV \\
        --factor-set french
      curvehouse ingest factors carhart.csv --percent
      curvehouse ingest factors factors.csv --total-return market
    """
    from curvehouse.ingest import ingest_factors

    with loading() as announce:
        announce(f"loading {file}")
        report = ingest_factors(
            to_home(home),
            file,
            factor_set=factor_set,
            total_return=total_return or (),
            is_percent=percent,
            restore=restore,
            max_bytes=max_bytes,
        )
    print_report(report)


@ingest_app.command()
def portfolios(
    files: Annotated[list[Path], typer.Argument(help="JSON, one portfolio each.", metavar="FILE")],
    *,
    restore: RestoreOption = False,
    home: HomeOption = None,
) -> None:
    """Load specs of portfolios of strategies, to be sized and held by the next build.

    Members are named by backtest_id, by the equity_path of a landed curve (from the spec's folder,
    this one, or the results), or chosen by a rule at each rebalance. A spec that names what has
    not landed, or that can never hold, is refused with the field and the reason; the others load.
    docs/portfolios.md says what a spec holds.

    \b
    Examples:
      curvehouse ingest portfolios portfolios/trend.json
      curvehouse ingest portfolios portfolios/*.json
    """
    from curvehouse.ingest import ingest_portfolios

    with loading():
        report = ingest_portfolios(to_home(home), files, restore=restore)
    print_report(report)


@contextmanager
def loading() -> Iterator[Callable[[str], None]]:
    """Yield what shows a line of progress on a terminal, and nowhere else."""
    from rich.console import Console
    from rich.markup import escape

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status("") as status:
        yield lambda message: status.update(escape(message))


def print_report(report: IngestReport) -> None:
    """Print what an ingest did, and end with code 1 where a file stays out."""
    for file in report.quarantined_files[:_SHOWN_FILES]:
        say(str(file))
    if report.quarantined > _SHOWN_FILES:
        say(f"and {report.quarantined - _SHOWN_FILES} more")
    for reason in report.refused:
        say(f"curvehouse: {reason}")
    if report.repairs:
        say(f"put right: {report.repairs}")
    counts = (
        f"loaded {report.loaded}, unchanged {report.unchanged}, quarantined {report.quarantined}"
    )
    if report.retracted:
        files = "1 file was" if report.retracted == 1 else f"{report.retracted} files were"
        say(f"{files} retracted before: --restore loads what was retracted again")
        counts += f", retracted {report.retracted}"
    typer.echo(counts)
    if not report.is_clean:
        raise typer.Exit(1)
