"""Portfolios walked all periods at once, against one that is walked day by day and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curvehouse.analytics.portfolios.contributions import member_contributions
from curvehouse.analytics.portfolios.figures import portfolio_figures
from curvehouse.analytics.portfolios.options import CADENCES, POLICIES, PortfolioOptions
from curvehouse.analytics.portfolios.options import PortfolioSpec as Spec
from curvehouse.analytics.portfolios.panel import Panel
from curvehouse.analytics.portfolios.walk import Walk, walk_portfolio
from panels import drawn, panel_of

OPTIONS = PortfolioOptions(min_days=5, window_days=20, kelly_min_days=15)


@st.composite
def panels(draw: st.DrawFn) -> Panel:
    """Members that begin late, end early, pause, or lose all."""
    members, days = draw(st.integers(1, 5)), draw(st.integers(20, 90))
    returns = drawn(members, days, draw(st.integers(0, 999)))
    for row in returns:
        start, end = draw(st.integers(0, days // 2)), draw(st.integers(days // 3, days))
        row[:start] = np.nan
        row[end:] = np.nan
        pause = draw(st.integers(0, days - 1))
        row[pause : pause + draw(st.integers(0, 9))] = np.nan
        if draw(st.integers(0, 9)) == 0:
            ruin = draw(st.integers(0, days - 1))
            row[ruin], row[ruin + 1 :] = -1.0, np.nan
    kept = np.isfinite(returns).any(axis=0)
    policies = [draw(st.sampled_from(POLICIES)) for _ in range(members)]
    return panel_of(returns[:, kept], policies)


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    return Spec(
        "p",
        draw(st.sampled_from(CADENCES)),
        max_weight=draw(st.sampled_from([0.1, 0.3, 0.6, 1.0])),
        min_strategies=draw(st.integers(1, 2)),
        cost_bps=draw(st.sampled_from([0.0, 10.0, 300.0])),
    )


def by_hand(walk: Walk, spec: Spec) -> dict[str, list[float]]:
    """Hold what was decided in money, one day after the other."""
    panel, targets = walk.panel, walk.targets
    decisions = dict(zip(targets.rows.tolist(), targets.weights, strict=True))
    names = range(len(panel.members))
    held, cash, equity, peak, was_invested = [0.0 for _ in names], 1.0, 1.0, 1.0, False
    found: dict[str, list[float]] = {
        name: [] for name in ("return", "cost", "turnover", "cash", "drawdown")
    }
    for row in range(int(targets.rows[0]), len(panel.days)):
        before, cost, turnover = equity, 0.0, 0.0
        if row in decisions:
            wanted = decisions[row].tolist()
            weights = [value / equity for value in held]
            traded = sum(abs(new - old) for new, old in zip(wanted, weights, strict=True))
            cost = spec.cost_bps / 1e4 * traded
            if was_invested:
                turnover = (traded + abs(sum(wanted) - sum(weights))) / 2
            was_invested = was_invested or sum(wanted) > 0
            equity *= 1 - cost
            held = [weight * equity for weight in wanted]
            cash = equity - sum(held)
        for name in names:
            if panel.missing_days[name, row] > OPTIONS.max_missing_days:
                cash, held[name] = cash + held[name], 0.0
        found["cash"].append(cash / (cash + sum(held)))
        held = [held[name] * (1 + panel.returns[name, row]) for name in names]
        equity = cash + sum(held)
        peak = max(peak, equity)
        found["return"].append(equity / before - 1)
        found["cost"].append(cost)
        found["turnover"].append(turnover)
        found["drawdown"].append(equity / peak - 1)
        if equity <= 1e-12:
            break
    return found


@settings(max_examples=150)
@given(panel=panels(), spec=specs())
def test_a_walk_is_that_of_a_plain_loop(panel: Panel, spec: Spec) -> None:
    walk = walk_portfolio(panel, spec, OPTIONS)
    if not len(walk.rows):
        assert portfolio_figures(walk, OPTIONS)["status"] != "ok"
        return
    plain = by_hand(walk, spec)
    assert walk.returns == pytest.approx(plain["return"], abs=1e-12)
    assert walk.costs == pytest.approx(plain["cost"], abs=1e-12)
    assert walk.turnover == pytest.approx(plain["turnover"], abs=1e-12)
    assert walk.drawdowns == pytest.approx(plain["drawdown"], abs=1e-12)
    assert walk.cash == pytest.approx(plain["cash"], abs=1e-12)


@settings(max_examples=100)
@given(panel=panels(), spec=specs())
def test_what_is_said_of_a_walk_adds_up(panel: Panel, spec: Spec) -> None:
    walk = walk_portfolio(panel, spec, OPTIONS)
    if not len(walk.rows):
        return
    assert walk.held.sum(axis=0) + walk.cash == pytest.approx(np.ones(len(walk.rows)), abs=1e-12)
    assert walk.targets.weights.max(initial=0.0) <= spec.max_weight
    figures = portfolio_figures(walk, OPTIONS)
    benefit = figures["diversification_benefit"]
    assert benefit is None or 0 <= benefit <= 1
    rows = list(member_contributions(walk, spec, OPTIONS))
    assert sum(row["profit"] for row in rows) == pytest.approx(figures["total_return"], abs=1e-12)
    shares = [row["risk_share"] for row in rows]
    assert shares[0] is None or sum(shares) == pytest.approx(1, abs=1e-9)


@settings(max_examples=60)
@given(panel=panels(), spec=specs(), cut=st.integers(10, 80))
def test_the_past_of_a_walk_stays(panel: Panel, spec: Spec, cut: int) -> None:
    part = Panel(panel.members, panel.days[:cut], panel.returns[:, :cut], panel.has_row[:, :cut])
    whole, short = walk_portfolio(panel, spec, OPTIONS), walk_portfolio(part, spec, OPTIONS)
    days, decisions = len(short.rows), len(short.targets.rows)
    assert short.returns == pytest.approx(whole.returns[:days], abs=1e-12)
    assert short.targets.weights == pytest.approx(whole.targets.weights[:decisions], abs=1e-12)
    assert short.drifted == pytest.approx(whole.drifted[:decisions], abs=1e-12)
