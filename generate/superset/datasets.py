"""The datasets: marts that charts stand on, and joins that they need."""

from __future__ import annotations

from generate.superset.parts import Dataset, Metric

__all__ = ["DATASETS"]

_COUNT = Metric("backtests", "count(distinct backtest_id)", "How many backtests.", ",d")
_CAGR = Metric("median_cagr", "median(cagr)", "Median growth a year, a fraction.", ".1%")
_SHARPE = Metric("median_sharpe_ratio", "median(sharpe_ratio)", "Median Sharpe ratio.", ".2f")

_CURVES = """\
select
    curves.equity_date,
    backtests.run_id,
    backtests.strategy,
    backtests.symbol,
    backtests.backtest_id,
    backtests.params,
    curves.simple_return,
    curves.drawdown
from fct_equity_daily as curves
inner join dim_backtests as backtests
    on curves.backtest_id = backtests.backtest_id
where not backtests.is_resampled
"""
_PARAMETERS = """\
select
    summary.run_id,
    summary.strategy,
    summary.symbol,
    summary.backtest_id,
    params.param_name,
    params.param_value,
    params.param_number,
    summary.cagr,
    summary.sharpe_ratio,
    summary.max_drawdown
from fct_backtest_summary as summary
inner join dim_backtests as backtests
    on summary.backtest_id = backtests.backtest_id
inner join dim_backtest_params as params
    on summary.backtest_id = params.backtest_id
where not backtests.is_resampled
"""
_REGIMES = """\
select
    backtests.run_id,
    backtests.strategy,
    backtests.symbol,
    performance.backtest_id,
    performance.basis,
    performance.regime,
    performance.mean_return,
    performance.worst_day,
    performance.day_count,
    performance.p_value_adjusted
from fct_regime_performance as performance
inner join dim_backtests as backtests
    on performance.backtest_id = backtests.backtest_id
"""
_EXPOSURES = """\
select
    exposures.as_of_date,
    backtests.run_id,
    backtests.strategy,
    backtests.symbol,
    exposures.backtest_id,
    exposures.factor_set,
    exposures.estimation_window,
    exposures.factor,
    exposures.beta
from fct_factor_exposures as exposures
inner join dim_backtests as backtests
    on exposures.backtest_id = backtests.backtest_id
"""


def _columns(places: str) -> tuple[str, ...]:
    """Return ``mart.column`` for each column of ``mart: column …`` lines."""
    found = []
    for line in places.strip().splitlines():
        mart, _, names = line.strip().partition(": ")
        found += [f"{mart}.{name}" for name in names.split()]
    return tuple(found)


DATASETS = (
    Dataset("fct_backtest_summary", (_COUNT, _CAGR, _SHARPE), time="end_date"),
    Dataset(
        "fct_overfitting",
        (
            Metric(
                "best_deflated_sharpe_ratio",
                "max(deflated_sharpe_ratio)",
                "Highest deflated Sharpe ratio of the grids shown.",
            ),
        ),
    ),
    Dataset(
        "fct_drawdowns",
        (Metric("deepest", "min(depth)", "The deepest of them, a fraction.", ".1%"),),
        time="peak_date",
    ),
    Dataset(
        "fct_market_regimes",
        (
            Metric("volatility", "avg(volatility_14d)", "Mean volatility a year.", ".1%"),
            Metric("days", "count(*)", "How many days.", ",d"),
        ),
        time="ts",
    ),
    Dataset(
        "fct_portfolio_daily",
        (
            Metric("growth", "arg_max(equity, portfolio_date)", "Equity at the last day shown."),
            Metric("deepest", "min(drawdown)", "Deepest drawdown of the days shown.", ".1%"),
        ),
        time="portfolio_date",
    ),
    Dataset(
        "fct_portfolio_contributions",
        (
            Metric("share_of_return", "sum(return_share)", "Share of the profit.", ".1%"),
            Metric("share_of_risk", "sum(risk_share)", "Share of the variance.", ".1%"),
        ),
    ),
    Dataset(
        "fct_failure_rules",
        (Metric("rules", "count(*)", "How many rules.", ",d"),),
    ),
    Dataset(
        "curves_of_backtests",
        (
            _COUNT,
            Metric("median_drawdown", "median(drawdown)", "Median of the drawdowns.", ".1%"),
            Metric("deepest_drawdown", "min(drawdown)", "The deepest of the drawdowns.", ".1%"),
            Metric("mean_return", "avg(simple_return)", "Mean of the daily returns.", ".3%"),
        ),
        time="equity_date",
        sql=_CURVES,
        columns=_columns("""
            fct_equity_daily: equity_date
            dim_backtests: run_id strategy symbol backtest_id params
            fct_equity_daily: simple_return drawdown
        """),
    ),
    Dataset(
        "parameters_of_backtests",
        (_COUNT, _CAGR, _SHARPE),
        sql=_PARAMETERS,
        columns=_columns("""
            fct_backtest_summary: run_id strategy symbol backtest_id
            dim_backtest_params: param_name param_value param_number
            fct_backtest_summary: cagr sharpe_ratio max_drawdown
        """),
    ),
    Dataset(
        "regimes_of_backtests",
        (
            Metric(
                "mean_return",
                "sum(mean_return * day_count) / nullif(sum(day_count), 0)",
                "Mean return of a day in the regime, over all backtests shown.",
                ".3%",
            ),
            Metric("days", "sum(day_count)", "Days, counted for each backtest.", ",d"),
        ),
        sql=_REGIMES,
        columns=_columns("""
            dim_backtests: run_id strategy symbol
            fct_regime_performance: backtest_id basis regime mean_return worst_day day_count
            fct_regime_performance: p_value_adjusted
        """),
    ),
    Dataset(
        "exposures_of_backtests",
        (Metric("median_beta", "median(beta)", "Median of the betas.", ".2f"),),
        time="as_of_date",
        sql=_EXPOSURES,
        columns=_columns("""
            fct_factor_exposures: as_of_date
            dim_backtests: run_id strategy symbol
            fct_factor_exposures: backtest_id factor_set estimation_window factor beta
        """),
    ),
)
