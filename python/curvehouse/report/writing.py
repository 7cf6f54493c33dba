"""Making all pages of the published file, and the folder that holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from curvehouse import __version__
from curvehouse.errors import ExportError, UsageError
from curvehouse.home import Home
from curvehouse.query import open_published
from curvehouse.report.answers import Answer, ask
from curvehouse.report.file_names import page_name
from curvehouse.report.page import Page
from curvehouse.report.pages.failures import failures_page
from curvehouse.report.pages.leaderboard import leaderboard_page
from curvehouse.report.pages.overviews import overviews
from curvehouse.report.pages.portfolio import portfolio_page
from curvehouse.report.pages.run import run_page
from curvehouse.report.pages.tear_sheet import tear_sheet_page
from curvehouse.report.rendering import Frame, render
from curvehouse.report.shared import shared_files
from curvehouse.report.site import new_site

if TYPE_CHECKING:
    import duckdb

__all__ = ["DEFAULT_TOP", "write_report"]

DEFAULT_TOP = 20
"""Backtests that get a tear sheet where none is asked for, the best by Sharpe ratio."""

Progress = Callable[[str], None]


def write_report(
    home: Home,
    folder: Path,
    *,
    backtests: Sequence[str] = (),
    top: int | None = None,
    progress: Progress = lambda _: None,
) -> Path:
    """Write the site and return the path of its first page.

    Parameters
    ----------
    home : Home
        The warehouse, of which only the published file is read.
    folder : Path
        Where the site goes. A site that stands there is replaced, anything else is left alone.
    backtests : sequence of str
        Backtests that get a tear sheet.
    top : int, optional
        How many of the best by Sharpe ratio get one as well; `DEFAULT_TOP` where no ``backtests``
        are given, else none.
    progress : callable
        Is told what is being done, in one line each.

    Raises
    ------
    UsageError
        When there is no such backtest, or the folder holds something else.
    QueryError
        When nothing is published.
    ExportError
        When a package is missing, or the site can't be written.
    """
    _check_packages()
    best = top if top is not None else 0 if backtests else DEFAULT_TOP
    with open_published(home) as connection:
        chosen = _choose(connection, backtests, best)
        runs, portfolios = ask(connection, "runs"), ask(connection, "portfolios")
        frame = _frame(connection, runs, portfolios)
        with new_site(folder) as site:
            progress("charts: bundling the scripts")
            for name, text in shared_files():
                site.write(name, text)
            for page in _pages(connection, chosen, runs, portfolios, progress):
                site.write(page.file_name, render(page, frame))
            site.finish(frame["publication"])
    return folder / "index.html"


def _check_packages() -> None:
    missing = [name for name in ("altair", "jinja2", "vl_convert") if find_spec(name) is None]
    if missing:
        raise ExportError(
            f"the report needs packages that are not installed ({', '.join(missing)}); run "
            "`pip install 'curvehouse[report]'`."
        )


def _choose(
    connection: duckdb.DuckDBPyConnection, backtests: Iterable[str], best: int
) -> dict[str, None]:
    """Return the backtests that get a tear sheet, in order and each once."""
    chosen = dict.fromkeys(backtests)
    for backtest in chosen:
        if not ask(connection, "tear_sheet", backtest_id=backtest):
            raise UsageError(
                f"no backtest {backtest!r} with a curve is published; `curvehouse query "
                '"select backtest_id, strategy from fct_backtest_summary"` lists those that are.'
            )
    leaders = ask(connection, "leaderboard", row_limit=best)
    return chosen | dict.fromkeys(leaders.column("backtest_id"))


def _frame(connection: duckdb.DuckDBPyConnection, runs: Answer, portfolios: Answer) -> Frame:
    found = connection.execute("select path from duckdb_databases() where not internal").fetchone()
    return {
        "version": __version__,
        "publication": Path(found[0]).parent.name if found else "",
        "runs": [(name, page_name("run", name)) for name in runs.column("run_id")],
        "portfolios": [
            (name, page_name("portfolio", name)) for name in portfolios.column("portfolio_id")
        ],
    }


def _pages(
    connection: duckdb.DuckDBPyConnection,
    chosen: dict[str, None],
    runs: Answer,
    portfolios: Answer,
    progress: Progress,
) -> Iterator[Page]:
    def link(backtest: str) -> str:
        return page_name("backtest", backtest) if backtest in chosen else ""

    progress("pages: leaderboard and failures")
    yield leaderboard_page(connection, link, overviews(runs, portfolios))
    yield failures_page(connection)
    progress(f"pages: {len(runs.rows)} runs, {len(portfolios.rows)} portfolios")
    for row in runs.as_dicts():
        yield run_page(connection, row, link)
    for row in portfolios.as_dicts():
        yield portfolio_page(connection, row, link)
    progress(f"pages: {len(chosen)} tear sheets")
    for backtest in chosen:
        yield tear_sheet_page(connection, backtest)
