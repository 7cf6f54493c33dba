"""The page of one backtest: its curve, what it risked, when it earned, and by which factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from curvehouse.report.answers import Answer, ask
from curvehouse.report.figures import Figure
from curvehouse.report.file_names import page_name
from curvehouse.report.formats import MISSING, count, day, decimal, percent
from curvehouse.report.page import Fact, Page, Section
from curvehouse.report.pages.cells import backtest_title
from curvehouse.report.pages.curve_figures import (
    curve_note,
    drawdown_figure,
    equity_figure,
    thinned,
)
from curvehouse.report.pages.tear_sheet_tables import (
    attribution_table,
    drawdowns_table,
    metrics_table,
    monthly_table,
    regimes_table,
)

if TYPE_CHECKING:
    import duckdb

__all__ = ["tear_sheet_page"]


def tear_sheet_page(connection: duckdb.DuckDBPyConnection, backtest_id: str) -> Page:
    """Return the tear sheet of a backtest that is published."""

    def answer(name: str) -> Answer:
        return ask(connection, name, backtest_id=backtest_id)

    row = answer("tear_sheet").as_dicts()[0]
    return Page(
        file_name=page_name("backtest", backtest_id),
        kind="Tear sheet",
        title=backtest_title(row),
        lead=_lead(row),
        facts=_facts(row),
        sections=[
            _curve(connection, backtest_id),
            _months(answer("monthly_returns")),
            _rolling(connection, backtest_id),
            _regimes(answer("regime_performance")),
            _factors(answer("exposures"), answer("attribution")),
            Section(
                "Deepest drawdowns",
                empty="The curve was never under water.",
                tables=[drawdowns_table(answer("drawdowns"))],
            ),
            Section(
                "Key metrics",
                empty="No metric is published.",
                tables=[metrics_table(answer("metrics"))],
            ),
        ],
        content={"back": [("Run " + row["run_id"], page_name("run", row["run_id"]))]},
    )


def _lead(row: dict[str, Any]) -> str:
    parts = [
        f"{day(row['start_date'])} to {day(row['end_date'])}",
        f"{count(row['day_count'])} {row['frequency'] or 'daily'} rows",
        f"{decimal(row['periods_per_year'], 0)} periods a year",
        f"backtest {row['backtest_id']}",
    ]
    return ", ".join(parts) + "."


def _facts(row: dict[str, Any]) -> list[Fact]:
    trough = row["max_drawdown_trough_date"]
    return [
        Fact("CAGR", percent(row["cagr"]), _interval(row, "cagr", percent)),
        Fact("Volatility", percent(row["annual_volatility"])),
        Fact("Sharpe", decimal(row["sharpe_ratio"]), _interval(row, "sharpe_ratio", decimal)),
        Fact("PSR", percent(row["probabilistic_sharpe_ratio"]), "Sharpe above 0"),
        Fact("Sortino", decimal(row["sortino_ratio"])),
        Fact("Max drawdown", percent(row["max_drawdown"]), day(trough) if trough else ""),
        Fact("Calmar", decimal(row["calmar_ratio"])),
        Fact("Worst day", percent(row["worst_day"])),
        Fact("Trades", count(row["trade_count"])),
    ]


def _interval(row: dict[str, Any], name: str, write: Any) -> str:
    lower, upper = row[f"{name}_p05"], row[f"{name}_p95"]
    return "" if lower is None or upper is None else f"90%: {write(lower)} to {write(upper)}"


def _curve(connection: duckdb.DuckDBPyConnection, backtest_id: str) -> Section:
    curve = thinned(connection, "curve", backtest_id=backtest_id)
    spells = ask(connection, "regime_spells", backtest_id=backtest_id)
    note = curve_note(curve)
    return Section(
        "Curve and drawdown",
        empty="No curve landed.",
        lead="Bands are the regimes of the curve itself, as they were known at each day's close: "
        "colour says the trend, strength the volatility."
        if spells
        else "No regime is known of so short a curve.",
        figures=[equity_figure(curve, note, spells), drawdown_figure(curve, note)],
    )


def _months(months: Answer) -> Section:
    return Section(
        "Monthly returns",
        empty="The curve has no month.",
        lead="Shades end at 10% either way; months in italics are not over, or began on their way.",
        tables=[monthly_table(months)],
    )


def _rolling(connection: duckdb.DuckDBPyConnection, backtest_id: str) -> Section:
    rolling = thinned(connection, "rolling", backtest_id=backtest_id)
    known = [value for value in rolling.column("sharpe_252d") if value is not None]
    description = "Rolling Sharpe ratio over 63 and 252 days."
    if known:
        description += (
            f" Over 252 days it ran from {decimal(min(known))} to {decimal(max(known))}, and ended "
            f"at {decimal(known[-1])}."
        )
    shown = rolling if any(value is not None for value in rolling.column("sharpe_63d")) else None
    figure = Figure(
        key="rolling_sharpe",
        chart="rolling_sharpe",
        title="Sharpe ratio over the last 252 days (strong) and 63 days (faint)",
        description=description,
        data={"rolling": shown or rolling.only([])},
        note=curve_note(rolling),
    )
    return Section("Rolling Sharpe", empty="The curve is shorter than 63 days.", figures=[figure])


def _regimes(performance: Answer) -> Section:
    symbol = next(iter(performance.column("regime_symbol")), None)
    lead = (
        f"Returns by the regime of {symbol} that was known the evening before; p compares a regime "
        "with all other days, by shifting labels against returns, and is adjusted for nine tests."
    )
    return Section(
        "Performance by market regime",
        empty="There are no bars to tell market regimes by.",
        lead=lead,
        tables=[regimes_table(performance)],
    )


def _factors(exposures: Answer, attribution: Answer) -> Section:
    last = {row["factor"]: row["beta"] for row in exposures.as_dicts()}
    described = ", ".join(f"{factor} {decimal(beta)}" for factor, beta in last.items())
    figure = Figure(
        key="exposures",
        chart="exposures",
        title="Betas of the last 126 days, at month ends",
        description=f"Factor exposures over time. At the last day: {described or MISSING}.",
        data={"exposures": exposures},
    )
    return Section(
        "Factor exposures",
        empty="No factors are loaded, or the curve is too short for them.",
        lead="Each beta is known at its day and earns from the day after.",
        figures=[figure],
        tables=[attribution_table(attribution)],
    )
