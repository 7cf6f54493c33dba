"""Every metric that the catalogue gives a peer equals it, on real curves and at the edges.

What differs is named in the catalogue, and is told here in numbers.
"""

from __future__ import annotations

import csv
import math
import warnings
from collections import defaultdict
from importlib.metadata import version
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from conftest import PROJECT_DIR
from curvehouse.analytics.calendar_periods import measure_periods
from curvehouse.analytics.segments import Segments
from curves import Curve
from parity.benchmark_peers import BESIDE_BENCHMARK
from parity.conftest import CASH, CASH_RUN_ID, INDEX, RUN_ID, cash_curves, read_closes
from parity.peers import PEERS, TAIL_METRICS, Case, case_of
from parity.trade_peers import OF_TRADES, peer_trades

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import quantstats

Metrics = dict[str, dict[str, float | None]]
Cases = list[tuple[str, str, Case]]

with (PROJECT_DIR / "seeds" / "metric_definitions.csv").open(newline="") as definitions:
    CATALOGUE = {row["metric"]: row for row in csv.DictReader(definitions)}

# Where no number is right a library gives one all the same, and we give NULL.
ZERO_AT_REST = {
    *(f"win_rate{period}" for period in ("", "_weekly", "_monthly", "_quarterly", "_yearly")),
    *("profit_factor", "treynor_ratio", "information_ratio"),
}
# Rounding errors of a constant growth have a correlation.
ROUNDING = {"autocorrelation", "autocorrelation_penalty", "smart_sharpe_ratio"}
LEAST_RETURNS = {"skewness_biased": 3, "kurtosis_biased": 4}
# A ruined curve has no returns any more, but it lasts.
LASTING = {"average_drawdown_days", "longest_drawdown_days", "return_mtd", "cagr"}
# The index beside itself has no tracking error to divide by, and few curves have many years.
LEAST_COMPARED = {
    **dict.fromkeys(("information_ratio", "information_ratio_annual"), 20),
    **dict.fromkeys(("annual_return_3y", "annual_return_5y", "annual_return_10y"), 12),
    **dict.fromkeys(TAIL_METRICS, 30),
    **{"return_6m": 35, "return_1y": 30, "win_rate_yearly": 35},
}
LEAST_PAIRS = 20
LEAST_TAIL_BARS = 63
# Two searches that stop at a step of 1e-4 agree but for what rounding does on their paths.
TOLERANCE = dict.fromkeys(TAIL_METRICS, 1e-6)
CAN_DIFFER = {"rising", "ruined"}


def peers_named() -> dict[tuple[str, str], str]:
    """Return the version that the catalogue gives each peer of each metric."""
    named = {}
    for metric, row in CATALOGUE.items():
        for peer in filter(None, row["peer"].split("; ")):
            library, release, function = peer.split(" ")
            named[metric, f"{library} {function}"] = release
    return named


@pytest.fixture(scope="module")
def metrics(built: duckdb.DuckDBPyConnection) -> Metrics:
    found: Metrics = defaultdict(dict)
    rows = built.execute("select backtest_id, metric, value from fct_backtest_metrics").fetchall()
    for backtest, metric, value in rows:
        found[backtest][metric] = value
    return found


@pytest.fixture(scope="module")
def cases(built: duckdb.DuckDBPyConnection, curves: list[Curve], market_data: Any) -> Cases:
    """The curves that have days of their own, but for most of the walks: those are all alike."""
    index = read_closes(market_data, "sp500_index.csv.gz")
    closes = dict(zip(index["Date"].to_list(), index[INDEX].to_list(), strict=True))
    query = "select backtest_id, periods_per_year from fct_backtest_summary"
    periods = dict(built.execute(query).fetchall())
    found = []
    for curve in curves:
        if not curve.name.startswith(("sparse", "walk_1", "walk_2", "walk_3")):
            backtest = curve.backtest_id(RUN_ID)
            found.append((curve.name, backtest, case_of(curve, periods[backtest], closes)))
    for curve in cash_curves(market_data):
        backtest = curve.backtest_id(CASH_RUN_ID)
        found.append((curve.name, backtest, case_of(curve, periods[backtest], closes, CASH)))
    return found


def test_every_peer_of_the_catalogue_is_asked_in_its_version() -> None:
    named = peers_named()
    assert set(named) == {*PEERS, *BESIDE_BENCHMARK, *OF_TRADES}
    for (_, peer), release in named.items():
        library, function = peer.split(" ")
        assert release == version(library), peer
        module = __import__({"empyrical-reloaded": "empyrical"}.get(library, library))
        owner: Any = getattr(module, "stats", module) if library == "quantstats" else module
        if library == "vectorbt":
            owner = module.portfolio.trades
        for part in function.split("."):
            owner = getattr(owner, part)


def said_by(peer: Any, case: Case) -> float:
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return float(peer(case))
        except (ZeroDivisionError, ValueError):
            return math.nan


def is_left_open(metric: str, name: str, theirs: float, case: Case) -> bool:
    """Whether the metric is NULL where its peer has this number."""
    return (
        (metric in ZERO_AT_REST and theirs == 0)
        or (metric == "risk_of_ruin" and name == "constant")
        or (metric in ROUNDING and name == "rising")
        or len(case.returns) < LEAST_RETURNS.get(metric, 0)
        or (metric in LASTING and name == "ruined")
        or (metric in TAIL_METRICS and has_no_tail(theirs, case))
    )


def has_no_tail(theirs: float, case: Case) -> bool:
    """Whether the curve is too short, has too few losses or is ruined, or no fit was found."""
    too_short = len(case.array) < LEAST_TAIL_BARS or (case.array < 0).sum() < 20
    return too_short or case.array.min() <= -1 or theirs == 0


@pytest.mark.parametrize(("metric", "peer"), [*PEERS, *BESIDE_BENCHMARK])
def test_metric_equals_its_peer(metric: str, peer: str, cases: Cases, metrics: Metrics) -> None:
    compared = 0
    for name, backtest, case in cases:
        ours = metrics[backtest][metric]
        if (metric, peer) in BESIDE_BENCHMARK:
            theirs = said_by(BESIDE_BENCHMARK[metric, peer], case)
            if len(case.own) < LEAST_PAIRS:
                assert ours is None, name
                continue
        else:
            theirs = said_by(PEERS[metric, peer], case)
        if is_left_open(metric, name, theirs, case) and (ours is None or name in CAN_DIFFER):
            continue
        if not math.isfinite(theirs):
            assert ours is None or metric == "value_at_risk_gaussian", name
        else:
            rel = TOLERANCE.get(metric, 1e-10)
            assert ours == pytest.approx(theirs, rel=rel, abs=1e-14), name
            compared += 1
    assert compared >= LEAST_COMPARED.get(metric, 40)


# Every row of the report that is a number, and the metric that it prints.
REPORT = {
    "Cumulative Return": "total_return",
    "CAGR﹪": "annual_return",
    "Sharpe": "sharpe_ratio",
    "Prob. Sharpe Ratio": "probabilistic_sharpe_ratio",
    "Smart Sharpe": "smart_sharpe_ratio",
    "Sortino": "sortino_ratio",
    "Smart Sortino": "smart_sortino_ratio",
    "Sortino/√2": "adjusted_sortino_ratio",
    "Smart Sortino/√2": "smart_adjusted_sortino_ratio",
    "Omega": "omega_ratio",
    "Max Drawdown": "max_drawdown",
    "Longest DD Days": "longest_drawdown_days",
    "Volatility (ann.)": "annual_volatility",
    "Calmar": "calmar_ratio",
    "Skew": "skewness",
    "Kurtosis": "kurtosis",
    "Ulcer Performance Index": "ulcer_performance_index",
    "Risk-Return Ratio": "risk_return_ratio",
    "Avg. Return": "average_return",
    "Avg. Win": "average_win",
    "Avg. Loss": "average_loss",
    "Win/Loss Ratio": "payoff_ratio",
    "Profit Ratio": "profit_ratio",
    "Expected Daily": "expected_daily_return",
    "Expected Monthly": "expected_monthly_return",
    "Expected Yearly": "expected_yearly_return",
    "Kelly Criterion": "kelly_criterion",
    "Risk of Ruin": "risk_of_ruin",
    "Daily Value-at-Risk": "value_at_risk_gaussian",
    "Expected Shortfall (cVaR)": "conditional_value_at_risk_gaussian",
    "Max Consecutive Wins": "consecutive_wins",
    "Max Consecutive Losses": "consecutive_losses",
    "Gain/Pain Ratio": "gain_to_pain_ratio",
    "Gain/Pain (1M)": "gain_to_pain_ratio_monthly",
    "Payoff Ratio": "payoff_ratio",
    "Profit Factor": "profit_factor",
    "Common Sense Ratio": "common_sense_ratio",
    "CPC Index": "cpc_index",
    "Tail Ratio": "tail_ratio",
    "Outlier Win Ratio": "outlier_win_ratio",
    "Outlier Loss Ratio": "outlier_loss_ratio",
    "MTD": "return_mtd",
    "3M": "return_3m",
    "6M": "return_6m",
    "YTD": "return_ytd",
    "1Y": "return_1y",
    "All-time (ann.)": "annual_return",
    "Best Day": "best_day",
    "Worst Day": "worst_day",
    "Best Month": "best_month",
    "Worst Month": "worst_month",
    "Best Year": "best_year",
    "Worst Year": "worst_year",
    "Avg. Drawdown": "average_drawdown",
    "Ulcer Index": "ulcer_index",
    "Serenity Index": "serenity_index",
    "Avg. Up Month": "average_winning_month",
    "Avg. Down Month": "average_losing_month",
    "Win Days": "win_rate",
    "Win Month": "win_rate_monthly",
    "Win Quarter": "win_rate_quarterly",
    "Win Year": "win_rate_yearly",
}
# Rows that the catalogue says are otherwise here, and rows that are dates, or the var.
OTHERWISE = {
    "Time in Market": "time_in_market",
    "Risk-Adjusted Return": "risk_adjusted_return",
    "Recovery Factor": "recovery_factor",
    "3Y (ann.)": "annual_return_3y",
    "5Y (ann.)": "annual_return_5y",
    "10Y (ann.)": "annual_return_10y",
    # Cut off to whole days in the report.
    "Avg. Drawdown Days": "average_drawdown_days",
}
DATES = {
    "Start Period": "start_date",
    "End Period": "end_date",
    "Max DD Date": "max_drawdown_trough_date",
}
WITHOUT_METRIC = {"Risk-Free Rate", "Max DD Period Start", "Max DD Period End"}


@pytest.mark.parametrize("name", ["MSFT", "XOM", "walk_4", "cash_AAPL", "cut_1500"])
def test_the_report_prints_the_same(
    name: str, cases: Cases, metrics: Metrics, built: duckdb.DuckDBPyConnection
) -> None:
    ((backtest, case),) = [(found, case) for other, found, case in cases if other == name]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = quantstats.reports.metrics(
            case.returns.copy(), mode="full", display=False, periods_per_year=int(case.periods)
        )["Strategy"]
    rows = {label: value for label, value in report.items() if label}
    assert rows.keys() == {*REPORT, *OTHERWISE, *DATES, *WITHOUT_METRIC}
    for label, metric in REPORT.items():
        ours = metrics[backtest][metric]
        if rows[label] == "-":
            assert ours is None, label
        elif ours is not None:
            assert ours == pytest.approx(float(str(rows[label]).replace(",", "")), abs=0.0051), (
                label
            )
        else:
            assert metric in {"return_3m", "return_6m", "return_1y"}, label
    for label, column in DATES.items():
        query = f"select {column} from fct_backtest_summary where backtest_id = ?"
        assert str(built.execute(query, [backtest]).fetchall()[0][0]) == rows[label]


def test_what_is_otherwise_is_named_in_the_catalogue() -> None:
    named = {metric for metric, row in CATALOGUE.items() if row["peer"] and row["peer_difference"]}
    assert named >= {*OTHERWISE.values(), *ZERO_AT_REST, *LEAST_RETURNS, *LASTING, "risk_of_ruin"}


def test_a_week_is_a_week_also_at_the_turn_of_the_year() -> None:
    days = np.arange("2018-01-02", "2019-01-01", dtype="datetime64[D]")
    returns = pd.Series(0.0, pd.DatetimeIndex(days))
    returns[["2018-01-02", "2018-12-31"]] = 0.1
    # Monday 2018-12-31 is of week 1 of 2019; quantstats adds it to the first days of 2018.
    theirs = quantstats.stats.best(returns, aggregate="W", prepare_returns=False)
    equity = returns.add(1).cumprod().to_numpy()
    curves = Segments(np.array([len(days)]))
    ours = measure_periods(days, equity, curves, np.array([1.0]))["best_week"][0]
    assert (theirs, ours) == pytest.approx((0.21, 0.1))


def test_periods_and_episodes_are_those_of_their_tables(
    built: duckdb.DuckDBPyConnection,
) -> None:
    ((months, episodes, differing),) = built.execute(
        """
        with months as (
            select backtest_id, count(monthly_return) as month_count, max(monthly_return) as best,
                min(monthly_return) as worst, coalesce(sum(least(monthly_return, 0)), 0) as lost
            from fct_returns_monthly group by backtest_id
        ),
        years as (
            select backtest_id, count(yearly_return) as year_count, min(yearly_return) as worst
            from fct_returns_yearly group by backtest_id
        ),
        episodes as (
            select backtest_id, count(*) as drawdown_count, avg(depth) as depth,
                max(last_underwater_date - first_underwater_date + 1) as longest,
                max(peak_date) filter (drawdown_rank = 1) as peak_date,
                max(trough_date) filter (drawdown_rank = 1) as trough_date,
                max(recovery_date) filter (drawdown_rank = 1) as recovery_date,
                max(total_days) filter (drawdown_rank = 1) as total_days
            from fct_drawdowns group by backtest_id
        )
        select
            sum(months.month_count), sum(episodes.drawdown_count), count(*) filter (not (
                months.month_count = ours.month_count
                and years.year_count = ours.year_count
                and abs(months.best - ours.best_month) <= 1e-12
                and abs(months.worst - ours.worst_month) <= 1e-12
                and abs(months.lost + ours.loss_month_sum) <= 1e-10
                and abs(years.worst - ours.worst_year) <= 1e-12
                and coalesce(episodes.drawdown_count, 0) = ours.drawdown_count
                and abs(coalesce(episodes.depth - ours.drawdown_depth_mean, 0)) <= 1e-12
            )
            or episodes.longest is distinct from ours.longest_underwater_days
            or episodes.peak_date is distinct from ours.max_drawdown_peak_date
            or episodes.trough_date is distinct from ours.max_drawdown_trough_date
            or episodes.recovery_date is distinct from ours.max_drawdown_recovery_date
            or episodes.total_days is distinct from ours.max_drawdown_days)
        from intermediate.int_backtest_statistics as ours
        inner join months using (backtest_id)
        inner join years using (backtest_id)
        left join episodes using (backtest_id)
        """
    ).fetchall()
    assert differing == 0
    assert months > 2_000
    assert episodes > 1_000


def test_a_drawdown_from_the_first_day_is_one(cases: Cases, metrics: Metrics) -> None:
    days = pd.DatetimeIndex(["2024-01-02", "2024-01-03", "2024-01-04"])
    drawdown = quantstats.stats.to_drawdown_series(pd.Series([-0.1, 0.01, 0.02], days))
    # All three days are under water, and no episode is found.
    assert drawdown.max() < 0
    assert quantstats.stats.drawdown_details(drawdown).empty
    for name, backtest, case in cases:
        if name in {"cash_AAPL", "cash_GE"}:
            assert case.returns.iloc[0] < 0
            assert metrics[backtest]["drawdown_count"] == len(case.episodes) > 0


def test_a_loss_has_no_factor_of_recovery(cases: Cases, metrics: Metrics) -> None:
    losers = [
        (metrics[backtest]["recovery_factor"], quantstats.stats.recovery_factor(case.returns))
        for _, backtest, case in cases
        if case.returns.sum() < 0 and len(case.returns) > 2
    ]
    assert len(losers) >= 3
    for ours, theirs in losers:
        assert ours is not None
        assert ours == pytest.approx(-theirs)
        assert theirs > 0 > ours


def test_three_years_are_three_years(cases: Cases, metrics: Metrics) -> None:
    ((backtest, case),) = [(found, case) for name, found, case in cases if name == "index"]
    last = case.returns.index[-1]
    in_report = quantstats.stats.cagr(case.returns[last - pd.DateOffset(months=35) :])
    assert round(in_report, 4) == 0.054
    assert metrics[backtest]["annual_return_3y"] == pytest.approx(0.053023, abs=1e-6)


def test_days_in_the_market_are_not_rounded_up(cases: Cases, metrics: Metrics) -> None:
    ((backtest, case),) = [(found, case) for name, found, case in cases if name == "walk_0"]
    ours, theirs = metrics[backtest], quantstats.stats
    assert ours["time_in_market"] == pytest.approx(899 / 900)
    assert theirs.exposure(case.returns) == 1
    # And it annualises with 252 days, where this calendar has 365.
    growth = theirs.rar(case.returns)
    assert ours["risk_adjusted_return"] == pytest.approx(
        ((1 + growth) ** (365 / 252) - 1) * 900 / 899
    )


@pytest.mark.parametrize(("metric", "peer"), list(OF_TRADES))
def test_metric_of_trades_equals_its_peer(
    metric: str, peer: str, metrics: Metrics, trading_backtest: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = float(OF_TRADES[metric, peer](peer_trades()))
    assert metrics[trading_backtest][metric] == pytest.approx(theirs, rel=1e-10)
