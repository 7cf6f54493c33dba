"""What would stop a publication because of what is in a file is refused when the file comes in.

Each rule of a mart that can stop one (a constraint, or a data test of severity error) stands in one
of two tables: with the reason codes that keep a file out that would break it, or among the columns
that the warehouse makes itself, which no accepted file can break.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from conftest import Manifest
from curvehouse.ingest import ReasonCode as Code


class Rule(NamedTuple):
    """A constraint or test; the column is empty where it is about whole rows."""

    model: str
    column: str
    text: str


NUMBER = (Code.BAD_NUMBER, Code.NON_FINITE)
# "*" stands for every mart with such a column.
KEPT_AT_INGEST: dict[Rule, tuple[Code, ...]] = {
    Rule("*", "run_id", "not_null"): (Code.BAD_MANIFEST, Code.MANIFEST_MISMATCH),
    Rule("*", "strategy", "not_null"): (Code.BAD_JOBS_LINE, Code.NOT_PLANNED),
    Rule("*", "param_hash", "not_null"): (Code.BAD_JOBS_LINE, Code.PARAM_HASH_MISMATCH),
    Rule("*", "params", "not_null"): (Code.BAD_JOBS_LINE,),
    Rule("dim_backtest_params", "param_name", "not_null"): (Code.BAD_JOBS_LINE,),
    Rule("dim_runs", "planned_count", "planned_count >= 0"): (Code.BAD_MANIFEST,),
    Rule("dim_backtests", "periods_per_year", "periods_per_year > 0"): (Code.BAD_MANIFEST,),
    Rule("fct_jobs", "", "primary_key"): (Code.BAD_JOBS_LINE,),
    Rule("dim_backtests", "", "primary_key"): (Code.BAD_JOBS_LINE, Code.DUPLICATE_FILE),
    Rule("*", "status", "not_null"): (Code.BAD_JOBS_LINE,),
    Rule("fct_jobs", "status", "accepted_values"): (Code.BAD_JOBS_LINE,),
    Rule("fct_jobs", "seconds", "seconds >= 0"): (Code.BAD_JOBS_LINE,),
    Rule("fct_equity_daily", "equity_date", "not_null"): (Code.BAD_TIMESTAMP,),
    Rule("fct_equity_daily", "equity", "not_null"): NUMBER,
    Rule("fct_equity_daily", "equity", "equity >= 0"): (Code.NON_POSITIVE_EQUITY,),
    Rule("fct_equity_daily", "simple_return", "simple_return >= -1"): (Code.NON_POSITIVE_EQUITY,),
    Rule("fct_equity_daily", "high_water_mark", "high_water_mark >= 0"): (
        Code.NON_POSITIVE_EQUITY,
    ),
    Rule("fct_equity_daily", "drawdown", "drawdown between -1 and 0"): (Code.NON_POSITIVE_EQUITY,),
    Rule("fct_backtest_summary", "day_count", "day_count >= 1"): (Code.TOO_FEW_ROWS,),
    Rule("fct_backtest_summary", "final_equity", "final_equity >= 0"): (Code.NON_POSITIVE_EQUITY,),
    Rule("fct_factor_returns_daily", "factor", "not_null"): (Code.MISSING_VALUE,),
    Rule("fct_factor_returns_daily", "factor_date", "not_null"): (Code.BAD_TIMESTAMP,),
    Rule("fct_factor_returns_daily", "factor_return", "not_null"): NUMBER,
    Rule("fct_factor_returns_daily", "", "primary_key"): (Code.DUPLICATE_TIMESTAMP,),
    Rule("dim_portfolios", "portfolio_id", "not_null"): (Code.BAD_PORTFOLIO,),
    Rule("dim_portfolios", "rebalance_cadence", "not_null"): (Code.BAD_PORTFOLIO,),
    Rule(
        "dim_portfolios",
        "rebalance_cadence",
        "rebalance_cadence in ('daily', 'weekly', 'monthly')",
    ): (Code.BAD_PORTFOLIO,),
    Rule("dim_portfolios", "min_strategies", "not_null"): (Code.IMPOSSIBLE_PORTFOLIO,),
    Rule("dim_portfolios", "max_weight", "not_null"): (Code.IMPOSSIBLE_PORTFOLIO,),
    Rule("dim_portfolios", "cost_bps", "not_null"): (Code.BAD_PORTFOLIO,),
    Rule("fct_portfolio_weights", "", "primary_key"): (Code.DUPLICATE_MEMBER,),
    Rule("fct_market_regimes", "symbol", "not_null"): (Code.MISSING_VALUE, Code.MISSING_COLUMN),
    Rule("fct_market_regimes", "ts", "not_null"): (Code.BAD_TIMESTAMP,),
    Rule("fct_market_regimes", "close", "not_null"): NUMBER,
    Rule("fct_market_regimes", "close", "close > 0"): (Code.NON_POSITIVE_PRICE,),
    Rule("fct_market_regimes", "", "primary_key"): (Code.DUPLICATE_TIMESTAMP,),
    Rule("fct_trades", "entry_at", "not_null"): (Code.MISSING_VALUE, Code.BAD_TIMESTAMP),
    Rule("fct_trades", "side", "not_null"): (Code.MISSING_VALUE, Code.MISSING_COLUMN),
    Rule("fct_trades", "side", "side in ('long', 'short')"): (Code.BAD_TRADE,),
    Rule("fct_trades", "entry_price", "not_null"): (Code.MISSING_VALUE, *NUMBER),
    Rule("fct_trades", "hold_minutes", "hold_minutes >= 0"): (Code.BAD_TRADE,),
}

SUMMARY = """
    rows run_id robust_cagr_median robust_cagr_p05 robust_cagr_p95 cagr_spread
    param_sensitivity_score failure_rate planned_count ok_count no_trades_count ruined_count
    crashed_count timed_out_count non_finite_equity_count missing_count quarantined_count
    grid_point_count measured_point_count
"""

PERIOD = """
    rows backtest_id first_date last_date day_count starting_equity final_equity is_first_period
    is_open
"""

# By mart, what is computed, counted or named here; "rows" are the rules about whole rows.
MADE_BY_THE_WAREHOUSE = {
    "dim_backtest_params": "rows backtest_id",
    "dim_backtests": "backtest_id frequency is_resampled has_curve has_trades",
    "dim_metrics": """
        rows metric family description formula unit convention since_version is_in_summary
    """,
    "dim_portfolios": "rows member_count missing_member_count",
    "dim_runs": "rows resample is_import",
    "fct_backtest_summary": """
        rows backtest_id total_return cagr annual_return annual_volatility max_drawdown
        downside_risk omega_ratio tail_ratio stability_of_timeseries worst_day win_rate trade_count
        trade_win_rate trade_profit_factor probabilistic_sharpe_ratio min_track_record_bars
        sharpe_ratio_std_error_mertens average_drawdown longest_drawdown_days ulcer_index
        payoff_ratio worst_month win_rate_monthly time_in_market correlation tracking_error
    """,
    "fct_backtest_metrics": "rows backtest_id metric",
    "fct_backtest_regimes": """
        rows backtest_id equity_date vol_band trend_bucket regime vol_band_raw trend_bucket_raw
        null_reason volatility_14d
    """,
    "fct_backtest_uncertainty": """
        rows backtest_id fit_status sample_count cagr_p05 cagr_p95 max_drawdown_resampled_p05
        max_drawdown_resampled_p95 gpd_threshold gpd_scale gpd_shape gpd_value_at_risk
    """,
    "fct_drawdowns": """
        rows backtest_id peak_date first_underwater_date trough_date last_underwater_date
        drawdown_rank depth peak_equity decline_days recovery_days total_days day_count is_open
    """,
    "fct_equity_daily": "rows backtest_id high_water_mark is_filled",
    "contributions_of_months_compound_to_the_return": "rows",
    "contributions_sum_to_the_return_of_the_curve": "rows",
    "risk_contributions_sum_to_100": "rows",
    "fct_factor_attribution": """
        rows backtest_id factor_set estimation_window fit_status alpha_std_error_annual
        alpha_residual_cagr r_squared condition_number attributed_return observation_count
        exposed_day_count is_default_set
    """,
    "fct_factor_contributions": "rows backtest_id factor_set estimation_window factor fit_status",
    "fct_factor_contributions_monthly": """
        rows backtest_id factor_set estimation_window month_start_date factor is_open
    """,
    "fct_factor_exposures": """
        rows backtest_id factor_set estimation_window as_of_date factor fit_status std_error
        observation_count is_last_day
    """,
    "fct_factor_returns_daily": "factor_set factor_kind factor_position",
    "fct_failure_clusters": """
        rows run_id strategy cluster_id status narrative size copy_count avg_loss total_loss
        cluster_count trade_count losing_count incomplete_count silhouette null_silhouette_p99
        winner_share lift lift_p_adjusted lift_at_entry lift_at_entry_p_adjusted
    """,
    "fct_failure_rules": """
        rows run_id strategy rule_id split_at status in_sample_precision in_sample_recall
        out_of_sample_precision out_of_sample_recall out_of_sample_lift out_of_sample_p_adjusted
    """,
    "fct_ingested_files": """
        rows load_id file_kind file_path status duplicate_row_count reordered_row_count is_in_force
        loaded_at
    """,
    "fct_jobs": "backtest_id run_id has_curve has_trades",
    "fct_market_regime_agreement": """
        rows symbol state_count agreement chance_agreement day_count
    """,
    "fct_market_regime_fits": """
        rows symbol state_count fit_year fit_status state_1_return_stddev state_2_return_stddev
        state_3_return_stddev transition_1_1 transition_1_2 transition_1_3 transition_2_1
        transition_2_2 transition_2_3 transition_3_1 transition_3_2 transition_3_3 return_count
    """,
    "fct_market_regime_states": """
        rows symbol state_count ts fit_status state state_1_probability state_2_probability
        state_3_probability fit_year
    """,
    "fct_market_regimes": """
        rows vol_band trend_bucket regime vol_band_raw trend_bucket_raw null_reason volatility_14d
    """,
    "fct_overfitting": """
        rows run_id symbol basis best_backtest_id deflated_sharpe_status overfitting_status
        sharpe_stddev_per_bar expected_best_sharpe_per_bar deflated_sharpe_ratio
        overfitting_probability trial_count sharpe_count compared_curve_count compared_day_count
    """,
    "fct_parameter_sensitivity": """
        rows run_id symbol param_name cagr_range_mean cagr_range_max value_count slice_count
    """,
    "fct_regime_episodes": """
        rows subject_kind subject_id start_date end_date regime length_bars is_open
    """,
    "fct_regime_performance": """
        rows backtest_id basis regime regime_symbol test_status annual_volatility hit_rate worst_day
        p_value p_value_adjusted day_count spell_count shift_count
    """,
    "fct_regime_transitions": """
        rows subject_kind subject_id from_regime to_regime transition_probability transition_count
    """,
    "fct_portfolio_contributions": """
        rows portfolio_id source leave_one_out_status profit contribution_stddev held_day_count
    """,
    "fct_portfolio_daily": """
        rows portfolio_id portfolio_date equity simple_return gross_return cost drawdown
        traded_weight invested_weight cash_weight held_count is_rebalanced
    """,
    "fct_portfolio_summary": """
        rows portfolio_id portfolio_cagr portfolio_max_dd annual_volatility diversification_benefit
        turnover total_cost day_count rebalance_count
    """,
    "fct_portfolio_weights": """
        rows portfolio_id holding rebalance_date member_status rebalance_status weight_target
        weight_drifted is_capped
    """,
    "portfolio_contributions_sum_up": "rows",
    "portfolio_days_compound": "rows",
    "portfolio_weights_sum_to_one": "rows",
    "fct_strategy_co_drawdowns": """
        rows portfolio_id member_id other_member_id drawdown_ratio other_drawdown_ratio
        joint_drawdown_ratio correlation common_day_count
    """,
    "fct_quarantined_files": "rows load_id file_kind file_path reason_code reason loaded_at",
    "fct_restated_curves": """
        rows backtest_id load_id previous_load_id restated_at first_changed_at changed_row_count
        removed_row_count added_row_count
    """,
    "fct_returns_monthly": f"month_start_date monthly_return {PERIOD}",
    "fct_returns_yearly": f"year_start_date yearly_return {PERIOD}",
    "fct_run_strategy_summary": f"""
        symbol cagr_neighbour_rms neighbour_pair_count {SUMMARY}
    """,
    "fct_run_summary": SUMMARY,
    "fct_trade_clusters": """
        rows run_id strategy symbol side entry_at exit_at cluster_id entry_cluster_id copy_count pnl
        is_losing
    """,
    "fct_trades": """
        rows backtest_id line_number run_id trade_id symbol entry_weekday entry_hour entry_vol
        max_adverse_excursion max_favourable_excursion
    """,
    "fct_rolling_beta_daily": "rows backtest_id equity_date",
    "fct_rolling_daily": """
        rows backtest_id equity_date volatility_14d volatility_63d volatility_252d drawdown
        drawdown_63d drawdown_252d
    """,
    "periods_compound_to_the_total": "rows",
    "the_deepest_episode_is_the_maximum_drawdown": "rows",
}


def rules(manifest: Manifest) -> Iterator[Rule]:
    """Return every rule whose breach keeps a build from being published."""
    marts = {
        node["unique_id"]: node
        for node in manifest.models
        if node["original_file_path"].startswith("models/marts/")
    }
    for node in marts.values():
        for name, column in node["columns"].items():
            for constraint in column["constraints"]:
                yield Rule(node["name"], name, constraint["expression"] or constraint["type"])
    for test in manifest.data_tests:
        if test["config"]["severity"].lower() == "error":
            mart = marts.get(test.get("attached_node") or "")
            yield from rules_in(test, mart["name"] if mart else "")


def rules_in(test: dict[str, Any], mart: str) -> Iterator[Rule]:
    metadata = test.get("test_metadata")
    if metadata is None:
        yield Rule(test["name"], "", "singular")
    elif metadata["name"] == "is_valid_row":
        for condition in metadata["kwargs"]["conditions"]:
            yield Rule(mart, "", condition)
    elif mart:
        yield Rule(mart, test.get("column_name") or "", metadata["name"])


def reasons(rule: Rule) -> tuple[Code, ...]:
    return KEPT_AT_INGEST.get(rule) or KEPT_AT_INGEST.get(rule._replace(model="*"), ())


def is_made_here(rule: Rule) -> bool:
    return (rule.column or "rows") in MADE_BY_THE_WAREHOUSE.get(rule.model, "").split()


def test_each_rule_on_what_a_file_contains_has_its_reason_at_ingest(manifest: Manifest) -> None:
    found = [
        f"{rule.model}.{rule.column or 'rows'}: {rule.text}"
        for rule in rules(manifest)
        if not reasons(rule) and not is_made_here(rule)
    ]
    assert not found, "add to one of the tables:\n" + "\n".join(found)


def test_the_tables_list_no_rule_that_is_gone(manifest: Manifest) -> None:
    known = set(rules(manifest))
    known |= {rule._replace(model="*") for rule in known}
    assert not KEPT_AT_INGEST.keys() - known
    named = {
        (model, column)
        for model, columns in MADE_BY_THE_WAREHOUSE.items()
        for column in columns.split()
    }
    assert not named - {(rule.model, rule.column or "rows") for rule in known}
