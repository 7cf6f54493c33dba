"""Tables of all runs and all portfolios, which lead to their pages."""

from __future__ import annotations

from typing import Any

from curvehouse.report.answers import Answer
from curvehouse.report.file_names import page_name
from curvehouse.report.formats import count, day, decimal, percent
from curvehouse.report.page import Cell, Column, Section, Table
from curvehouse.report.pages.cells import number, spoken

__all__ = ["overviews"]


def overviews(runs: Answer, portfolios: Answer) -> list[Section]:
    """Return a section of runs and one of portfolios."""
    return [
        Section("Runs", empty="No run is published.", tables=[_runs_table(runs)]),
        Section(
            "Portfolios",
            empty="No portfolio is loaded; `curvehouse ingest portfolios` loads one.",
            tables=[_portfolios_table(portfolios)],
        ),
    ]


def _runs_table(runs: Answer) -> Table:
    return Table(
        caption="Sweeps and imports, newest first",
        columns=[
            Column("Run", is_number=False),
            Column("Made", is_number=False, is_day=True),
            Column("Jobs"),
            Column("Ran and traded"),
            Column("Failed"),
            Column("CAGR p05", explanation="one point of the grid in twenty does worse"),
            Column("Median CAGR"),
            Column("CAGR p95", explanation="one point of the grid in twenty does better"),
            Column("Sensitivity", explanation="0 where neighbours on the grid agree"),
        ],
        rows=[_run(row) for row in runs.as_dicts()],
        queries=[runs.sql],
        is_sortable=True,
    )


def _run(row: dict[str, Any]) -> list[Cell]:
    return [
        Cell(row["run_id"], link=page_name("run", row["run_id"])),
        Cell(day(row["created_at"])),
        number(row["planned_count"], count),
        number(row["ok_count"], count),
        number(row["failure_rate"], percent),
        number(row["robust_cagr_p05"], percent),
        number(row["robust_cagr_median"], percent),
        number(row["robust_cagr_p95"], percent),
        number(row["param_sensitivity_score"], decimal),
    ]


def _portfolios_table(portfolios: Answer) -> Table:
    return Table(
        caption="Portfolios of strategies, walked forward",
        columns=[
            Column("Portfolio", is_number=False),
            Column("Rebalanced", is_number=False),
            Column("Members"),
            Column("CAGR"),
            Column("Volatility"),
            Column("Sharpe"),
            Column("Max DD", explanation="maximum drawdown"),
            Column("Turnover", explanation="a year, one way"),
            Column("Status", is_number=False),
        ],
        rows=[_portfolio(row) for row in portfolios.as_dicts()],
        queries=[portfolios.sql],
        is_sortable=True,
    )


def _portfolio(row: dict[str, Any]) -> list[Cell]:
    return [
        Cell(row["portfolio_id"], link=page_name("portfolio", row["portfolio_id"])),
        Cell(row["rebalance_cadence"]),
        number(row["member_count"], count),
        number(row["portfolio_cagr"], percent),
        number(row["annual_volatility"], percent),
        number(row["sharpe_ratio"], decimal),
        number(row["portfolio_max_dd"], percent),
        number(row["turnover"], lambda value: percent(value, 0)),
        Cell(spoken(row["status"])),
    ]
