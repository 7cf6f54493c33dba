-- One row per backtest: a job that landed a curve or trades.
with

backtests_identified as (
    select
        backtest_id,
        run_id,
        strategy,
        param_hash,
        symbol,
        seed,
        params,
        status,
        frequency,
        starting_cash,
        periods_per_year,
        is_resampled,
        has_curve,
        has_trades
    from {{ ref('int_backtests_identified') }}
),

final as (
    select
        backtest_id,
        run_id,
        strategy,
        param_hash,
        symbol,
        seed,
        params,
        status,
        frequency,
        starting_cash,
        periods_per_year,
        is_resampled,
        has_curve,
        has_trades
    from backtests_identified
)

select * from final
