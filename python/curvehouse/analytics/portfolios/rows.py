"""A walk as rows of weights and of days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from curvehouse.analytics.portfolios.options import MEMBER_STATUSES, PortfolioSpec
from curvehouse.analytics.portfolios.panel import Bools, Floats, Ints
from curvehouse.analytics.portfolios.schemas import DAY_SCHEMA, WEIGHT_SCHEMA
from curvehouse.analytics.portfolios.walk import Walk

__all__ = ["day_rows", "weight_rows"]


def weight_rows(walk: Walk, spec: PortfolioSpec) -> pa.Table:
    """Return a row per rebalance and member, and one of cash, whose names are NULL.

    Where members are selected by a rule, only those have rows that are selected or still held.
    """
    targets, members = walk.targets, walk.panel.members
    decisions, size = targets.weights.shape
    shown = np.ones((decisions, size + 1), dtype=bool)
    if spec.select_metric is not None:
        is_selected = targets.member_status == MEMBER_STATUSES.index("ok")
        shown[:, :size] = is_selected | (walk.drifted > 0)
    kept = shown.ravel()
    position = np.tile(np.append(np.arange(size), -1), decisions)[kept]
    decision = np.repeat(np.arange(decisions), size + 1)[kept]
    status = np.column_stack([targets.member_status, np.full(decisions, -1)]).ravel()[kept]
    policies = [spec.method or member.policy for member in members]
    decided = sorted(set(targets.status.tolist()))
    decided_codes = np.searchsorted(decided, targets.status.astype(str)) if decided else status
    columns = {
        "portfolio_id": _coded([spec.portfolio_id], np.zeros_like(position)),
        "rebalance_date": pa.array(walk.panel.days[targets.rows][decision], pa.date32()),
        "member_id": _coded([member.member_id for member in members], position),
        "backtest_id": _coded([member.backtest_id for member in members], position),
        "policy": _coded(policies, position),
        "member_status": _coded(MEMBER_STATUSES, status),
        "rebalance_status": _coded(decided, decided_codes[decision] if decided else position),
        "weight_target": _with_cash(targets.weights, kept),
        "weight_drifted": _with_cash(walk.drifted, kept),
        "score": _known(targets.score, kept),
        "raw_value": _known(targets.raw, kept),
        "is_capped": pa.array(
            np.column_stack([targets.is_capped, np.zeros(decisions, dtype=bool)]).ravel()[kept]
        ),
    }
    return pa.table(columns, schema=WEIGHT_SCHEMA)


def day_rows(walk: Walk, spec: PortfolioSpec) -> pa.Table:
    """Return a row per day, from the first funded rebalance on."""
    count = len(walk.rows)
    is_rebalanced: Bools = np.isin(walk.rows, walk.targets.rows)
    columns = {
        "portfolio_id": _coded([spec.portfolio_id], np.zeros(count, np.int64)),
        "portfolio_date": pa.array(walk.panel.days[walk.rows], pa.date32()),
        "equity": walk.equity,
        "simple_return": walk.returns,
        "gross_return": walk.contributions.sum(axis=0),
        "cost": walk.costs,
        "traded_weight": walk.turnover,
        "drawdown": walk.drawdowns,
        "invested_weight": walk.held.sum(axis=0),
        "cash_weight": walk.cash,
        "held_count": (walk.held > 0).sum(axis=0, dtype=np.int64),
        "is_rebalanced": is_rebalanced,
    }
    arrays = {name: pa.array(values) for name, values in columns.items()}
    return pa.table(arrays, schema=DAY_SCHEMA)


def _coded(names: Sequence[str | None], codes: Ints) -> pa.DictionaryArray:
    """Return a name for each code; NULL for those below 0, and where a name is None."""
    known = np.array([name is not None for name in names] + [False])
    indices = pa.array(codes.astype(np.int32), mask=~known[codes])
    return pa.DictionaryArray.from_arrays(indices, pa.array([name or "" for name in names]))


def _with_cash(weights: Floats, kept: Bools) -> pa.Array:
    full = np.column_stack([weights, 1 - weights.sum(axis=1)])
    return pa.array(full.ravel()[kept])


def _known(values: Floats, kept: Bools) -> pa.Array:
    full = np.column_stack([values, np.full(len(values), np.nan)]).ravel()[kept]
    return pa.array(full, mask=np.isnan(full))
