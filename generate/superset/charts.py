"""The charts, by the dashboards that show them."""

from __future__ import annotations

from typing import Any

from generate.superset.parts import Chart

__all__ = ["CHARTS"]


def _table(columns: str, order_by: str, *, ascending: bool = False) -> dict[str, Any]:
    return {
        "query_mode": "raw",
        "all_columns": columns.split(),
        "order_by_cols": [f'["{order_by}", {str(ascending).lower()}]'],
        "row_limit": 1000,
        "server_page_length": 25,
        "show_cell_bars": False,
    }


def _line(x_axis: str, metrics: str, groupby: str, y_format: str) -> dict[str, Any]:
    return {
        "x_axis": x_axis,
        "time_grain_sqla": "P1W",
        "metrics": metrics.split(),
        "groupby": groupby.split(),
        "row_limit": 10000,
        "show_legend": True,
        "rich_tooltip": True,
        "y_axis_format": y_format,
        "seriesType": "line",
    }


def _bars(x_axis: str, metrics: str, groupby: str, y_format: str) -> dict[str, Any]:
    return {
        "x_axis": x_axis,
        "metrics": metrics.split(),
        "groupby": groupby.split(),
        "row_limit": 10000,
        "show_legend": True,
        "y_axis_format": y_format,
        "x_axis_sort": x_axis,
        "x_axis_sort_asc": True,
    }


def _heat_map(x_axis: str, groupby: str, metric: str, y_format: str) -> dict[str, Any]:
    return {
        "x_axis": x_axis,
        "groupby": groupby,
        "metric": metric,
        "row_limit": 10000,
        "sort_x_axis": "alpha_asc",
        "sort_y_axis": "alpha_asc",
        "normalize_across": "heatmap",
        "linear_color_scheme": "superset_seq_1",
        "legend_type": "continuous",
        "show_legend": True,
        "show_values": True,
        "y_axis_format": y_format,
    }


_LINE, _BAR = "echarts_timeseries_line", "echarts_timeseries_bar"

CHARTS = (
    Chart(
        "Leaderboard",
        "fct_backtest_summary",
        "table",
        "Every backtest, the highest Sharpe ratio first. The best of many is lucky until shown "
        "otherwise: see Luck of the best.",
        _table(
            "strategy symbol cagr sharpe_ratio max_drawdown calmar_ratio "
            "probabilistic_sharpe_ratio trade_count backtest_id",
            "sharpe_ratio",
        ),
    ),
    Chart(
        "Growth of all backtests",
        "fct_backtest_summary",
        "histogram_v2",
        "How growth a year is spread over the whole sweep, and not its best only.",
        {
            "column": "cagr",
            "groupby": ["strategy"],
            "bins": 30,
            "row_limit": 100000,
            "show_legend": True,
            "x_axis_format": ".1%",
        },
    ),
    Chart(
        "Luck of the best",
        "fct_overfitting",
        "table",
        "For the best backtest of each grid: how probable it is that its Sharpe ratio beyond "
        "holding the symbol is more than the luck of as many trials, and how often the best of "
        "half of the days was below the middle of the others.",
        _table(
            "run_id strategy symbol trial_count deflated_sharpe_ratio overfitting_probability "
            "best_backtest_id",
            "deflated_sharpe_ratio",
        ),
        filters=(("basis", "excess"),),
    ),
    Chart(
        "Growth by strategy and symbol",
        "fct_backtest_summary",
        "heatmap_v2",
        "Median growth a year of the backtests of a cell.",
        _heat_map("symbol", "strategy", "median_cagr", ".1%"),
    ),
    Chart(
        "What a parameter did",
        "parameters_of_backtests",
        _BAR,
        "Median Sharpe ratio by value of each parameter: a plateau is worth more than a peak.",
        _bars("param_value", "median_sharpe_ratio", "param_name", ".2f"),
    ),
    Chart(
        "Drawdowns over time",
        "curves_of_backtests",
        _LINE,
        "The median and the deepest of the drawdowns of all backtests, by week.",
        _line("equity_date", "median_drawdown deepest_drawdown", "strategy", ".0%"),
    ),
    Chart(
        "Return by market regime",
        "regimes_of_backtests",
        "heatmap_v2",
        "Mean return of a day by the regime known before it, as a decision would have met it.",
        _heat_map("regime", "strategy", "mean_return", ".3%"),
        filters=(("basis", "ex_ante"),),
    ),
    Chart(
        "Betas over time",
        "exposures_of_backtests",
        _LINE,
        "Median of the rolling betas of all backtests, at month ends.",
        _line("as_of_date", "median_beta", "factor", ".2f") | {"time_grain_sqla": "P1M"},
        filters=(("estimation_window", "rolling"),),
    ),
    Chart(
        "Market volatility",
        "fct_market_regimes",
        _LINE,
        "Volatility of the last 14 bars by symbol, on which the regimes stand.",
        _line("ts", "volatility", "symbol", ".0%"),
    ),
    Chart(
        "Deepest drawdowns",
        "fct_drawdowns",
        "table",
        "Episodes under water, the deepest first.",
        _table(
            "backtest_id depth peak_date trough_date recovery_date total_days is_open",
            "depth",
            ascending=True,
        ),
    ),
    Chart(
        "Portfolios",
        "fct_portfolio_daily",
        _LINE,
        "Equity of each portfolio, 1 at its start.",
        _line("portfolio_date", "growth", "portfolio_id", ".2f"),
    ),
    Chart(
        "Who carries the risk",
        "fct_portfolio_contributions",
        _BAR,
        "Share of each member in a portfolio's variance.",
        _bars("source", "share_of_risk", "portfolio_id", ".0%"),
    ),
    Chart(
        "Rules on losing trades",
        "fct_failure_rules",
        "table",
        "Rules on what is known at entry, and whether they held on later trades.",
        _table(
            "run_id strategy status rule in_sample_precision out_of_sample_precision "
            "out_of_sample_lift out_of_sample_p_adjusted",
            "out_of_sample_lift",
        ),
    ),
)
