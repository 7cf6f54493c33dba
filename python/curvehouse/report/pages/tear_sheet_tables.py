"""The tables of a tear sheet."""

from __future__ import annotations

import calendar
from itertools import groupby
from typing import Any

from curvehouse.report.answers import Answer
from curvehouse.report.formats import MISSING, count, day, decimal, percent, with_unit
from curvehouse.report.page import Cell, Column, Table
from curvehouse.report.pages.cells import number, spoken

__all__ = [
    "attribution_table",
    "drawdowns_table",
    "metrics_table",
    "monthly_table",
    "regimes_table",
]

_MONTHS = range(1, 13)
_SHADES = 5
_FULL_SHADE = 0.10


def monthly_table(months: Answer) -> Table:
    """Return years by months, each month shaded by what it earned."""
    rows = []
    for year, found in groupby(months.as_dicts(), key=lambda row: row["year"]):
        by_month = {row["month"]: row for row in found}
        total = next(iter(by_month.values()))["yearly_return"]
        cells = [_month(by_month.get(month)) for month in _MONTHS]
        rows.append([Cell(str(year)), *cells, Cell(percent(total), order=total)])
    return Table(
        caption="Returns by calendar month and year",
        columns=[
            Column("Year", is_number=False),
            *(Column(calendar.month_abbr[month]) for month in _MONTHS),
            Column("Year total"),
        ],
        rows=rows,
        queries=[months.sql],
        kind="months",
    )


def _month(row: dict[str, Any] | None) -> Cell:
    if row is None or row["monthly_return"] is None:
        return Cell("")
    return Cell(
        percent(row["monthly_return"]),
        shade=_shade(row["monthly_return"]) + (" open" if row["is_open"] else ""),
    )


def _shade(value: float) -> str:
    strength = min(_SHADES, round(abs(value) / _FULL_SHADE * _SHADES))
    if strength == 0:
        return ""
    return f"{'gain' if value > 0 else 'loss'}-{strength}"


def drawdowns_table(drawdowns: Answer) -> Table:
    """Return the deepest episodes under water."""
    return Table(
        caption="The five deepest episodes under water",
        columns=[
            Column("Rank"),
            Column("Depth"),
            Column("Peak", is_number=False, is_day=True),
            Column("Trough", is_number=False, is_day=True),
            Column("Recovered", is_number=False, is_day=True),
            Column("Days down"),
            Column("Days up"),
            Column("Days in all"),
        ],
        rows=[
            [
                Cell(str(row["drawdown_rank"])),
                Cell(percent(row["depth"])),
                Cell(day(row["peak_date"])),
                Cell(day(row["trough_date"])),
                Cell("not yet" if row["is_open"] else day(row["recovery_date"])),
                Cell(count(row["decline_days"])),
                Cell(count(row["recovery_days"])),
                Cell(count(row["total_days"])),
            ]
            for row in drawdowns.as_dicts()
        ],
        queries=[drawdowns.sql],
    )


def regimes_table(performance: Answer) -> Table:
    """Return what was earned in each regime of the market."""
    return Table(
        caption="Daily returns by market regime",
        columns=[
            Column("Regime", is_number=False),
            Column("Days"),
            Column("Spells"),
            Column("Mean a day"),
            Column("Volatility", explanation="annualised"),
            Column("Hit rate"),
            Column("Worst day"),
            Column("Adjusted p"),
        ],
        rows=[
            [
                Cell(row["regime"]),
                number(row["day_count"], count),
                number(row["spell_count"], count),
                number(row["mean_return"], lambda value: percent(value, 3)),
                number(row["annual_volatility"], percent),
                number(row["hit_rate"], percent),
                number(row["worst_day"], percent),
                Cell(_p_value(row), order=row["p_value_adjusted"]),
            ]
            for row in performance.as_dicts()
        ],
        queries=[performance.sql],
        is_sortable=True,
    )


def _p_value(row: dict[str, Any]) -> str:
    if row["p_value_adjusted"] is None and row["test_status"] != "ok":
        return spoken(row["test_status"]) or MISSING
    return decimal(row["p_value_adjusted"], 3)


def attribution_table(attribution: Answer) -> Table:
    """Return which factor made the return, and the risk."""
    rows = attribution.as_dicts()
    caption = "What each factor made of the return"
    if rows and rows[0]["attributed_from"] is not None:
        caption += f" from {day(rows[0]['attributed_from'])} to {day(rows[0]['as_of_date'])}"
    return Table(
        caption=caption,
        columns=[
            Column("Source", is_number=False),
            Column("Return"),
            Column("Share of return"),
            Column("Share of risk"),
            Column("Status", is_number=False),
        ],
        rows=[
            [
                Cell(spoken(row["factor"])),
                number(row["contribution"], percent),
                number(row["return_share"], percent),
                number(row["risk_share"], percent),
                Cell(spoken(row["fit_status"])),
            ]
            for row in rows
        ],
        queries=[attribution.sql],
    )


def metrics_table(metrics: Answer) -> Table:
    """Return the key metrics, each with what it means and how it is computed."""
    return Table(
        caption="Key metrics and their definitions",
        columns=[
            Column("Metric", is_number=False),
            Column("Value"),
            Column("Meaning", is_number=False),
            Column("Formula", is_number=False),
            Column("Family", is_number=False),
        ],
        rows=[
            [
                Cell(spoken(row["metric"])),
                Cell(with_unit(row["value"], row["unit"]), order=row["value"]),
                Cell(row["description"], shade="words"),
                Cell(row["formula"], shade="formula"),
                Cell(row["family"]),
            ]
            for row in metrics.as_dicts()
        ],
        queries=[metrics.sql],
        is_sortable=True,
    )
