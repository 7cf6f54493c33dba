"""The summary's statistics equal the libraries' on real and made-up curves."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from curves import Curve
from parity.conftest import RUN_ID

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import empyrical

Returns = NDArray[np.float64]
Peer = Callable[[Returns, float], float]

PEERS: dict[str, Peer] = {
    "total_return": lambda r, _: empyrical.cum_returns_final(r),
    "annual_return": lambda r, ppy: empyrical.annual_return(r, annualization=ppy),
    "annual_volatility": lambda r, ppy: empyrical.annual_volatility(r, annualization=ppy),
    "sharpe_ratio": lambda r, ppy: empyrical.sharpe_ratio(r, annualization=ppy),
    "sortino_ratio": lambda r, ppy: empyrical.sortino_ratio(r, annualization=ppy),
    "calmar_ratio": lambda r, ppy: empyrical.calmar_ratio(r, annualization=ppy),
    "max_drawdown": lambda r, _: empyrical.max_drawdown(r),
    "downside_risk": lambda r, ppy: empyrical.downside_risk(r, annualization=ppy),
    "omega_ratio": lambda r, _: empyrical.omega_ratio(r),
    "tail_ratio": lambda r, _: empyrical.tail_ratio(r),
    "value_at_risk": lambda r, _: empyrical.value_at_risk(r),
    "conditional_value_at_risk": lambda r, _: empyrical.conditional_value_at_risk(r),
    "stability_of_timeseries": lambda r, _: empyrical.stability_of_timeseries(r),
    "skewness": lambda r, _: pd.Series(r).skew(),
    "kurtosis": lambda r, _: pd.Series(r).kurt(),
}
# Where no number is right, the libraries give infinity or a ratio of rounding errors; we give NULL.
UNDEFINED = {
    ("constant", "sharpe_ratio"),
    ("constant", "stability_of_timeseries"),
    ("constant", "sortino_ratio"),
    ("rising", "sortino_ratio"),
    ("ruined", "stability_of_timeseries"),
    ("constant", "skewness"),
    ("constant", "kurtosis"),
    ("ruined", "skewness"),
}


def returns_of(curve: Curve) -> Returns:
    equity = np.asarray(curve.equity)
    previous = np.concatenate([equity[:1], equity[:-1]])
    alive = previous > 0
    returns: Returns = equity[alive] / previous[alive] - 1
    return returns


@pytest.fixture(scope="module")
def summaries(built: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    rows = built.sql("select * from fct_backtest_summary").pl().to_dicts()
    return {row["backtest_id"]: row for row in rows}


@pytest.mark.parametrize("metric", list(PEERS))
def test_metric_equals_its_peer(
    metric: str, curves: list[Curve], summaries: dict[str, dict[str, Any]]
) -> None:
    compared = 0
    # The sparse ones stand on more days than their file has.
    for curve in (curve for curve in curves if not curve.name.startswith("sparse")):
        summary = summaries[curve.backtest_id(RUN_ID)]
        ours = summary[metric]
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = float(PEERS[metric](returns_of(curve), summary["periods_per_year"]))
        if (curve.name, metric) in UNDEFINED or not math.isfinite(theirs):
            assert ours is None or (curve.name == "ruined"), (curve.name, ours, theirs)
        else:
            assert ours == pytest.approx(theirs, rel=1e-10, abs=1e-14), curve.name
            compared += 1
    assert compared >= 40


def test_cagr_runs_on_calendar_days(
    curves: list[Curve], summaries: dict[str, dict[str, Any]]
) -> None:
    for curve in curves:
        days = (curve.days[-1] - curve.days[0]).days
        ours = summaries[curve.backtest_id(RUN_ID)]["cagr"]
        if days < 30:
            assert ours is None
        else:
            expected = (curve.equity[-1] / curve.equity[0]) ** (365.25 / days) - 1
            assert ours == pytest.approx(expected, rel=1e-10, abs=1e-14)


def test_periods_per_year_follow_the_calendar(
    curves: list[Curve], summaries: dict[str, dict[str, Any]]
) -> None:
    by_name = {curve.name: summaries[curve.backtest_id(RUN_ID)] for curve in curves}
    assert by_name["index"]["periods_per_year"] == 252
    assert by_name["walk_0"]["periods_per_year"] == 365
