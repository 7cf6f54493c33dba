{# All vars of the project as one text: what a table kept by backtest was computed with. #}
{% macro settings_text() -%}
    {%- set settings = [] -%}
    {%- for name in [
        'benchmark_symbol', 'default_starting_cash',
        'volatility_window_bars', 'quarter_window_bars', 'year_window_bars',
        'trend_window_bars',
        'regime_history_bars', 'regime_history_min_bars', 'trend_threshold', 'min_dwell_bars',
        'regime_test_shifts', 'regime_label_max_days',
        'markov_symbols', 'markov_state_counts', 'markov_min_bars', 'markov_max_iterations',
        'bootstrap_samples', 'bootstrap_top_n', 'bootstrap_mean_block_bars', 'tail_min_losses',
        'risk_free_rate', 'cagr_min_days', 'zero_dispersion_ratio', 'benchmark_min_bars',
        'default_factor_set', 'attribution_window_days', 'attribution_span_days',
        'factor_hole_days', 'contribution_min_return',
        'entry_window_bars', 'entry_bar_age_days',
        'failure_min_losses', 'failure_strategy_min_losses', 'failure_min_cluster_share',
        'failure_min_silhouette', 'failure_null_draws', 'failure_sample_size',
        'failure_significance', 'rule_split_share', 'rule_max_depth', 'rule_min_leaf',
        'portfolio_min_days', 'portfolio_window_days', 'portfolio_kelly_min_days',
        'portfolio_max_missing_days', 'portfolio_ewma_decay', 'portfolio_volatility_floor',
        'portfolio_kelly_fraction', 'portfolio_kelly_limit', 'portfolio_drawdown_target',
        'portfolio_leave_one_out_max_members',
        'sensitivity_min_points', 'overfitting_min_curves', 'overfitting_blocks',
    ] -%}
        {%- do settings.append(name ~ '=' ~ var(name)) -%}
    {%- endfor -%}
    {{- dbt.string_literal(dbt.escape_single_quotes(settings | join('&'))) -}}
{%- endmacro %}
