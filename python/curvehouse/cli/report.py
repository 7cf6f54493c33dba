"""The command ``report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from curvehouse.cli.app import HomeOption, app, say, to_home

__all__ = ["report"]


@app.command()
def report(
    *,
    out: Annotated[
        Path,
        typer.Option("--out", metavar="DIR", help="Folder of the site.", show_default=False),
    ],
    backtest: Annotated[
        list[str] | None,
        typer.Option(
            "--backtest",
            metavar="ID",
            help="Make a tear sheet of this backtest; may be repeated.",
            show_default=False,
        ),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(
            "--top",
            metavar="N",
            min=0,
            help="And of the N best by Sharpe ratio. 20 where no --backtest is given.",
            show_default=False,
        ),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Write a static site to look at, and print the path of its first page.

    It has a leaderboard, a page for each run and each portfolio, tear
    sheets of the chosen backtests, and what losing trades have in common.
    It opens from disk, with no network, and every chart says by which SQL
    it was made.

    A report that is in DIR already is replaced as a whole; a folder with
    anything else in it is left alone.

    \b
    Examples:
      curvehouse report --out report
      curvehouse report --out report --top 50
      curvehouse report --out report --backtest 17a0e19be2fd8830 --top 0
    """
    from curvehouse.report import write_report

    written = write_report(to_home(home), out, backtests=backtest or (), top=top, progress=say)
    typer.echo(written)
