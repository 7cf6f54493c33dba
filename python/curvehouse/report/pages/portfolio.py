"""The page of one portfolio: what it held, earned and risked, and who brought it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from curvehouse.report.answers import Answer, ask
from curvehouse.report.figures import Figure
from curvehouse.report.file_names import page_name
from curvehouse.report.formats import MISSING, count, day, decimal, percent
from curvehouse.report.page import Cell, Column, Fact, Page, Section, Table
from curvehouse.report.pages.cells import backtest_title, number, spoken
from curvehouse.report.pages.curve_figures import (
    curve_note,
    drawdown_figure,
    equity_figure,
    thinned,
)

if TYPE_CHECKING:
    import duckdb

__all__ = ["portfolio_page"]

_DRAWN_SOURCES = 12
_SOURCE_HEIGHT = 28
_PAIR_HEIGHT = 24


def portfolio_page(
    connection: duckdb.DuckDBPyConnection, row: dict[str, Any], link: Callable[[str], str]
) -> Page:
    """Return the page of a portfolio; ``link`` returns the tear sheet of a backtest, or nothing."""
    portfolio_id = row["portfolio_id"]

    def answer(name: str) -> Answer:
        return ask(connection, name, portfolio_id=portfolio_id)

    curve = thinned(connection, "portfolio_curve", portfolio_id=portfolio_id)
    note = curve_note(curve)
    never_funded = f"The portfolio was never funded: {spoken(row['status']) or 'no reason known'}."
    return Page(
        file_name=page_name("portfolio", portfolio_id),
        kind="Portfolio",
        title=portfolio_id,
        lead=_lead(row),
        facts=_facts(row),
        sections=[
            Section(
                "Equity and drawdown",
                empty=never_funded,
                lead="The value of 1 put in at the start, after costs.",
                figures=[equity_figure(curve, note), drawdown_figure(curve, note)],
            ),
            _weights(answer("portfolio_weights"), never_funded),
            _contributions(answer("portfolio_contributions"), never_funded, link),
            _co_drawdowns(answer("portfolio_co_drawdowns")),
        ],
        content={"back": []},
    )


def _lead(row: dict[str, Any]) -> str:
    parts = [f"{count(row['member_count'])} members", f"rebalanced {row['rebalance_cadence']}"]
    if row["portfolio_policy"]:
        parts.append(f"sized by {row['portfolio_policy']}")
    if row["select_top"] is not None:
        parts.append(
            f"the {row['select_top']} best of {row['select_run_id']} by {row['select_metric']}"
        )
    if row["max_weight"] is not None:
        parts.append(f"no more than {percent(row['max_weight'], 0)} each")
    if row["cost_bps"] is not None:
        parts.append(f"costs {decimal(row['cost_bps'], 1)} bp")
    if row["start_date"] is not None:
        parts.append(f"{day(row['start_date'])} to {day(row['end_date'])}")
    return ", ".join(parts) + "."


def _facts(row: dict[str, Any]) -> list[Fact]:
    return [
        Fact("CAGR", percent(row["portfolio_cagr"])),
        Fact("Volatility", percent(row["annual_volatility"])),
        Fact("Sharpe", decimal(row["sharpe_ratio"])),
        Fact("Max drawdown", percent(row["portfolio_max_dd"])),
        Fact("Diversification", percent(row["diversification_benefit"]), "risk taken off"),
        Fact("Turnover", percent(row["turnover"], 0), "a year, one way"),
        Fact("Costs", percent(row["total_cost"]), "in all"),
        Fact("Cash", percent(row["cash_weight_mean"]), "on average"),
    ]


def _weights(weights: Answer, empty: str) -> Section:
    bands = list(dict.fromkeys(weights.column("band")))
    last = max(weights.column("rebalance_date"), default=None)
    held = ", ".join(
        f"{row['band']} {percent(row['weight'])}"
        for row in weights.as_dicts()
        if row["rebalance_date"] == last
    )
    figure = Figure(
        key="weights",
        chart="weights",
        title="Target weights at each rebalance",
        description=f"Weights over time of {len(bands)} holdings. On {day(last)}: {held}.",
        data={"weights": weights},
        note="Between rebalances the weights drift."
        + (" Members after the eighth are one band." if "other members" in bands else ""),
    )
    return Section("Weights", empty=empty, figures=[figure])


def _contributions(contributions: Answer, empty: str, link: Callable[[str], str]) -> Section:
    rows = contributions.as_dicts()
    drawn = contributions.only(contributions.rows[:_DRAWN_SOURCES])
    described = "; ".join(
        f"{row['source']} {percent(row['return_share'])} of return, "
        f"{percent(row['risk_share'])} of risk"
        for row in drawn.as_dicts()
    )
    note = (
        f"The {_DRAWN_SOURCES} of {len(rows)} with the greatest share of risk."
        if len(rows) > _DRAWN_SOURCES
        else ""
    )
    figure = Figure(
        key="contributions",
        chart="contributions",
        title="Share of return and of risk",
        description=f"Contributions: {described}.",
        data={"contributions": drawn},
        note=note,
        height=_SOURCE_HEIGHT * len(drawn.rows),
    )
    table = _contributions_table(contributions, link)
    return Section("Contributions", empty=empty, figures=[figure], tables=[table])


def _contributions_table(contributions: Answer, link: Callable[[str], str]) -> Table:
    rows = contributions.as_dicts()
    return Table(
        caption="Contributions by member",
        columns=[
            Column("Source", is_number=False),
            Column("Mean weight"),
            Column("Profit", explanation="of the equity at the start"),
            Column("Share of return"),
            Column("Share of risk"),
            Column("CAGR without", explanation="change if the member is left out"),
            Column("Drawdown without", explanation="change of the deepest"),
            Column("Days held"),
            Column("Backtest", is_number=False),
        ],
        rows=[_contribution(row, link) for row in rows],
        queries=[contributions.sql],
        is_sortable=True,
        is_folded=len(rows) > _DRAWN_SOURCES,
    )


def _contribution(row: dict[str, Any], link: Callable[[str], str]) -> list[Cell]:
    return [
        Cell(row["source"], link=link(row["backtest_id"]) if row["backtest_id"] else ""),
        number(row["weight_mean"], percent),
        number(row["profit"], percent),
        number(row["return_share"], percent),
        number(row["risk_share"], percent),
        number(row["cagr_change_without"], percent),
        number(row["max_drawdown_change_without"], percent),
        number(row["held_day_count"], count),
        Cell(backtest_title(row) if row["strategy"] is not None else ""),
    ]


def _co_drawdowns(pairs: Answer) -> Section:
    known = [row for row in pairs.as_dicts() if row["joint_drawdown_ratio"] is not None]
    described = MISSING
    if known:
        most = max(known, key=lambda row: round(row["joint_drawdown_ratio"], 10))
        described = (
            f"{most['member_id']} and {most['other_member_id']} most often, on "
            f"{percent(most['joint_drawdown_ratio'])} of days"
        )
    figure = Figure(
        key="co_drawdowns",
        chart="co_drawdowns",
        title="Share of days on which both members are below their peaks",
        description=f"Which members are under water together: {described}.",
        data={"pairs": pairs},
        height=_PAIR_HEIGHT * len(set(pairs.column("member_id"))),
        note="Of at most twelve members, those with the greatest mean weight.",
    )
    return Section("Co-drawdowns", empty="There is no pair of members.", figures=[figure])
