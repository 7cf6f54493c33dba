"""Weights against skfolio on the same estimates, and the drifting curve against bt."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import bt
import numpy as np
import pandas as pd
import pytest
from skfolio import optimization
from skfolio.distance import CovarianceDistance
from skfolio.moments import LedoitWolf
from skfolio.prior import EmpiricalPrior
from sklearn.covariance import ledoit_wolf

from curvehouse.analytics.portfolios.hrp import hierarchical_risk_parity
from curvehouse.analytics.portfolios.methods import ledoit_wolf_covariance
from curvehouse.analytics.portfolios.options import PortfolioOptions, PortfolioSpec
from curvehouse.analytics.portfolios.panel import Floats, Panel
from curvehouse.analytics.portfolios.solvers import max_sharpe, min_variance, risk_parity
from curvehouse.analytics.portfolios.walk import walk_portfolio
from panels import panel_of
from parity.conftest import read_closes

# The peer's own tolerances, on variances of some 1e-4, leave weights that differ in digit four.
EXACT = {"tol_gap_abs": 1e-13, "tol_gap_rel": 1e-13, "tol_feas": 1e-12, "max_iter": 500}
WINDOWS = [(252, 8), (1_500, 13), (4_000, 20), (7_900, 5)]


@pytest.fixture(scope="module")
def stocks(market_data: Path) -> Panel:
    """Daily returns of twenty stocks."""
    closes = read_closes(market_data, "sp500_dataset.csv.gz")
    values = closes.drop("Date").to_numpy()
    days = np.array(closes["Date"].to_list(), "datetime64[D]")
    return panel_of((values[1:] / values[:-1] - 1).T, days=days[1:])


def peer_weights(name: str, returns: Floats, **settings: Any) -> Floats:
    """The weights of an estimator of skfolio, with the covariance of Ledoit and Wolf."""
    if name == "HierarchicalRiskParity":
        settings["distance_estimator"] = CovarianceDistance(covariance_estimator=LedoitWolf())
    if name != "InverseVolatility":
        settings["prior_estimator"] = EmpiricalPrior(covariance_estimator=LedoitWolf())
    if name in ("MeanRisk", "RiskBudgeting"):
        settings["solver_params"] = EXACT
    if name == "MeanRisk":
        settings["scale_objective"] = 1e4
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the solver, that it found less than was asked for
        model = getattr(optimization, name)(**settings).fit(returns)
    return np.asarray(model.weights_, dtype=np.float64)


@pytest.fixture(params=WINDOWS, ids=[f"day {last}, {count} stocks" for last, count in WINDOWS])
def window(request: pytest.FixtureRequest, stocks: Panel) -> Floats:
    last, count = request.param
    return np.ascontiguousarray(stocks.returns[:count, last - 252 : last].T)


def test_covariances_are_those_of_scikit_learn(window: Floats) -> None:
    theirs = ledoit_wolf(window)[0]
    assert ledoit_wolf_covariance(window) == pytest.approx(theirs, rel=1e-10, abs=1e-18)


@pytest.mark.parametrize("cap", [1.0, 0.3])
def test_minimum_variance(window: Floats, cap: float) -> None:
    covariance = ledoit_wolf_covariance(window)
    ours = min_variance(covariance, cap)
    theirs = peer_weights("MeanRisk", window, max_weights=cap)
    assert ours == pytest.approx(theirs, abs=1e-6)
    # Where the two differ in the last digits, ours is the lower.
    assert ours @ covariance @ ours <= theirs @ covariance @ theirs * (1 + 1e-12)


def test_maximum_sharpe_ratio(window: Floats) -> None:
    covariance, means = ledoit_wolf_covariance(window), window.mean(axis=0)
    ours = max_sharpe(means, covariance)
    theirs = peer_weights(
        "MeanRisk", window, objective_function=optimization.ObjectiveFunction.MAXIMIZE_RATIO
    )
    assert ours == pytest.approx(theirs, abs=1e-6)

    def ratio(weights: Floats) -> float:
        return float(means @ weights / np.sqrt(weights @ covariance @ weights))

    assert ratio(ours) >= ratio(theirs) * (1 - 1e-12)


@pytest.mark.parametrize("cap", [1.0, 0.3])
def test_no_small_move_lowers_the_variance(window: Floats, cap: float) -> None:
    covariance = ledoit_wolf_covariance(window)
    for weights, slope in (
        (ours := min_variance(covariance, cap), covariance @ ours),
        (
            best := max_sharpe(window.mean(axis=0), covariance),
            covariance @ best / (best @ covariance @ best)
            - window.mean(axis=0) / (window.mean(axis=0) @ best),
        ),
    ):
        limit = cap if weights is ours else 1.0
        is_free = (weights > 1e-9) & (weights < limit - 1e-9)
        level = slope[is_free].mean()
        size = np.abs(slope).max()
        assert slope[is_free] == pytest.approx(np.full(is_free.sum(), level), abs=1e-7 * size)
        assert (slope[weights <= 1e-9] >= level - 1e-7 * size).all()
        assert (slope[weights >= limit - 1e-9] <= level + 1e-7 * size).all()


def test_risk_budgeting(window: Floats) -> None:
    covariance = ledoit_wolf_covariance(window)
    ours = risk_parity(covariance)
    assert ours == pytest.approx(peer_weights("RiskBudgeting", window), abs=1e-6)
    parts = ours * (covariance @ ours)
    assert parts == pytest.approx(np.full(len(parts), parts.mean()), rel=1e-10)


def test_hierarchical_risk_parity(window: Floats) -> None:
    ours = hierarchical_risk_parity(ledoit_wolf_covariance(window))
    theirs = peer_weights("HierarchicalRiskParity", window)
    # Ours rounds distances to ten decimals, so that no rounding chooses the tree.
    assert ours == pytest.approx(theirs, abs=1e-9)


def test_vol_parity_is_inverse_volatility_where_the_own_volatility_is_the_larger(
    window: Floats,
) -> None:
    panel = panel_of(np.vstack([window, window[:1]]).T, "vol_parity")
    # With a decay of almost nothing the exponential weights see the last return alone.
    options = PortfolioOptions(ewma_decay=1e-9, volatility_floor=1e-12)
    calm = np.array(panel.returns)
    calm[:, 251] *= 0.01
    still = Panel(panel.members, panel.days, calm, panel.has_row)
    walk = walk_portfolio(still, PortfolioSpec("p", "daily"), options)
    theirs = peer_weights("InverseVolatility", calm[:, :252].T)
    assert walk.targets.weights[-1] == pytest.approx(theirs, rel=1e-9)


def test_the_drifting_curve_is_that_of_bt(stocks: Panel) -> None:
    part = panel_of(stocks.returns[:6, 5_000:5_700], "vol_parity", days=stocks.days[5_000:5_700])
    walk = walk_portfolio(part, PortfolioSpec("p", "monthly", max_weight=0.16))
    names = [member.member_id for member in part.members]
    prices = pd.DataFrame(
        100 * np.cumprod(1 + part.returns, axis=1).T, index=pd.to_datetime(part.days), columns=names
    )
    # bt buys at a day's close what earns from the next day on.
    bought_at = pd.to_datetime(part.days[walk.targets.rows - 1])
    targets = pd.DataFrame(walk.targets.weights, index=bought_at, columns=names)
    algos = [bt.algos.SelectAll(), bt.algos.WeighTarget(targets), bt.algos.Rebalance()]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        test = bt.Backtest(bt.Strategy("p", algos), prices, integer_positions=False)
        bt.run(test)
    theirs = test.strategy.prices.reindex(pd.to_datetime(part.days[walk.rows])).to_numpy()
    start = float(test.strategy.prices.loc[bought_at[0]])
    assert walk.targets.weights.sum(axis=1).max() < 0.97  # there is cash
    assert walk.equity == pytest.approx(theirs / start, rel=1e-9)
