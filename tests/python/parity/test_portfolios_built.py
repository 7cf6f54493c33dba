"""Tables of portfolios of real and made-up curves, as the shared build makes them."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from curves import Curve
from parity.conftest import CUT_ROWS, RUN_ID
from parity.portfolio_specs import CUT_POLICIES, METHODS


def one(built: duckdb.DuckDBPyConnection, sql: str, *values: object) -> tuple[Any, ...]:
    (row,) = built.execute(sql, list(values)).fetchall()
    return tuple(row)


@pytest.mark.parametrize("rows", CUT_ROWS)
def test_weights_of_the_past_stay(
    built: duckdb.DuckDBPyConnection, curves: list[Curve], rows: int
) -> None:
    days = next(curve.days for curve in curves if curve.name == f"cut_{rows}")
    kept, whole, changed = one(
        built,
        """
        select count(cut.holding), count(whole.holding), count(*) filter (
            where whole.member_status is distinct from cut.member_status
            or whole.rebalance_status is distinct from cut.rebalance_status
            or abs(coalesce(whole.score, 0) - coalesce(cut.score, 0)) > 1e-9
            or abs(whole.weight_target - cut.weight_target) > 1e-9
            or abs(whole.weight_drifted - cut.weight_drifted) > 1e-9
        )
        from (
            from fct_portfolio_weights
            where portfolio_id = 'of_index' and rebalance_date <= ?
        ) as whole
        full join (
            from fct_portfolio_weights where portfolio_id = ?
        ) as cut using (rebalance_date, holding)
        """,
        days[-1],
        f"of_cut_{rows}",
    )
    # Up to 63 days nobody is eligible, and the first month to begin after them is a while off.
    assert (kept, changed) == (whole, 0)
    assert kept > 0 or rows <= 84
    assert kept % (len(CUT_POLICIES) + 1) == 0


def test_a_portfolio_of_one_and_of_copies_is_the_strategy(
    built: duckdb.DuckDBPyConnection, curves: list[Curve]
) -> None:
    index = next(curve.backtest_id(RUN_ID) for curve in curves if curve.name == "index")
    for name in ("one", "copies"):
        days, wrong = one(
            built,
            """
            select count(*), count(*) filter (
                where abs(days.simple_return - own.simple_return) > 1e-12
            )
            from fct_portfolio_daily as days
            inner join fct_equity_daily as own
                on own.backtest_id = ? and own.equity_date = days.portfolio_date
            where portfolio_id = ?
            """,
            index,
            name,
        )
        assert (days > 8_000, wrong) == (True, 0)
        assert one(
            built,
            """
            select round(diversification_benefit, 9), round(turnover, 9)
            from fct_portfolio_summary where portfolio_id = ?
            """,
            name,
        ) == (0.0, 0.0)


def test_a_member_that_was_retracted_has_a_row_that_says_so(
    built: duckdb.DuckDBPyConnection,
) -> None:
    sql = "select status, member_count, missing_member_count from dim_portfolios"
    assert one(built, f"{sql} where portfolio_id = 'lost'") == ("ok", 2, 1)
    assert one(built, f"{sql} where portfolio_id = 'never'") == ("too_few_members", 2, 1)
    found = built.execute(
        """
        select member_status, min(weight_target), max(weight_target)
        from fct_portfolio_weights where portfolio_id = 'lost' and member_id = 'gone' group by all
        """
    ).fetchall()
    assert found == [("not_landed", 0.0, 0.0)]
    assert one(built, "select count(*) from fct_portfolio_daily where portfolio_id = 'never'") == (
        0,
    )


def test_each_way_of_sizing_comes_through(built: duckdb.DuckDBPyConnection) -> None:
    found = built.execute(
        """
        select portfolio_id, policy, max(weight_target) > 0
        from fct_portfolio_weights
        where portfolio_id in ('mixed', 'best', 'hrp', 'max_sharpe', 'min_variance', 'risk_parity')
            and member_id is not null
        group by all order by all
        """
    ).fetchall()
    assert found == sorted(
        [("best", "equal", True)]
        + [("mixed", policy, True) for policy in ("equal", *CUT_POLICIES)]
        + [(method, method, True) for method in METHODS]
    )
    statuses = built.execute(
        "select distinct member_status from fct_portfolio_weights where portfolio_id = 'mixed'"
    ).fetchall()
    assert {status for (status,) in statuses} >= {"ok", "ruined", "flat", None}


def test_shares_and_pairs_are_complete(built: duckdb.DuckDBPyConnection) -> None:
    wrong = built.execute(
        """
        select portfolio_id
        from fct_portfolio_contributions
        group by portfolio_id
        having abs(sum(risk_share) - 1) > 1e-9 or count(*) filter (where source = 'costs') <> 1
        """
    ).fetchall()
    assert not wrong
    members, pairs = one(
        built,
        """
        select
            (select count(*) - 1 from fct_portfolio_contributions where portfolio_id = 'hrp'),
            (select count(*) from fct_strategy_co_drawdowns where portfolio_id = 'hrp')
        """,
    )
    assert pairs == members * (members - 1) / 2 > 10
