"""The command ``query``."""

from __future__ import annotations

import shutil
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curvehouse.cli.app import HomeOption, app, say, to_home

if TYPE_CHECKING:
    from curvehouse.query import QueryResult

__all__ = ["query"]

_COUNTED_ROWS = 1_000_000


class Format(StrEnum):
    """How the rows are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One reading statement; - reads it from stdin.")],
    output: Annotated[
        Format, typer.Option("--format", help="csv and json print every row and every digit.")
    ] = Format.TABLE,
    limit: Annotated[
        int, typer.Option(help="Rows that a table shows; 0 shows all.", min=0, metavar="N")
    ] = 40,
    timeout: Annotated[
        float,
        typer.Option(
            help="Seconds that DuckDB may work; 0 sets no limit.", min=0, metavar="SECONDS"
        ),
    ] = 300,
    home: HomeOption = None,
) -> None:
    """Run one SQL statement on the published tables and print its rows.

    The statement reads the published file and nothing else: it can't write, and no other file is
    within its reach. It sees one publication, also when another is made meanwhile.

    \b
    Examples:
      curvehouse query "show tables"
      curvehouse query "from dim_backtests where symbol = 'SP500'" --limit 10
      curvehouse query "from leaderboard('sharpe_ratio', 5)"
      curvehouse query "from fct_equity_daily" --format csv > equity.csv
    """
    from curvehouse.query import run_query
    from curvehouse.query.formats import write_csv, write_json

    text = sys.stdin.read() if sql == "-" else sql
    with run_query(to_home(home), text, timeout=timeout or None) as result:
        if output is Format.CSV:
            write_csv(result, sys.stdout)
        elif output is Format.JSON:
            write_json(result, sys.stdout)
        else:
            _print_table(result, limit)
        sys.stdout.flush()


def _print_table(result: QueryResult, limit: int) -> None:
    from curvehouse.query.formats import table_lines

    rows, total = _taken(result, limit)
    for line in table_lines(result, rows, shutil.get_terminal_size().columns):
        typer.echo(line)
    sys.stdout.flush()
    if not total:
        say("no rows")
    if len(rows) < total:
        more = "more than " if total >= _COUNTED_ROWS else ""
        say(f"{len(rows):,} of {more}{total:,} rows; --limit 0 shows all")


def _taken(result: QueryResult, limit: int) -> tuple[list[tuple[Any, ...]], int]:
    """Return the rows to show, and how many there are, counted up to a bound."""
    rows: list[tuple[Any, ...]] = []
    total = 0
    for batch in result.batches:
        room = limit - len(rows) if limit else len(batch)
        rows += batch[:room]
        total += len(batch)
        if limit and total >= _COUNTED_ROWS:
            break
    return rows, total
