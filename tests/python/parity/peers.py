"""What the libraries say of a curve, by metric and function."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from curves import Curve

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import empyrical
    import quantstats

__all__ = ["BESIDE_BENCHMARK", "PEERS", "Case", "case_of", "drawdown_details", "in_window"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A curve as the libraries take it: its returns, and those of the days that it shares.

    Attributes
    ----------
    returns : pandas.Series
        From the first day on, up to ruin.
    periods : float
        A year.
    own, market : pandas.Series
        Returns of the curve and the benchmark from one common day to the next.
    """

    returns: pd.Series
    periods: float
    own: pd.Series
    market: pd.Series

    @cached_property
    def array(self) -> Floats:
        values: Floats = self.returns.to_numpy()
        return values


def case_of(curve: Curve, periods: float, closes: dict[date, float]) -> Case:
    """Return the case of a curve beside a benchmark of these closes."""
    common = [place for place, day in enumerate(curve.days) if day in closes]
    equity = np.asarray(curve.equity)[common]
    close = np.asarray([closes[curve.days[place]] for place in common])
    days = pd.DatetimeIndex([curve.days[place] for place in common])
    alive = equity[:-1] > 0
    return Case(
        _returns(np.asarray(curve.equity), pd.DatetimeIndex(curve.days)),
        periods,
        pd.Series((equity[1:][alive] / equity[:-1][alive] - 1), days[1:][alive]),
        pd.Series((close[1:][alive] / close[:-1][alive] - 1), days[1:][alive]),
    )


def _returns(equity: Floats, days: pd.DatetimeIndex) -> pd.Series:
    previous = np.concatenate([equity[:1], equity[:-1]])
    alive = previous > 0
    return pd.Series(equity[alive] / previous[alive] - 1, days[alive])


def in_window(returns: pd.Series, months: int | str) -> pd.Series:
    """Return the days of the last months, the month ("M") or the year ("Y") to date."""
    last = returns.index[-1]
    if isinstance(months, str):
        return returns[returns.index >= last.to_period(months).start_time]
    return returns[returns.index >= last - pd.DateOffset(months=months)]


def drawdown_details(returns: pd.Series) -> pd.DataFrame:
    """Return quantstats' episodes, rounding errors left out."""
    drawdown = quantstats.stats.to_drawdown_series(returns)
    return quantstats.stats.drawdown_details(drawdown.where(drawdown < -1e-10, 0.0))


def weekly(returns: pd.Series) -> pd.Series:
    """Return the weeks, from Monday to Sunday, compounded."""
    return returns.add(1).groupby(returns.index.to_period("W-SUN")).prod() - 1


def risk_adjusted_return(case: Case) -> float:
    """Return quantstats' rar with the calendar's own days a year, and without its rounding."""
    growth = quantstats.stats.cagr(case.returns, periods=case.periods)
    return float(growth) / float((case.returns != 0).mean())


def captured(case: Case, kept: pd.Series) -> float:
    """Return empyrical's capture with the calendar's own days a year."""
    own, market = (
        empyrical.annual_return(values[kept].to_numpy(), annualization=case.periods)
        for values in (case.own, case.market)
    )
    return float(own / market)


def signed_recovery(case: Case) -> float:
    """Return quantstats' recovery factor with the sign of what was earned."""
    factor = quantstats.stats.recovery_factor(case.returns)
    return float(factor * np.sign(case.returns.sum()))


def quantstats_of(name: str, *arguments: Any, **options: Any) -> Callable[[Case], Any]:
    return lambda case: getattr(quantstats.stats, name)(case.returns, *arguments, **options)


def annual_quantstats_of(name: str, **options: Any) -> Callable[[Case], Any]:
    return lambda case: getattr(quantstats.stats, name)(
        case.returns, periods=case.periods, **options
    )


def quantstats_weekly(name: str) -> Callable[[Case], Any]:
    return lambda case: getattr(quantstats.stats, name)(weekly(case.returns), prepare_returns=False)


def empyrical_of(name: str, **options: Any) -> Callable[[Case], Any]:
    return lambda case: getattr(empyrical, name)(case.array, **options)


def annual_empyrical_of(name: str) -> Callable[[Case], Any]:
    return lambda case: getattr(empyrical, name)(case.array, annualization=case.periods)


def of_window(name: str, months: int | str, **options: Any) -> Callable[[Case], Any]:
    return lambda case: getattr(quantstats.stats, name)(
        in_window(case.returns, months),
        **({"periods": case.periods} if name == "cagr" else {}),
        **options,
    )


def by_period(metrics: dict[str, tuple[str, str]]) -> dict[tuple[str, str], Callable[[Case], Any]]:
    """Return the peers of metrics of months, quarters and years: quantstats' with an aggregate."""
    return {
        (metric, f"quantstats {name}"): quantstats_of(
            name, aggregate=aggregate, prepare_returns=False
        )
        for metric, (name, aggregate) in metrics.items()
    }


PEERS: dict[tuple[str, str], Callable[[Case], Any]] = {
    ("total_return", "empyrical-reloaded cum_returns_final"): empyrical_of("cum_returns_final"),
    ("total_return", "quantstats comp"): quantstats_of("comp"),
    ("annual_return", "empyrical-reloaded annual_return"): annual_empyrical_of("annual_return"),
    ("annual_return", "empyrical-reloaded cagr"): annual_empyrical_of("cagr"),
    ("annual_return", "quantstats cagr"): annual_quantstats_of("cagr"),
    ("mean_daily_return", "pandas Series.mean"): lambda case: case.returns.mean(),
    ("median_daily_return", "pandas Series.median"): lambda case: case.returns.median(),
    ("expected_daily_return", "quantstats expected_return"): quantstats_of("expected_return"),
    ("expected_weekly_return", "quantstats expected_return"): quantstats_weekly("expected_return"),
    ("return_mtd", "quantstats comp"): of_window("comp", "M"),
    ("return_ytd", "quantstats comp"): of_window("comp", "Y"),
    ("return_3m", "quantstats comp"): of_window("comp", 3),
    ("return_6m", "quantstats comp"): of_window("comp", 6),
    ("return_1y", "quantstats comp"): of_window("comp", 12),
    ("annual_return_3y", "quantstats cagr"): of_window("cagr", 36),
    ("annual_return_5y", "quantstats cagr"): of_window("cagr", 60),
    ("annual_return_10y", "quantstats cagr"): of_window("cagr", 120),
    ("annual_volatility", "empyrical-reloaded annual_volatility"): annual_empyrical_of(
        "annual_volatility"
    ),
    ("annual_volatility", "quantstats volatility"): annual_quantstats_of("volatility"),
    ("daily_volatility", "pandas Series.std"): lambda case: case.returns.std(),
    ("downside_risk", "empyrical-reloaded downside_risk"): annual_empyrical_of("downside_risk"),
    ("value_at_risk", "empyrical-reloaded value_at_risk"): empyrical_of("value_at_risk"),
    ("conditional_value_at_risk", "empyrical-reloaded conditional_value_at_risk"): empyrical_of(
        "conditional_value_at_risk"
    ),
    ("value_at_risk_gaussian", "quantstats value_at_risk"): quantstats_of("value_at_risk"),
    (
        "conditional_value_at_risk_gaussian",
        "quantstats conditional_value_at_risk",
    ): quantstats_of("conditional_value_at_risk"),
    ("skewness", "pandas Series.skew"): lambda case: case.returns.skew(),
    ("skewness", "quantstats skew"): quantstats_of("skew"),
    ("kurtosis", "pandas Series.kurt"): lambda case: case.returns.kurt(),
    ("kurtosis", "quantstats kurtosis"): quantstats_of("kurtosis"),
    ("skewness_biased", "scipy stats.skew"): lambda case: stats.skew(case.array),
    ("kurtosis_biased", "scipy stats.kurtosis"): lambda case: stats.kurtosis(case.array),
    ("tail_ratio", "empyrical-reloaded tail_ratio"): empyrical_of("tail_ratio"),
    ("tail_ratio", "quantstats tail_ratio"): quantstats_of("tail_ratio"),
    ("autocorrelation", "pandas Series.autocorr"): lambda case: case.returns.autocorr(),
    ("autocorrelation_penalty", "quantstats autocorr_penalty"): quantstats_of("autocorr_penalty"),
    ("max_drawdown", "empyrical-reloaded max_drawdown"): empyrical_of("max_drawdown"),
    ("max_drawdown", "quantstats max_drawdown"): quantstats_of("max_drawdown"),
    ("average_drawdown", "quantstats drawdown_details"): lambda case: (
        drawdown_details(case.returns)["max drawdown"].mean() / 100
    ),
    ("average_drawdown_days", "quantstats drawdown_details"): lambda case: drawdown_details(
        case.returns
    )["days"].mean(),
    ("longest_drawdown_days", "quantstats drawdown_details"): lambda case: drawdown_details(
        case.returns
    )["days"].max(),
    ("ulcer_index", "quantstats ulcer_index"): quantstats_of("ulcer_index"),
    ("sharpe_ratio", "empyrical-reloaded sharpe_ratio"): annual_empyrical_of("sharpe_ratio"),
    ("sharpe_ratio", "quantstats sharpe"): annual_quantstats_of("sharpe"),
    (
        "probabilistic_sharpe_ratio",
        "quantstats probabilistic_sharpe_ratio",
    ): annual_quantstats_of("probabilistic_sharpe_ratio"),
    ("sortino_ratio", "empyrical-reloaded sortino_ratio"): annual_empyrical_of("sortino_ratio"),
    ("sortino_ratio", "quantstats sortino"): annual_quantstats_of("sortino"),
    ("calmar_ratio", "empyrical-reloaded calmar_ratio"): annual_empyrical_of("calmar_ratio"),
    ("calmar_ratio", "quantstats calmar"): annual_quantstats_of("calmar"),
    ("omega_ratio", "empyrical-reloaded omega_ratio"): empyrical_of("omega_ratio"),
    ("omega_ratio", "quantstats omega"): quantstats_of("omega"),
    ("stability_of_timeseries", "empyrical-reloaded stability_of_timeseries"): empyrical_of(
        "stability_of_timeseries"
    ),
    ("adjusted_sortino_ratio", "quantstats adjusted_sortino"): annual_quantstats_of(
        "adjusted_sortino"
    ),
    ("smart_sharpe_ratio", "quantstats smart_sharpe"): annual_quantstats_of("smart_sharpe"),
    ("smart_sortino_ratio", "quantstats smart_sortino"): annual_quantstats_of("smart_sortino"),
    ("smart_adjusted_sortino_ratio", "quantstats adjusted_sortino"): annual_quantstats_of(
        "adjusted_sortino", smart=True
    ),
    ("risk_return_ratio", "quantstats risk_return_ratio"): quantstats_of("risk_return_ratio"),
    ("risk_adjusted_return", "quantstats rar"): risk_adjusted_return,
    ("ulcer_performance_index", "quantstats ulcer_performance_index"): quantstats_of(
        "ulcer_performance_index"
    ),
    ("serenity_index", "quantstats serenity_index"): quantstats_of("serenity_index"),
    ("recovery_factor", "quantstats recovery_factor"): signed_recovery,
    ("time_in_market", "quantstats exposure"): lambda case: (case.returns != 0).mean(),
    ("best_day", "quantstats best"): quantstats_of("best"),
    ("worst_day", "quantstats worst"): quantstats_of("worst"),
    ("win_rate", "quantstats win_rate"): quantstats_of("win_rate"),
    ("average_return", "quantstats avg_return"): quantstats_of("avg_return"),
    ("average_win", "quantstats avg_win"): quantstats_of("avg_win"),
    ("average_loss", "quantstats avg_loss"): quantstats_of("avg_loss"),
    ("payoff_ratio", "quantstats payoff_ratio"): quantstats_of("payoff_ratio"),
    ("payoff_ratio", "quantstats win_loss_ratio"): quantstats_of("win_loss_ratio"),
    ("profit_factor", "quantstats profit_factor"): quantstats_of("profit_factor"),
    ("profit_ratio", "quantstats profit_ratio"): quantstats_of("profit_ratio"),
    ("gain_to_pain_ratio", "quantstats gain_to_pain_ratio"): quantstats_of("gain_to_pain_ratio"),
    ("gain_to_pain_ratio_monthly", "quantstats gain_to_pain_ratio"): quantstats_of(
        "gain_to_pain_ratio", 0, "ME"
    ),
    ("common_sense_ratio", "quantstats common_sense_ratio"): quantstats_of("common_sense_ratio"),
    ("cpc_index", "quantstats cpc_index"): quantstats_of("cpc_index"),
    ("outlier_win_ratio", "quantstats outlier_win_ratio"): quantstats_of("outlier_win_ratio"),
    ("outlier_loss_ratio", "quantstats outlier_loss_ratio"): quantstats_of("outlier_loss_ratio"),
    ("kelly_criterion", "quantstats kelly_criterion"): quantstats_of("kelly_criterion"),
    ("risk_of_ruin", "quantstats risk_of_ruin"): quantstats_of("risk_of_ruin"),
    ("consecutive_wins", "quantstats consecutive_wins"): quantstats_of("consecutive_wins"),
    ("consecutive_losses", "quantstats consecutive_losses"): quantstats_of("consecutive_losses"),
    ("best_week", "quantstats best"): quantstats_weekly("best"),
    ("worst_week", "quantstats worst"): quantstats_weekly("worst"),
    ("win_rate_weekly", "quantstats win_rate"): quantstats_weekly("win_rate"),
    **by_period(
        {
            "expected_monthly_return": ("expected_return", "ME"),
            "expected_yearly_return": ("expected_return", "YE"),
            "best_month": ("best", "ME"),
            "worst_month": ("worst", "ME"),
            "win_rate_monthly": ("win_rate", "ME"),
            "best_quarter": ("best", "QE"),
            "worst_quarter": ("worst", "QE"),
            "win_rate_quarterly": ("win_rate", "QE"),
            "best_year": ("best", "YE"),
            "worst_year": ("worst", "YE"),
            "win_rate_yearly": ("win_rate", "YE"),
            "average_winning_month": ("avg_win", "ME"),
            "average_losing_month": ("avg_loss", "ME"),
        }
    ),
}


def _both(function: Callable[..., Any], case: Case, **options: Any) -> Any:
    return function(case.own.to_numpy(), case.market.to_numpy(), **options)


def _annual(function: Callable[..., Any], case: Case) -> Any:
    return _both(function, case, annualization=case.periods)


BESIDE_BENCHMARK: dict[tuple[str, str], Callable[[Case], Any]] = {
    ("benchmark_annual_return", "empyrical-reloaded annual_return"): lambda case: (
        empyrical.annual_return(case.market.to_numpy(), annualization=case.periods)
    ),
    ("alpha", "empyrical-reloaded alpha"): lambda case: _annual(empyrical.alpha, case),
    ("alpha_arithmetic", "quantstats greeks"): lambda case: quantstats.stats.greeks(
        case.own, case.market, case.periods, prepare_returns=False
    )["alpha"],
    ("beta", "empyrical-reloaded beta"): lambda case: _both(empyrical.beta, case),
    ("beta", "quantstats greeks"): lambda case: quantstats.stats.greeks(
        case.own, case.market, case.periods, prepare_returns=False
    )["beta"],
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
