"""The page of one run: what a typical point of its grid earned, how much of the best is luck."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from curvehouse.report.answers import Answer, ask
from curvehouse.report.figures import Figure
from curvehouse.report.file_names import page_name
from curvehouse.report.formats import count, day, decimal, percent
from curvehouse.report.page import Fact, Page, Section
from curvehouse.report.pages.run_tables import (
    overfitting_table,
    sensitivity_table,
    strategies_table,
)

if TYPE_CHECKING:
    import duckdb

__all__ = ["run_page"]

_ROW_HEIGHT = 26
_PANELS = 12
"""Panels of parameters on a page; of more strategies and symbols, the first are shown."""


def run_page(
    connection: duckdb.DuckDBPyConnection, row: dict[str, Any], link: Callable[[str], str]
) -> Page:
    """Return the page of a run.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        The published file.
    row : dict
        The run's row of the query ``runs``.
    link : callable
        Takes a backtest_id and returns the name of its tear sheet, or an empty text.
    """
    run_id = row["run_id"]
    return Page(
        file_name=page_name("run", run_id),
        kind="Run",
        title=run_id,
        lead=_lead(row),
        facts=_facts(row),
        sections=_sections(connection, run_id, link),
        content={"back": []},
    )


def _sections(
    connection: duckdb.DuckDBPyConnection, run_id: str, link: Callable[[str], str]
) -> list[Section]:
    return [
        _growth(ask(connection, "cagr_bins", run_id=run_id)),
        _grid(ask(connection, "grid", run_id=run_id)),
        _luck(ask(connection, "overfitting", run_id=run_id), link),
        Section(
            "By strategy and symbol",
            empty="The run planned nothing.",
            lead="Growth is the median, and one in twenty worse and better, over points of the "
            "grid. Sensitivity is 0 where neighbours on the grid agree, 1 where they differ as "
            "much as strangers.",
            tables=[strategies_table(ask(connection, "run_strategies", run_id=run_id))],
        ),
        Section(
            "Sensitivity to each parameter",
            empty="No parameter has more than one value.",
            lead="The range is the highest less the lowest growth a year while all other "
            "parameters stay as they are.",
            tables=[sensitivity_table(ask(connection, "sensitivity", run_id=run_id))],
        ),
    ]


def _lead(row: dict[str, Any]) -> str:
    if row["is_import"]:
        return f"Imported {day(row['created_at'])}."
    parts = [f"Made {day(row['created_at'])}", f"{count(row['planned_count'])} jobs planned"]
    if row["fee_bps"] is not None:
        parts.append(f"fees {decimal(row['fee_bps'], 1)} bp")
    if row["slippage_bps"] is not None:
        parts.append(f"slippage {decimal(row['slippage_bps'], 1)} bp")
    if row["resample"] not in {None, "none"}:
        parts.append(f"prices resampled ({row['resample'].replace('_', ' ')})")
    return ", ".join(parts) + "."


def _facts(row: dict[str, Any]) -> list[Fact]:
    spread = ""
    if row["robust_cagr_p05"] is not None:
        spread = f"{percent(row['robust_cagr_p05'])} to {percent(row['robust_cagr_p95'])}"
    return [
        Fact("Jobs", count(row["planned_count"])),
        Fact("Ran and traded", count(row["ok_count"])),
        Fact("Without trades", count(row["no_trades_count"])),
        Fact("Failed", percent(row["failure_rate"])),
        Fact("Median CAGR", percent(row["robust_cagr_median"]), spread),
        Fact("Sensitivity", decimal(row["param_sensitivity_score"]), "0 smooth, 1 noise"),
    ]


def _growth(bins: Answer) -> Section:
    rows = bins.as_dicts()
    total = sum(row["backtest_count"] for row in rows)
    above = sum(row["backtest_count"] for row in rows if row["cagr_bin"] >= -1e-12)
    description = f"Distribution of growth a year over {count(total)} backtests"
    if rows:
        lowest, highest = min(bins.column("cagr_bin")), max(bins.column("cagr_bin_end"))
        description += (
            f": from {percent(lowest)} to {percent(highest)}, {count(above)} of them not below 0"
        )
    figure = Figure(
        key="growth",
        chart="cagr_distribution",
        title="Backtests by growth a year",
        description=f"{description}.",
        data={"bins": bins},
    )
    return Section(
        "Distribution of CAGR", empty="No backtest has growth to show.", figures=[figure]
    )


def _grid(grid: Answer) -> Section:
    position = {name: number for number, name in enumerate(grid.columns)}

    def subject(cell: tuple[Any, ...]) -> tuple[str, str]:
        return cell[position["strategy"]], cell[position["symbol"]]

    panels = [(key, grid.only(list(cells))) for key, cells in groupby(grid.rows, key=subject)]
    known = [abs(value) for value in grid.column("cagr") if value is not None]
    bound = max(known, default=0.0) or 1.0
    figures = [
        _panel(number, *key, cells, bound) for number, (key, cells) in enumerate(panels[:_PANELS])
    ]
    lead = (
        f"Median CAGR over seeds and all other parameters; the colours of all panels end at "
        f"{percent(bound)} either way."
    )
    if len(panels) > _PANELS:
        lead += f" {_PANELS} of {len(panels)} strategies and symbols are shown."
    return Section(
        "Parameter heat map",
        empty="No parameter has more than one value.",
        lead=lead,
        figures=figures,
        are_panels=True,
    )


def _panel(number: int, strategy: str, symbol: str, cells: Answer, bound: float) -> Figure:
    rows = [row for row in cells.as_dicts() if row["cagr"] is not None]
    x_name, y_name = cells.column("x_name")[0], cells.column("y_name")[0]
    axes = f"{x_name} across, {y_name} up" if y_name else f"{x_name} across"
    described = f"CAGR of {strategy} on {symbol or 'its curves'} by {axes}."
    if rows:
        best = max(rows, key=lambda row: round(row["cagr"], 10))
        worst = min(rows, key=lambda row: round(row["cagr"], 10))
        described += f" Highest {_point(best)}; lowest {_point(worst)}."
    return Figure(
        key=f"grid-{number}",
        chart="parameter_grid",
        title=f"{strategy} on {symbol}: {axes}" if symbol else f"{strategy}: {axes}",
        description=described,
        data={"cells": cells},
        bound=bound,
        height=_ROW_HEIGHT * len(set(cells.column("y_position"))),
    )


def _point(row: dict[str, Any]) -> str:
    place = f"{row['x_name']}={row['x_value']}"
    if row["y_name"]:
        place += f", {row['y_name']}={row['y_value']}"
    return f"{percent(row['cagr'])} at {place}"


def _luck(overfitting: Answer, link: Callable[[str], str]) -> Section:
    return Section(
        "How much of the best is luck",
        empty="The run has no backtest to be compared.",
        lead="Deflated Sharpe (DSR): the probability that the best backtest beats what luck alone "
        "brings the best of so many. PBO: how often the best on one half of the days is below the "
        "median on the other. On excess, returns are less beta times those of holding the symbol, "
        "which is what counts for long-only strategies.",
        tables=[overfitting_table(overfitting, link)],
    )
