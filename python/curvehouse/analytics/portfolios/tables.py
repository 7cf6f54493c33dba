"""Portfolios from Arrow to Arrow: what the dbt models call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits

from curvehouse.analytics.groups import whole_groups
from curvehouse.analytics.portfolios.co_drawdowns import co_drawdowns
from curvehouse.analytics.portfolios.contributions import member_contributions
from curvehouse.analytics.portfolios.figures import portfolio_figures
from curvehouse.analytics.portfolios.options import PortfolioOptions, PortfolioSpec
from curvehouse.analytics.portfolios.panel import Member, Panel, make_panel
from curvehouse.analytics.portfolios.rows import day_rows, weight_rows
from curvehouse.analytics.portfolios.schemas import (
    CO_DRAWDOWN_SCHEMA,
    CONTRIBUTION_SCHEMA,
    DAY_SCHEMA,
    FIGURE_SCHEMA,
    WEIGHT_SCHEMA,
)
from curvehouse.analytics.portfolios.walk import walk_portfolio

__all__ = [
    "compare_drawdowns",
    "decide_weights",
    "measure_contributions",
    "measure_portfolios",
    "walk_days",
]

Row = dict[str, Any]


def decide_weights(returns: pa.RecordBatchReader, members: pa.Table, **options: Any) -> pa.Table:
    """Return the weights of every portfolio at its rebalances, a row per member and one of cash.

    Parameters
    ----------
    returns : pyarrow.RecordBatchReader
        ``portfolio_id, member_id, equity_date, simple_return``, the rows of a portfolio adjacent,
        portfolios in order.
    members : pyarrow.Table
        ``portfolio_id, rebalance_cadence, max_weight, min_strategies, cost_bps, portfolio_policy,
        select_metric, select_top, member_id, backtest_id, policy, periods_per_year,
        member_status``: a row per member, or one with a NULL ``member_id`` where a portfolio has
        none. ``member_status`` is NULL, or why a member has no returns.
    **options
        Attributes of `PortfolioOptions`.

    Returns
    -------
    pyarrow.Table
        `WEIGHT_SCHEMA`.
    """
    chosen = PortfolioOptions(**options)

    def tables() -> Iterator[pa.Table]:
        for spec, panel in _portfolios(members, returns):
            yield weight_rows(walk_portfolio(panel, spec, chosen), spec)

    return _concatenated(tables(), WEIGHT_SCHEMA)


def walk_days(returns: pa.RecordBatchReader, members: pa.Table, **options: Any) -> pa.Table:
    """Return every portfolio's days, from what `decide_weights` takes, as `DAY_SCHEMA`."""
    chosen = PortfolioOptions(**options)

    def tables() -> Iterator[pa.Table]:
        for spec, panel in _portfolios(members, returns):
            yield day_rows(walk_portfolio(panel, spec, chosen), spec)

    return _concatenated(tables(), DAY_SCHEMA)


def measure_portfolios(
    returns: pa.RecordBatchReader, members: pa.Table, **options: Any
) -> pa.Table:
    """Return one row of figures per portfolio, from what `decide_weights` takes.

    See `curvehouse.analytics.portfolios.figures` for what they mean; `FIGURE_SCHEMA`.
    """

    def rows(spec: PortfolioSpec, panel: Panel, chosen: PortfolioOptions) -> Iterable[Row]:
        yield portfolio_figures(walk_portfolio(panel, spec, chosen), chosen)

    return _table_of_rows(members, returns, rows, FIGURE_SCHEMA, options)


def measure_contributions(
    returns: pa.RecordBatchReader, members: pa.Table, **options: Any
) -> pa.Table:
    """Return what each member brought, from what `decide_weights` takes.

    See `curvehouse.analytics.portfolios.contributions`; `CONTRIBUTION_SCHEMA`.
    """

    def rows(spec: PortfolioSpec, panel: Panel, chosen: PortfolioOptions) -> Iterable[Row]:
        return member_contributions(walk_portfolio(panel, spec, chosen), spec, chosen)

    return _table_of_rows(members, returns, rows, CONTRIBUTION_SCHEMA, options)


def compare_drawdowns(returns: pa.RecordBatchReader, members: pa.Table, **options: Any) -> pa.Table:
    """Return how each two members fall together, from what `decide_weights` takes.

    Members that were never wanted are left out. See
    `curvehouse.analytics.portfolios.co_drawdowns`; `CO_DRAWDOWN_SCHEMA`.
    """

    def rows(spec: PortfolioSpec, panel: Panel, chosen: PortfolioOptions) -> Iterable[Row]:
        walk = walk_portfolio(panel, spec, chosen)
        is_held = (walk.targets.weights > 0).any(axis=0)
        return co_drawdowns(panel.only(np.flatnonzero(is_held)), chosen)

    return _table_of_rows(members, returns, rows, CO_DRAWDOWN_SCHEMA, options)


def _table_of_rows(
    members: pa.Table,
    returns: pa.RecordBatchReader,
    rows_of: Callable[[PortfolioSpec, Panel, PortfolioOptions], Iterable[Row]],
    schema: pa.Schema,
    options: Mapping[str, Any],
) -> pa.Table:
    chosen = PortfolioOptions(**options)
    empty: Row = dict.fromkeys(schema.names)
    found = [
        empty | {"portfolio_id": spec.portfolio_id} | row
        for spec, panel in _portfolios(members, returns)
        for row in rows_of(spec, panel, chosen)
    ]
    return pa.Table.from_pylist(found, schema=schema)


def _concatenated(tables: Iterator[pa.Table], schema: pa.Schema) -> pa.Table:
    found = [table for table in tables if table.num_rows]
    return pa.concat_tables(found).unify_dictionaries() if found else schema.empty_table()


def _portfolios(
    members: pa.Table, returns: pa.RecordBatchReader
) -> Iterator[tuple[PortfolioSpec, Panel]]:
    """Yield each portfolio with its panel, so that memory holds the returns of one at a time.

    What is done between them runs in one thread: sums by several differ in their last digits.
    """
    with threadpool_limits(1):
        yield from _each_portfolio(members, returns)


def _each_portfolio(
    members: pa.Table, returns: pa.RecordBatchReader
) -> Iterator[tuple[PortfolioSpec, Panel]]:
    rows = sorted(members.to_pylist(), key=lambda row: str(row["portfolio_id"]))
    groups = whole_groups(returns, "portfolio_id")
    pending = next(groups, None)
    for portfolio_id, found in groupby(rows, key=lambda row: str(row["portfolio_id"])):
        of_portfolio = list(found)
        # Returns of what is no portfolio here are passed over.
        while pending is not None and pending[0] < portfolio_id:
            pending = next(groups, None)
        table = None
        if pending is not None and pending[0] == portfolio_id:
            table, pending = pending[1], None
            pending = next(groups, None)
        yield _spec(of_portfolio[0]), make_panel(_members(of_portfolio), table)


def _spec(row: Row) -> PortfolioSpec:
    return PortfolioSpec(
        portfolio_id=row["portfolio_id"],
        cadence=row["rebalance_cadence"],
        max_weight=row["max_weight"],
        min_strategies=row["min_strategies"],
        cost_bps=row["cost_bps"],
        method=row["portfolio_policy"],
        select_metric=row["select_metric"],
        select_top=row["select_top"] or 0,
    )


def _members(rows: Sequence[Row]) -> list[Member]:
    return [
        Member(
            row["member_id"],
            row["backtest_id"],
            row["policy"],
            row["periods_per_year"] or 252.0,
            row["member_status"],
        )
        for row in rows
        if row["member_id"] is not None
    ]
