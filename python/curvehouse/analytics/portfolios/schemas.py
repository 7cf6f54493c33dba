"""Columns of the tables of portfolios."""

from __future__ import annotations

import pyarrow as pa

__all__ = [
    "CONTRIBUTION_SCHEMA",
    "CO_DRAWDOWN_SCHEMA",
    "DAY_SCHEMA",
    "FIGURE_SCHEMA",
    "WEIGHT_SCHEMA",
]

# Few names in many rows.
_NAMES = pa.dictionary(pa.int32(), pa.string())

WEIGHT_SCHEMA = pa.schema(
    [
        ("portfolio_id", _NAMES),
        ("rebalance_date", pa.date32()),
        ("member_id", _NAMES),
        ("backtest_id", _NAMES),
        ("policy", _NAMES),
        ("member_status", _NAMES),
        ("rebalance_status", _NAMES),
        ("weight_target", pa.float64()),
        ("weight_drifted", pa.float64()),
        ("score", pa.float64()),
        ("raw_value", pa.float64()),
        ("is_capped", pa.bool_()),
    ]
)

DAY_SCHEMA = pa.schema(
    [
        ("portfolio_id", _NAMES),
        ("portfolio_date", pa.date32()),
        ("equity", pa.float64()),
        ("simple_return", pa.float64()),
        ("gross_return", pa.float64()),
        ("cost", pa.float64()),
        ("traded_weight", pa.float64()),
        ("drawdown", pa.float64()),
        ("invested_weight", pa.float64()),
        ("cash_weight", pa.float64()),
        ("held_count", pa.int64()),
        ("is_rebalanced", pa.bool_()),
    ]
)

FIGURE_SCHEMA = pa.schema(
    [
        ("portfolio_id", pa.string()),
        ("status", pa.string()),
        ("start_date", pa.date32()),
        ("end_date", pa.date32()),
        ("total_return", pa.float64()),
        ("portfolio_cagr", pa.float64()),
        ("portfolio_max_dd", pa.float64()),
        ("annual_volatility", pa.float64()),
        ("sharpe_ratio", pa.float64()),
        ("diversification_benefit", pa.float64()),
        ("turnover", pa.float64()),
        ("total_cost", pa.float64()),
        ("cash_weight_mean", pa.float64()),
        ("day_count", pa.int64()),
        ("rebalance_count", pa.int64()),
    ]
)

CONTRIBUTION_SCHEMA = pa.schema(
    [
        ("portfolio_id", pa.string()),
        ("member_id", pa.string()),
        ("backtest_id", pa.string()),
        ("leave_one_out_status", pa.string()),
        ("weight_mean", pa.float64()),
        ("profit", pa.float64()),
        ("return_share", pa.float64()),
        ("risk_share", pa.float64()),
        ("contribution_stddev", pa.float64()),
        ("cagr_change_without", pa.float64()),
        ("max_drawdown_change_without", pa.float64()),
        ("held_day_count", pa.int64()),
    ]
)

CO_DRAWDOWN_SCHEMA = pa.schema(
    [
        ("portfolio_id", pa.string()),
        ("member_id", pa.string()),
        ("other_member_id", pa.string()),
        ("worst_joint_date", pa.date32()),
        ("drawdown_ratio", pa.float64()),
        ("other_drawdown_ratio", pa.float64()),
        ("joint_drawdown_ratio", pa.float64()),
        ("correlation", pa.float64()),
        ("worst_joint_return", pa.float64()),
        ("common_day_count", pa.int64()),
    ]
)
