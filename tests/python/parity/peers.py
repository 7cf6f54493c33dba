"""What the libraries say of a curve, by metric and function."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
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

__all__ = ["PEERS", "TAIL_METRICS", "Case", "case_of"]

Floats = NDArray[np.float64]

# In the order of empyrical's estimates.
TAIL_METRICS = (
    "gpd_threshold",
    "gpd_scale",
    "gpd_shape",
    "gpd_value_at_risk",
    "gpd_expected_shortfall",
)


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

    @cached_property
    def episodes(self) -> pd.DataFrame:
        """quantstats' episodes under water, with one more day in front, at the start.

        Rounding errors are left out.
        """
        before = pd.Series([0.0], [self.returns.index[0] - pd.Timedelta(days=1)])
        drawdown = quantstats.stats.to_drawdown_series(pd.concat([before, self.returns]))
        return quantstats.stats.drawdown_details(drawdown.where(drawdown < -1e-10, 0.0))

    @cached_property
    def greeks(self) -> pd.Series:
        return quantstats.stats.greeks(self.own, self.market, self.periods, prepare_returns=False)

    def by(self, period: str) -> pd.Series:
        """The returns of calendar periods as quantstats groups them, without rounding errors."""
        if period == "W":
            found = self.returns.add(1).groupby(self.returns.index.to_period("W-SUN")).prod() - 1
        else:
            found = quantstats.utils.aggregate_returns(self.returns, period)
        return found.where(found.abs() > 1e-13, 0.0)


def case_of(
    curve: Curve, periods: float, closes: Mapping[date, float], start: float | None = None
) -> Case:
    """Return the case of a curve, from a known start, beside a benchmark of these closes."""
    common = [place for place, day in enumerate(curve.days) if day in closes]
    equity = np.asarray(curve.equity)[common]
    close = np.asarray([closes[curve.days[place]] for place in common])
    days = pd.DatetimeIndex([curve.days[place] for place in common])
    alive = equity[:-1] > 0
    return Case(
        _returns(np.asarray(curve.equity), pd.DatetimeIndex(curve.days), start),
        periods,
        pd.Series((equity[1:][alive] / equity[:-1][alive] - 1), days[1:][alive]),
        pd.Series((close[1:][alive] / close[:-1][alive] - 1), days[1:][alive]),
    )


def _returns(equity: Floats, days: pd.DatetimeIndex, start: float | None) -> pd.Series:
    previous = np.concatenate([[equity[0] if start is None else start], equity[:-1]])
    alive = previous > 0
    return pd.Series(equity[alive] / previous[alive] - 1, days[alive])


def in_window(returns: pd.Series, months: int | str) -> pd.Series:
    """Return the days of the last months, or of the month ("M") or the year ("Y") to date.

    A curve that begins after so many months have none.
    """
    last = returns.index[-1]
    if isinstance(months, str):
        return returns[returns.index >= last.to_period(months).start_time]
    begin = last - pd.DateOffset(months=months)
    return returns[returns.index >= begin] if returns.index[0] <= begin else returns[:0]


def risk_adjusted_return(case: Case) -> float:
    """Return quantstats' rar with the calendar's own days a year, and without its rounding."""
    growth = quantstats.stats.cagr(case.returns, periods=case.periods)
    return float(growth) / float((case.returns != 0).mean())


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


def empyrical_of(name: str, **options: Any) -> Callable[[Case], Any]:
    return lambda case: getattr(empyrical, name)(case.array, **options)


def annual_empyrical_of(name: str) -> Callable[[Case], Any]:
    return lambda case: getattr(empyrical, name)(case.array, annualization=case.periods)


def estimate_of_tail(place: int) -> Callable[[Case], Any]:
    return lambda case: empyrical.gpd_risk_estimates(case.array)[place]


def of_window(name: str, months: int | str) -> Callable[[Case], Any]:
    def peer(case: Case) -> Any:
        window = in_window(case.returns, months)
        options = {"periods": case.periods} if name == "cagr" else {}
        return getattr(quantstats.stats, name)(window, **options) if len(window) else math.nan

    return peer


def by_period(
    metrics: Mapping[str, tuple[str, str]],
) -> dict[tuple[str, str], Callable[[Case], Any]]:
    """Return the peers of metrics of weeks, months, quarters and years."""

    def peer(name: str, period: str) -> Callable[[Case], Any]:
        return lambda case: getattr(quantstats.stats, name)(case.by(period), prepare_returns=False)

    return {
        (metric, f"quantstats {name}"): peer(name, period)
        for metric, (name, period) in metrics.items()
    }


def growth_on_calendar_days(case: Case, growth: float) -> float:
    """Return growth a year of counted periods as growth a year of calendar days."""
    days = (case.returns.index[-1] - case.returns.index[0]).days
    if days < 30:
        return math.nan
    return float((1 + growth) ** (len(case.returns) / case.periods * 365.25 / days)) - 1


PEERS: dict[tuple[str, str], Callable[[Case], Any]] = {
    ("total_return", "empyrical-reloaded cum_returns_final"): empyrical_of("cum_returns_final"),
    ("total_return", "quantstats comp"): quantstats_of("comp"),
    ("cagr", "empyrical-reloaded cagr"): lambda case: growth_on_calendar_days(
        case, empyrical.cagr(case.array, annualization=case.periods)
    ),
    ("cagr", "quantstats cagr"): lambda case: growth_on_calendar_days(
        case, quantstats.stats.cagr(case.returns, periods=case.periods)
    ),
    ("annual_return", "empyrical-reloaded annual_return"): annual_empyrical_of("annual_return"),
    ("annual_return", "empyrical-reloaded cagr"): annual_empyrical_of("cagr"),
    ("annual_return", "quantstats cagr"): annual_quantstats_of("cagr"),
    ("mean_daily_return", "pandas Series.mean"): lambda case: case.returns.mean(),
    ("median_daily_return", "pandas Series.median"): lambda case: case.returns.median(),
    ("expected_daily_return", "quantstats expected_return"): quantstats_of("expected_return"),
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
    **{
        (metric, "empyrical-reloaded gpd_risk_estimates"): estimate_of_tail(place)
        for place, metric in enumerate(TAIL_METRICS)
    },
    ("autocorrelation", "pandas Series.autocorr"): lambda case: case.returns.autocorr(),
    ("autocorrelation_penalty", "quantstats autocorr_penalty"): quantstats_of("autocorr_penalty"),
    ("max_drawdown", "empyrical-reloaded max_drawdown"): empyrical_of("max_drawdown"),
    ("max_drawdown", "quantstats max_drawdown"): quantstats_of("max_drawdown"),
    ("average_drawdown", "quantstats drawdown_details"): lambda case: (
        case.episodes["max drawdown"].mean() / 100
    ),
    ("average_drawdown_days", "quantstats drawdown_details"): lambda case: case.episodes[
        "days"
    ].mean(),
    ("longest_drawdown_days", "quantstats drawdown_details"): lambda case: case.episodes[
        "days"
    ].max(),
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
    **by_period(
        {
            "expected_weekly_return": ("expected_return", "W"),
            "best_week": ("best", "W"),
            "worst_week": ("worst", "W"),
            "win_rate_weekly": ("win_rate", "W"),
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
