"""What the libraries say of a curve beside a benchmark, by metric and function."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import pandas as pd

from parity.peers import Case

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import empyrical
    import quantstats

__all__ = ["BESIDE_BENCHMARK"]


def captured(case: Case, kept: pd.Series) -> float:
    """Return empyrical's capture with the calendar's own days a year."""
    own, market = (
        empyrical.annual_return(values[kept].to_numpy(), annualization=case.periods)
        for values in (case.own, case.market)
    )
    return float(own / market)


def _both(function: Callable[..., Any], case: Case, **options: Any) -> Any:
    return function(case.own.to_numpy(), case.market.to_numpy(), **options)


def _annual(function: Callable[..., Any], case: Case) -> Any:
    return _both(function, case, annualization=case.periods)


BESIDE_BENCHMARK: dict[tuple[str, str], Callable[[Case], Any]] = {
    ("benchmark_annual_return", "empyrical-reloaded annual_return"): lambda case: (
        empyrical.annual_return(case.market.to_numpy(), annualization=case.periods)
    ),
    ("alpha", "empyrical-reloaded alpha"): lambda case: _annual(empyrical.alpha, case),
    ("alpha_arithmetic", "quantstats greeks"): lambda case: case.greeks["alpha"],
    ("beta", "empyrical-reloaded beta"): lambda case: _both(empyrical.beta, case),
    ("beta", "quantstats greeks"): lambda case: case.greeks["beta"],
    ("correlation", "pandas Series.corr"): lambda case: case.own.corr(case.market),
    ("r_squared", "quantstats r_squared"): lambda case: quantstats.stats.r_squared(
        case.own, case.market, prepare_returns=False
    ),
    ("tracking_error", "empyrical-reloaded annual_volatility"): lambda case: (
        empyrical.annual_volatility((case.own - case.market).to_numpy(), annualization=case.periods)
    ),
    ("information_ratio", "empyrical-reloaded excess_sharpe"): lambda case: _both(
        empyrical.excess_sharpe, case
    ),
    (
        "information_ratio",
        "quantstats information_ratio",
    ): lambda case: quantstats.stats.information_ratio(
        case.own, case.market, prepare_returns=False
    ),
    ("information_ratio_annual", "empyrical-reloaded sharpe_ratio"): lambda case: (
        empyrical.sharpe_ratio((case.own - case.market).to_numpy(), annualization=case.periods)
    ),
    ("treynor_ratio", "quantstats treynor_ratio"): lambda case: quantstats.stats.treynor_ratio(
        case.own, case.market, case.periods
    ),
    ("capture", "empyrical-reloaded capture"): lambda case: captured(case, case.market.notna()),
    ("up_capture", "empyrical-reloaded up_capture"): lambda case: captured(case, case.market > 0),
    ("down_capture", "empyrical-reloaded down_capture"): lambda case: captured(
        case, case.market < 0
    ),
    ("up_down_capture", "empyrical-reloaded up_down_capture"): lambda case: (
        captured(case, case.market > 0) / captured(case, case.market < 0)
    ),
    ("up_alpha", "empyrical-reloaded up_alpha_beta"): lambda case: _annual(
        empyrical.up_alpha_beta, case
    )[0],
    ("up_beta", "empyrical-reloaded up_alpha_beta"): lambda case: _annual(
        empyrical.up_alpha_beta, case
    )[1],
    ("down_alpha", "empyrical-reloaded down_alpha_beta"): lambda case: _annual(
        empyrical.down_alpha_beta, case
    )[0],
    ("down_beta", "empyrical-reloaded down_alpha_beta"): lambda case: _annual(
        empyrical.down_alpha_beta, case
    )[1],
    ("batting_average", "empyrical-reloaded batting_average"): lambda case: _both(
        empyrical.batting_average, case
    )["batting average"],
    ("batting_average_up", "empyrical-reloaded batting_average"): lambda case: _both(
        empyrical.batting_average, case
    )["up market"],
    ("batting_average_down", "empyrical-reloaded batting_average"): lambda case: _both(
        empyrical.batting_average, case
    )["down market"],
    ("beta_fragility_heuristic", "empyrical-reloaded beta_fragility_heuristic"): lambda case: (
        empyrical.beta_fragility_heuristic(case.own, case.market)
    ),
}
