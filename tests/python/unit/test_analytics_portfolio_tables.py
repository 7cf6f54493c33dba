"""Portfolios from Arrow to Arrow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from curvehouse.analytics.portfolios import (
    compare_drawdowns,
    decide_weights,
    measure_contributions,
    measure_portfolios,
    walk_days,
)
from curvehouse.analytics.portfolios.co_drawdowns import co_drawdowns
from curvehouse.analytics.portfolios.options import PortfolioOptions
from curvehouse.analytics.portfolios.schemas import (
    CO_DRAWDOWN_SCHEMA,
    CONTRIBUTION_SCHEMA,
    DAY_SCHEMA,
    FIGURE_SCHEMA,
    WEIGHT_SCHEMA,
)
from panels import business_days, drawn, panel_of

TABLES = {
    decide_weights: WEIGHT_SCHEMA,
    walk_days: DAY_SCHEMA,
    measure_portfolios: FIGURE_SCHEMA,
    measure_contributions: CONTRIBUTION_SCHEMA,
    compare_drawdowns: CO_DRAWDOWN_SCHEMA,
}
RETURNS = pa.schema(
    [
        ("portfolio_id", pa.string()),
        ("member_id", pa.string()),
        ("equity_date", pa.date32()),
        ("simple_return", pa.float64()),
    ]
)


def member(portfolio_id: str, member_id: str | None, **values: Any) -> dict[str, Any]:
    return {
        "portfolio_id": portfolio_id,
        "rebalance_cadence": "monthly",
        "max_weight": 1.0,
        "min_strategies": 1,
        "cost_bps": 5.0,
        "portfolio_policy": None,
        "select_metric": None,
        "select_top": None,
        "member_id": member_id,
        "backtest_id": None if member_id is None else f"b_{member_id}",
        "policy": "equal",
        "periods_per_year": 252.0,
        "member_status": None,
        **values,
    }


def members_of(rows: list[dict[str, Any]]) -> pa.Table:
    names = list(member("p", "m"))
    kinds = {"max_weight": pa.float64(), "cost_bps": pa.float64(), "min_strategies": pa.int64()}
    kinds |= {"select_top": pa.int64(), "periods_per_year": pa.float64()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in names])
    return pa.Table.from_pylist(rows, schema=schema)


def returns_of(portfolio_id: str, names: list[str], days: int = 200, seed: int = 0) -> pa.Table:
    values = drawn(len(names), days, seed)
    return pa.table(
        [
            pa.array([portfolio_id] * values.size),
            pa.array(np.repeat(names, days)),
            pa.array(np.tile(business_days(days), len(names)), pa.date32()),
            pa.array(values.ravel()),
        ],
        schema=RETURNS,
    )


def reader(*tables: pa.Table) -> pa.RecordBatchReader:
    return pa.concat_tables(tables).to_reader(77)


@pytest.mark.parametrize("function", TABLES, ids=lambda function: function.__name__)
def test_nothing_in_nothing_out(function: Any) -> None:
    found = function(RETURNS.empty_table().to_reader(), members_of([]))
    assert (found.num_rows, found.schema) == (0, TABLES[function])


@pytest.mark.parametrize("function", TABLES, ids=lambda function: function.__name__)
def test_portfolios_do_not_touch_each_other(function: Any) -> None:
    first, second = returns_of("p", ["a", "b", "c"]), returns_of("r", ["a", "d"], seed=4)
    listed = [member("p", name) for name in "cab"]
    nobody = [member("q", None)]
    others = [member("r", name, policy="cap_dd") for name in "ad"]
    lost = [member("s", "x", member_status="not_landed")]
    stray = returns_of("never asked for", ["z"])
    found = function(reader(stray, first, second), members_of([*others, *lost, *listed, *nobody]))
    assert found.schema == TABLES[function]
    alone = [
        function(reader(first), members_of(listed)),
        function(reader(second), members_of(others)),
    ]
    rows = [row for row in found.to_pylist() if row["portfolio_id"] in ("p", "r")]
    assert rows == [row for table in alone for row in table.to_pylist()]
    assert len(rows) > 1


@pytest.mark.parametrize("method", [None, "hrp", "min_variance", "risk_parity", "max_sharpe"])
def test_the_order_of_members_and_rows_changes_nothing(method: str | None) -> None:
    rows = returns_of("p", ["a", "b", "c", "d", "e"])
    listed = [member("p", name, portfolio_policy=method, max_weight=0.3) for name in "abcde"]
    order = np.random.default_rng(3).permutation(rows.num_rows)
    for function in TABLES:
        straight = function(rows.to_reader(), members_of(listed))
        mixed = function(rows.take(order).to_reader(), members_of(listed[::-1]))
        assert mixed.equals(straight)


def test_a_portfolio_that_was_never_funded_says_why() -> None:
    listed = [
        member("few", "a", min_strategies=2),
        member("lost", "a", member_status="not_landed"),
        member("nobody", None),
        member("young", "a"),
    ]
    tables = [returns_of("few", ["a"]), returns_of("young", ["a"], days=30)]
    found = measure_portfolios(reader(*tables), members_of(listed)).to_pylist()
    assert {row["portfolio_id"]: row["status"] for row in found} == {
        "few": "too_few_members",
        "lost": "no_returns",
        "nobody": "no_returns",
        "young": "too_few_members",
    }
    assert not decide_weights(reader(*tables), members_of(listed)).num_rows


def test_weights_have_a_row_of_cash_and_reasons_of_members() -> None:
    listed = [member("p", "a"), member("p", "b", member_status="not_landed")]
    found = decide_weights(returns_of("p", ["a"]).to_reader(), members_of(listed)).to_pylist()
    first = {row["member_id"]: row for row in found[:3]}
    assert first["b"]["member_status"] == "not_landed"
    assert first["b"]["weight_target"] == 0.0
    assert first["b"]["score"] is None
    assert first[None]["backtest_id"] is None
    assert (first[None]["weight_target"], first[None]["weight_drifted"]) == (0.0, 1.0)
    assert (first["a"]["backtest_id"], first["a"]["weight_target"]) == ("b_a", 1.0)


def test_of_candidates_only_those_held_or_chosen_have_rows() -> None:
    names = [f"c{number}" for number in range(8)]
    rule = {"select_metric": "annual_return", "select_top": 2}
    listed = [member("p", name, **rule) for name in names]
    found = decide_weights(returns_of("p", names).to_reader(), members_of(listed)).to_pylist()
    by_date: dict[Any, list[dict[str, Any]]] = {}
    for row in found:
        by_date.setdefault(row["rebalance_date"], []).append(row)
    for rows in by_date.values():
        assert sum(row["weight_target"] for row in rows) == pytest.approx(1)
        assert sum(row["weight_drifted"] for row in rows) == pytest.approx(1)
        assert sum(row["member_status"] == "ok" for row in rows) == 2
        sold = [row for row in rows if row["member_status"] == "not_selected"]
        assert all(row["weight_drifted"] > 0 and row["weight_target"] == 0 for row in sold)
    assert max(len(rows) for rows in by_date.values()) > 3


def test_two_strategies_fall_together_as_counted_by_hand() -> None:
    returns = np.zeros((2, 70))
    returns[0, 10], returns[0, 20] = -0.5, 1.0  # below from day 10 to day 19
    returns[1, 15], returns[1, 25] = -0.2, 0.25  # below from day 15 to day 24
    (row,) = co_drawdowns(panel_of(returns), PortfolioOptions())
    assert row["common_day_count"] == 69
    assert row["drawdown_ratio"] == row["other_drawdown_ratio"] == pytest.approx(10 / 69)
    assert row["joint_drawdown_ratio"] == pytest.approx(5 / 69)
    assert row["worst_joint_date"] == business_days(70)[10].item()
    assert row["worst_joint_return"] == -0.25
    first, second = returns[:, 1:]
    assert row["correlation"] == pytest.approx(np.corrcoef(first, second)[0, 1])


def test_two_strategies_are_compared_on_their_common_days() -> None:
    returns = drawn(2, 200)
    returns[0, 40:50] = np.nan
    returns[1, :20] = np.nan
    (row,) = co_drawdowns(panel_of(returns), PortfolioOptions())
    both = np.isfinite(returns).all(axis=0)
    curves = np.cumprod(1 + np.nan_to_num(returns), axis=1)[:, both]
    rebased = curves[:, 1:] / curves[:, :-1] - 1
    assert row["common_day_count"] == 169
    assert row["correlation"] == pytest.approx(np.corrcoef(rebased)[0, 1])
    assert row["worst_joint_return"] == pytest.approx(rebased.mean(axis=0).min())


def test_too_few_common_days_say_nothing() -> None:
    returns = drawn(2, 200)
    returns[0, 100:] = np.nan
    returns[1, :60] = np.nan
    (row,) = co_drawdowns(panel_of(returns), PortfolioOptions())
    assert row == {"member_id": "m000", "other_member_id": "m001", "common_day_count": 39}
