"""Equity and drawdown, which tear sheets and portfolios draw alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from curvehouse.report.answers import Answer, ask
from curvehouse.report.figures import Figure
from curvehouse.report.formats import day, decimal, percent

if TYPE_CHECKING:
    import duckdb

__all__ = ["curve_note", "drawdown_figure", "equity_figure", "thinned"]

WHOLE_DAYS = 3_000
"""Curves of up to so many days are drawn day by day."""
STRETCHES = 500
"""Longer ones in so many stretches, of each of which the extremes are kept."""


def thinned(connection: duckdb.DuckDBPyConnection, name: str, **subject: str) -> Answer:
    """Ask a query of days that leaves some out of a long curve, but none of its extremes."""
    return ask(connection, name, whole_days=WHOLE_DAYS, stretch_count=STRETCHES, **subject)


def curve_note(curve: Answer) -> str:
    """Return what a reader must know of how the curve is drawn."""
    days = curve.column("equity_date")
    if len(days) < 2 or curve.column("day_count")[0] <= len(days):
        return ""
    total = curve.column("day_count")[0]
    return (
        f"{len(days):,} of {total:,} days are drawn: of {STRETCHES} equal stretches, the lowest "
        "and highest values and the worst day."
    )


def equity_figure(curve: Answer, note: str, spells: Answer | None = None) -> Figure:
    """Return the curve, with regimes as bands behind it where there are any."""
    data = {"curve": curve, "spells": spells} if spells else {"curve": curve}
    return Figure(
        key="equity",
        chart="equity_with_regimes" if spells else "equity",
        title="Equity",
        description=_describe_equity(curve),
        data=data,
        note=note,
    )


def drawdown_figure(curve: Answer, note: str) -> Figure:
    """Return how far the curve was below its peak."""
    known = [row for row in curve.as_dicts() if row["drawdown"] is not None]
    description = "Drawdown."
    if known:
        deepest = min(known, key=lambda row: (round(row["drawdown"], 10), row["equity_date"]))
        description = (
            f"Drawdown: deepest {percent(deepest['drawdown'])} on {day(deepest['equity_date'])}, "
            f"{percent(known[-1]['drawdown'])} at the end."
        )
    return Figure(
        key="drawdown",
        chart="drawdown",
        title="Drawdown from the highest equity so far",
        description=description,
        data={"curve": curve},
        note=note,
    )


def _describe_equity(curve: Answer) -> str:
    rows = curve.as_dicts()
    if not rows:
        return "Equity."
    first, last = rows[0], rows[-1]
    highest = max(rows, key=lambda row: row["equity"])
    return (
        f"Equity: {decimal(first['equity'])} on {day(first['equity_date'])}, "
        f"{decimal(last['equity'])} on {day(last['equity_date'])}, at most "
        f"{decimal(highest['equity'])} on {day(highest['equity_date'])}."
    )
