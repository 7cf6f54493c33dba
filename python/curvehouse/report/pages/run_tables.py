"""The tables of a run's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from curvehouse.report.answers import Answer
from curvehouse.report.formats import MISSING, count, decimal, percent
from curvehouse.report.page import Cell, Column, Table
from curvehouse.report.pages.cells import number, spoken

__all__ = ["overfitting_table", "sensitivity_table", "strategies_table"]


def overfitting_table(overfitting: Answer, link: Callable[[str], str]) -> Table:
    """Return deflated Sharpe ratio and probability of overfitting; the best links to its page."""
    return Table(
        caption="Deflated Sharpe ratio and probability of backtest overfitting",
        columns=[
            Column("Strategy", is_number=False),
            Column("Symbol", is_number=False),
            Column("Basis", is_number=False),
            Column("Trials"),
            Column("Best Sharpe", explanation="per bar"),
            Column("Expected best", explanation="Sharpe per bar that luck brings the best"),
            Column("DSR"),
            Column("PBO"),
            Column("Best backtest", is_number=False),
        ],
        rows=[_overfitting_row(row, link) for row in overfitting.as_dicts()],
        queries=[overfitting.sql],
        is_sortable=True,
    )


def _overfitting_row(row: dict[str, Any], link: Callable[[str], str]) -> list[Cell]:
    best = row["best_backtest_id"]
    return [
        Cell(row["strategy"]),
        Cell(row["symbol"]),
        Cell(row["basis"]),
        number(row["trial_count"], count),
        number(row["best_sharpe_per_bar"], _four_digits),
        number(row["expected_best_sharpe_per_bar"], _four_digits),
        _or_status(row["deflated_sharpe_ratio"], row["deflated_sharpe_status"]),
        _or_status(row["overfitting_probability"], row["overfitting_status"]),
        Cell(best or MISSING, link=link(best) if best else ""),
    ]


def _four_digits(value: float | None) -> str:
    return decimal(value, 4)


def _or_status(value: float | None, status: str) -> Cell:
    return Cell(spoken(status)) if value is None else number(value, percent)


def strategies_table(strategies: Answer) -> Table:
    """Return what a typical point of the grid would have earned."""
    return Table(
        caption="Growth over the grid",
        columns=[
            Column("Strategy", is_number=False),
            Column("Symbol", is_number=False),
            Column("Points"),
            Column("CAGR p05"),
            Column("Median CAGR"),
            Column("CAGR p95"),
            Column("Sensitivity"),
            Column("Failed"),
        ],
        rows=[
            [
                Cell(row["strategy"]),
                Cell(row["symbol"]),
                number(row["grid_point_count"], count),
                number(row["robust_cagr_p05"], percent),
                number(row["robust_cagr_median"], percent),
                number(row["robust_cagr_p95"], percent),
                number(row["param_sensitivity_score"], decimal),
                number(row["failure_rate"], percent),
            ]
            for row in strategies.as_dicts()
        ],
        queries=[strategies.sql],
        is_sortable=True,
    )


def sensitivity_table(sensitivity: Answer) -> Table:
    """Return on which parameter growth hangs, and whether the best lies at the grid's edge."""
    return Table(
        caption="Growth by parameter",
        columns=[
            Column("Strategy", is_number=False),
            Column("Parameter", is_number=False),
            Column("Symbol", is_number=False),
            Column("Values"),
            Column("Mean range"),
            Column("Largest range"),
            Column("Best value"),
            Column("At the edge", is_number=False),
        ],
        rows=[
            [
                Cell(row["strategy"]),
                Cell(row["param_name"]),
                Cell(row["symbol"]),
                number(row["value_count"], count),
                number(row["cagr_range_mean"], percent),
                number(row["cagr_range_max"], percent),
                Cell(row["best_value"] or MISSING),
                Cell(_yes_or_no(row["is_best_at_grid_edge"])),
            ]
            for row in sensitivity.as_dicts()
        ],
        queries=[sensitivity.sql],
        is_sortable=True,
    )


def _yes_or_no(value: bool | None) -> str:
    return MISSING if value is None else "yes" if value else "no"
