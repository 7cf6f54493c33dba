"""The first page: all backtests, to be sorted and filtered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from curvehouse.report.answers import ask
from curvehouse.report.file_names import page_name
from curvehouse.report.formats import count, day, decimal, percent
from curvehouse.report.page import Cell, Column, Page, Section, Table
from curvehouse.report.pages.cells import backtest_name, number
from curvehouse.report.sparkline import sparkline_path

if TYPE_CHECKING:
    import duckdb

__all__ = ["ROW_LIMIT", "leaderboard_page"]

ROW_LIMIT = 5_000
"""Rows of the leaderboard; more would make a page that is slow to open."""

_FIRST_ROWS = 250
_COLUMNS = (
    Column("Strategy", is_number=False),
    Column("Symbol", is_number=False),
    Column("Run", is_number=False),
    Column("Curve", is_number=False, is_picture=True, explanation="equity, each on its own scale"),
    Column("Sharpe", is_descending=True, explanation="of daily returns, annualised"),
    Column("PSR", explanation="probability that the true Sharpe ratio is above 0"),
    Column("CAGR", explanation="compound annual growth rate on calendar days"),
    Column("Volatility", explanation="standard deviation of daily returns, annualised"),
    Column("Max DD", explanation="maximum drawdown"),
    Column("Sortino"),
    Column("Calmar", explanation="annual return over maximum drawdown"),
    Column("Trades"),
    Column("From", is_number=False, is_day=True),
    Column("To", is_number=False, is_day=True),
)


def leaderboard_page(
    connection: duckdb.DuckDBPyConnection,
    link: Callable[[str], str],
    overviews: Sequence[Section],
) -> Page:
    """Return the leaderboard, and below it what else there is.

    ``link`` returns the tear sheet of a backtest, or nothing.
    """
    board = ask(connection, "leaderboard", row_limit=ROW_LIMIT)
    curves = ask(connection, "sparklines", row_limit=ROW_LIMIT)
    paths = {backtest: sparkline_path(*parts) for backtest, *parts in curves.rows}
    rows = board.as_dicts()
    table = Table(
        caption="Backtests by Sharpe ratio, best first",
        columns=_COLUMNS,
        rows=[_row(row, paths, link) for row in rows],
        queries=[board.sql, curves.sql],
        is_sortable=True,
    )
    return Page(
        file_name="index.html",
        kind="Equity curves",
        title="Leaderboard",
        lead=_lead(rows),
        sections=[
            Section("Backtests", empty="No backtest is published.", tables=[table]),
            *overviews,
        ],
        template="leaderboard.html.j2",
        content=_filters(rows) | {"first_rows": _FIRST_ROWS, "back": []},
    )


def _filters(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what can be filtered by, and for each row the positions of its own in that."""
    runs = sorted({row["run_id"] for row in rows})
    strategies = sorted({row["strategy"] for row in rows})
    run_at = {name: position for position, name in enumerate(runs)}
    strategy_at = {name: position for position, name in enumerate(strategies)}
    subjects = [[run_at[row["run_id"]], strategy_at[row["strategy"]]] for row in rows]
    return {"runs": runs, "strategies": strategies, "subjects": subjects}


def _lead(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return ""
    total = rows[0]["backtest_count"]
    lead = (
        f"{count(total)} backtests, ranked by Sharpe ratio. The best of many is lucky until shown "
        "otherwise: the run pages deflate it."
    )
    if total > len(rows):
        lead = f"The best {count(len(rows))} of {lead}"
    return lead


def _row(row: dict[str, Any], paths: dict[str, str], link: Callable[[str], str]) -> list[Cell]:
    backtest = row["backtest_id"]
    growth = f"grew {percent(row['total_return'])}, worst drawdown {percent(row['max_drawdown'])}"
    return [
        Cell(backtest_name(row), link=link(backtest)),
        Cell(row["symbol"] or ""),
        Cell(row["run_id"], link=page_name("run", row["run_id"])),
        Cell(growth, path=paths.get(backtest, "")),
        number(row["sharpe_ratio"], decimal),
        number(row["probabilistic_sharpe_ratio"], percent),
        number(row["cagr"], percent),
        number(row["annual_volatility"], percent),
        number(row["max_drawdown"], percent),
        number(row["sortino_ratio"], decimal),
        number(row["calmar_ratio"], decimal),
        number(row["trade_count"], count),
        Cell(day(row["start_date"])),
        Cell(day(row["end_date"])),
    ]
