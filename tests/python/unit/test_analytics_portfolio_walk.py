"""Portfolios day by day: drift, rebalancing, cash, costs, and what is said of each."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from curvehouse.analytics.portfolios.contributions import member_contributions
from curvehouse.analytics.portfolios.figures import diversification_benefit, portfolio_figures
from curvehouse.analytics.portfolios.options import METHODS, POLICIES, PortfolioOptions
from curvehouse.analytics.portfolios.options import PortfolioSpec as Spec
from curvehouse.analytics.portfolios.panel import Floats, Panel
from curvehouse.analytics.portfolios.walk import Walk, walk_portfolio
from panels import AT_ONCE, business_days, drawn, panel_of

OPTIONS = PortfolioOptions()
ALL_WAYS = [{"policy": policy} for policy in POLICIES] + [{"method": name} for name in METHODS]
IDS = [*POLICIES, *METHODS]


def spec(**values: object) -> Spec:
    return Spec("p", **values)  # type: ignore[arg-type]


def walk_of(
    returns: Floats, way: dict[str, str], names: list[str] | None = None, **rules: object
) -> Walk:
    panel = panel_of(returns, way.get("policy", "equal"), names=names)
    return walk_portfolio(panel, spec(method=way.get("method"), **rules), OPTIONS)


def mixed(days: int = 700) -> Panel:
    """Members by every policy; one starts late, one ends early, one has gaps."""
    returns = drawn(6, days, seed=11)
    returns[1, :200] = np.nan
    returns[2, 500:] = np.nan
    returns[3, 300:303] = np.nan
    returns[3, 400:420] = np.nan
    return panel_of(returns, ["equal", "vol_parity", "kelly", "cap_dd", "kelly", "vol_parity"])


def test_halves_drift_apart_and_daily_rebalancing_brings_them_back() -> None:
    # The first day makes both eligible; the next three are those of the example.
    returns = np.array([[0.0, 0.1, 0.1, 0.1], [0.0, -0.1, -0.1, -0.1]])
    days = np.array(["2020-01-31", "2020-02-03", "2020-02-04", "2020-02-05"], "M8[D]")
    panel = panel_of(returns, days=days)
    drifting = walk_portfolio(panel, spec(cadence="monthly"), AT_ONCE)
    assert drifting.returns.tolist() == pytest.approx([0, 0.01, 1.03 / 1.01 - 1], abs=1e-15)
    daily = walk_portfolio(panel, spec(cadence="daily"), AT_ONCE)
    assert daily.returns.tolist() == pytest.approx([0, 0, 0], abs=1e-15)
    assert daily.turnover.tolist() == pytest.approx([0, 0.05, 0.05])


@pytest.mark.parametrize("way", ALL_WAYS, ids=IDS)
@pytest.mark.parametrize("cadence", ["daily", "weekly", "monthly"])
def test_weights_and_cash_sum_to_one_every_day(way: dict[str, str], cadence: str) -> None:
    returns = drawn(5, 330, seed=1)
    returns[1, :80] = np.nan
    returns[2, 250:] = np.nan
    walk = walk_of(returns, way, cadence=cadence, max_weight=0.3, min_strategies=2, cost_bps=10.0)
    assert len(walk.rows)
    assert walk.held.sum(axis=0) + walk.cash == pytest.approx(np.ones(len(walk.rows)), abs=1e-12)
    assert walk.held.min() >= 0
    assert walk.cash.min() >= 0
    assert walk.targets.weights.max() <= 0.3
    assert (walk.targets.weights.sum(axis=1) <= 1 + 1e-12).all()
    grown = np.concatenate([[1.0], walk.equity[:-1]]) * (1 + walk.returns)
    assert walk.equity == pytest.approx(grown)


@pytest.mark.parametrize("way", ALL_WAYS, ids=IDS)
def test_a_portfolio_of_one_is_the_strategy(way: dict[str, str]) -> None:
    own = np.random.default_rng(2).normal(0.002, 0.006, (1, 600))
    walk = walk_of(own, way)
    invested = walk.targets.weights[:, 0]
    if way.get("policy") == "cap_dd":
        assert invested.tolist() == pytest.approx([1.0] * len(invested))
    assert invested == pytest.approx(np.ones(len(invested)))
    assert walk.returns == pytest.approx(own[0, walk.rows])
    figures = portfolio_figures(walk, OPTIONS)
    assert figures["diversification_benefit"] == pytest.approx(0, abs=1e-12)
    assert figures["turnover"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("way", ALL_WAYS, ids=IDS)
def test_copies_under_other_names_equal_one(way: dict[str, str]) -> None:
    own = np.random.default_rng(2).normal(0.0008, 0.02, 600)
    one = walk_of(own[None, :], way)
    copies = walk_of(np.tile(own, (4, 1)), way)
    assert copies.rows.tolist() == one.rows.tolist()
    assert copies.returns == pytest.approx(one.returns, abs=1e-9)
    assert diversification_benefit(copies.contributions) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("way", ALL_WAYS, ids=IDS)
def test_the_order_of_the_members_changes_nothing(way: dict[str, str]) -> None:
    returns = drawn(6, 400, seed=7)
    names = [f"n{number}" for number in (3, 0, 5, 1, 4, 2)]
    if way.get("method") == "hrp":
        # Which end of its tree comes first is a matter of names; see the tests of the tables.
        return
    first = walk_of(returns, way, max_weight=0.25, cost_bps=5.0)
    order = np.random.default_rng(1).permutation(6)
    renamed = [names[position] for position in order]
    second = walk_of(returns[order], way, renamed, max_weight=0.25, cost_bps=5.0)
    tolerance = 1e-6 if "method" in way else 1e-12
    assert second.returns == pytest.approx(first.returns, abs=tolerance)
    assert second.targets.weights == pytest.approx(
        first.targets.weights[:, order], abs=10 * tolerance
    )


@pytest.mark.parametrize(
    "cut", [66, 100, 199, 200, 252, 253, 301, 401, 406, 407, 420, *range(440, 700, 29)]
)
def test_weights_of_the_past_stay_when_the_future_is_cut_off(cut: int) -> None:
    whole = mixed()
    rules = spec(cadence="weekly", max_weight=0.4, min_strategies=2, cost_bps=5.0)
    kept = slice(0, cut)
    part = Panel(whole.members, whole.days[kept], whole.returns[:, kept], whole.has_row[:, kept])
    full, short = (walk_portfolio(panel, rules, OPTIONS) for panel in (whole, part))
    decided, lived = len(short.targets.rows), len(short.rows)
    assert short.rows.tolist() == full.rows[:lived].tolist()
    assert short.targets.rows.tolist() == full.targets.rows[:decided].tolist()
    assert short.targets.weights.tolist() == full.targets.weights[:decided].tolist()
    assert short.targets.member_status.tolist() == full.targets.member_status[:decided].tolist()
    assert short.drifted.tolist() == full.drifted[:decided].tolist()
    assert short.equity.tolist() == full.equity[:lived].tolist()


@pytest.mark.parametrize("method", METHODS)
def test_methods_do_not_see_the_future(method: str) -> None:
    returns = drawn(5, 500, seed=13)
    whole = walk_of(returns, {"method": method}, max_weight=0.5)
    for cut in (130, 251, 252, 300, 377, 499):
        part = walk_of(returns[:, :cut], {"method": method}, max_weight=0.5)
        decided = len(part.targets.rows)
        assert part.targets.weights.tolist() == whole.targets.weights[:decided].tolist()


def test_a_late_member_is_bought_and_an_early_end_is_cash() -> None:
    returns = np.full((2, 300), 0.001)
    returns[1, :100] = np.nan
    returns[0, 200:] = np.nan
    panel = panel_of(returns)
    walk = walk_portfolio(panel, spec(cadence="daily"), OPTIONS)
    by_row = dict(zip(walk.rows.tolist(), walk.held.T.tolist(), strict=True))
    assert walk.rows[0] == 63
    assert by_row[162] == [1.0, 0.0]
    assert by_row[163] == [0.5, 0.5]  # its 63rd day is the 162nd
    # Held at its last value through five days, the 200th to the 204th.
    assert by_row[204] == [0.5, 0.5]
    assert by_row[205] == [0.0, 0.5]
    assert by_row[206] == [0.0, 1.0]


def test_a_member_that_ends_within_a_period_drifts_no_more() -> None:
    returns = np.full((2, 120), 0.01)
    returns[0, 102:] = np.nan
    days = np.arange(120) + np.datetime64("2020-01-01")
    walk = walk_portfolio(panel_of(returns, days=days), spec(cadence="monthly"), OPTIONS)
    rows = walk.rows.tolist()
    # The period of April 2020 begins on row 91; day 102 is the first without a row.
    at_107 = walk.held[:, rows.index(107)]
    assert at_107[0] == 0
    assert walk.cash[rows.index(107)] == pytest.approx(1 - at_107[1])
    value = 0.5 * 1.01**11
    assert walk.cash[rows.index(107)] == pytest.approx(value / (value + 0.5 * 1.01**16))


def test_too_few_members_hold_cash_and_say_so() -> None:
    returns = drawn(2, 300)
    returns[1, 150:] = np.nan
    walk = walk_portfolio(panel_of(returns), spec(min_strategies=2), OPTIONS)
    assert walk.targets.status[0] == "ok"
    assert walk.targets.status[-1] == "too_few_members"
    assert walk.targets.weights[-1].tolist() == [0.0, 0.0]
    assert walk.returns[-1] == 0.0
    never = walk_portfolio(panel_of(returns[:, 160:]), spec(min_strategies=2), OPTIONS)
    assert not len(never.rows)
    assert portfolio_figures(never, OPTIONS)["status"] == "too_few_members"


def test_kelly_that_expects_losses_holds_cash_and_says_so() -> None:
    returns = np.random.default_rng(3).normal(-0.002, 0.01, (3, 400))
    walk = walk_portfolio(panel_of(returns, "kelly"), spec(), OPTIONS)
    assert set(walk.targets.status) == {"no_positive_score"}
    assert walk.cash.tolist() == [1.0] * len(walk.rows)
    assert (walk.targets.raw < 0).all()
    assert portfolio_figures(walk, OPTIONS)["status"] == "ok"
    assert portfolio_figures(walk, OPTIONS)["total_return"] == 0.0


def test_caps_too_low_leave_cash_in_the_open() -> None:
    walk = walk_portfolio(panel_of(drawn(3, 200)), spec(max_weight=0.2), OPTIONS)
    assert walk.targets.weights.sum(axis=1) == pytest.approx(np.full(len(walk.targets.rows), 0.6))
    assert walk.targets.is_capped.all()
    for method in METHODS:
        held = walk_of(drawn(3, 200), {"method": method}, max_weight=0.2)
        funded = held.targets.status == "ok"
        assert held.targets.weights[funded] == pytest.approx(np.full((funded.sum(), 3), 0.2))


def test_no_solution_keeps_the_weights_before() -> None:
    returns = drawn(3, 400, seed=2)
    returns[:, :150] += 0.02
    returns[:, 150:] -= 0.03
    walk = walk_of(returns, {"method": "max_sharpe"})
    statuses = walk.targets.status.tolist()
    failed = statuses.index("no_positive_mean")
    assert statuses[0] == "ok"
    assert walk.targets.weights[failed].tolist() == walk.targets.weights[failed - 1].tolist()


def test_costs_are_paid_on_what_is_traded_and_have_a_row_of_their_own() -> None:
    returns = drawn(3, 200)
    panel = panel_of(returns)
    free, paid = (walk_portfolio(panel, spec(cost_bps=bps), OPTIONS) for bps in (0.0, 20.0))
    first, second = (np.flatnonzero(np.isin(paid.rows, paid.targets.rows))[n] for n in (0, 1))
    assert paid.costs[first] == pytest.approx(0.0020)
    traded = np.abs(paid.targets.weights[1] - paid.drifted[1]).sum()
    assert paid.costs[second] == pytest.approx(0.0020 * traded)
    assert (1 + paid.returns) == pytest.approx((1 + free.returns) * (1 - paid.costs))
    rows = list(member_contributions(paid, spec(cost_bps=20.0), OPTIONS))
    assert [row.get("member_id") for row in rows] == ["m000", "m001", "m002", None]
    assert rows[-1]["profit"] < 0
    total = sum(row["profit"] for row in rows)
    assert total == pytest.approx(paid.equity[-1] - 1)
    assert sum(row["risk_share"] for row in rows) == pytest.approx(1)
    figures = portfolio_figures(paid, OPTIONS)
    assert figures["turnover"] == pytest.approx(
        paid.turnover.sum()
        * 365.25
        / (paid.panel.days[-1] - paid.panel.days[paid.rows[0]]).astype(int)
    )


def test_cash_counts_in_the_turnover() -> None:
    returns = np.zeros((2, 200))
    returns[1, 100:] = np.nan
    walk = walk_portfolio(panel_of(returns), spec(cadence="daily", min_strategies=2), OPTIONS)
    # On the 106th row all goes to cash: one half is already there, the other is sold.
    assert walk.turnover.sum() == pytest.approx(0.5)


def test_leaving_one_out_is_the_portfolio_of_the_others() -> None:
    panel = panel_of(drawn(4, 400), ["equal", "vol_parity", "cap_dd", "equal"])
    rules = spec(max_weight=0.4)
    walk = walk_portfolio(panel, rules, OPTIONS)
    rows = list(member_contributions(walk, rules, OPTIONS))
    others = walk_portfolio(panel.without(1), rules, OPTIONS)
    whole, left = (portfolio_figures(each, OPTIONS) for each in (walk, others))
    assert rows[1]["cagr_change_without"] == pytest.approx(
        left["portfolio_cagr"] - whole["portfolio_cagr"]
    )
    assert rows[1]["max_drawdown_change_without"] == pytest.approx(
        left["portfolio_max_dd"] - whole["portfolio_max_dd"]
    )
    few = PortfolioOptions(leave_one_out_max_members=3)
    statuses = {row["leave_one_out_status"] for row in member_contributions(walk, rules, few)}
    assert statuses == {"too_many_members", "costs"}
    one = walk_portfolio(panel_of(drawn(1, 200)), spec(), OPTIONS)
    assert next(member_contributions(one, spec(), OPTIONS))["leave_one_out_status"] != "ok"


def test_a_ruined_member_takes_its_weight_with_it() -> None:
    returns = np.full((2, 200), 0.001)
    returns[0, 150] = -1.0
    panel = panel_of(returns)
    walk = walk_portfolio(panel, spec(), OPTIONS)
    at = walk.rows.tolist().index(150)
    assert walk.returns[at] == pytest.approx(-walk.held[0, at] + 0.001 * walk.held[1, at])
    assert walk.held[0, at + 1 :].max() == 0
    alone = walk_portfolio(panel.only(np.array([0])), spec(), OPTIONS)
    assert alone.rows[-1] == 150
    assert alone.returns[-1] == -1
    assert alone.drawdowns[-1] == -1
    figures = portfolio_figures(alone, OPTIONS)
    assert (figures["status"], figures["portfolio_cagr"]) == ("ruined", -1.0)


def test_members_are_selected_by_what_is_known_at_each_rebalance() -> None:
    returns = drawn(12, 500, seed=5)
    rules = spec(select_metric="sharpe_ratio", select_top=4, min_strategies=4)
    whole = walk_portfolio(panel_of(returns), rules, OPTIONS)
    assert ((whole.targets.weights > 0).sum(axis=1) == 4).all()
    assert len({tuple(row > 0) for row in whole.targets.weights}) > 3
    part = walk_portfolio(panel_of(returns[:, :300]), rules, OPTIONS)
    count = len(part.targets.rows)
    assert part.targets.weights.tolist() == whole.targets.weights[:count].tolist()


def test_contributions_that_cancel_are_all_benefit() -> None:
    moves = np.array([0.01, -0.02, 0.015])
    assert diversification_benefit(np.vstack([moves, -moves])) == pytest.approx(1)
    assert diversification_benefit(np.vstack([moves, 2 * moves])) == pytest.approx(0, abs=1e-12)
    assert diversification_benefit(np.zeros((2, 5))) is None


def test_growth_is_not_known_within_a_month() -> None:
    panel = panel_of(drawn(2, 85), days=business_days(85, date(2020, 1, 1)))
    figures = portfolio_figures(walk_portfolio(panel, spec(cadence="daily"), OPTIONS), OPTIONS)
    assert figures["day_count"] == 22
    assert figures.get("portfolio_cagr") is None
    assert figures["portfolio_max_dd"] <= 0


def test_what_grows_beyond_all_numbers_ends_there() -> None:
    returns = np.zeros((3, 200))
    for number in range(3):
        returns[number, [80 + number, 90 + number, 100 + number]] = 1e50
    walk = walk_portfolio(panel_of(returns), spec(cadence="daily"), OPTIONS)
    assert np.isfinite(walk.equity).all()
    assert walk.rows[-1] < 199
    figures = portfolio_figures(walk, OPTIONS)
    assert figures["status"] == "out_of_range"
    assert all(np.isfinite(value) for value in figures.values() if isinstance(value, float))
    rows = list(member_contributions(walk, spec(cadence="daily"), OPTIONS))
    numbers = [value for row in rows for value in row.values() if isinstance(value, float)]
    assert np.isfinite(numbers).all()
