-- One row per trade of a backtest on the real history, with its features.
{{ config(**kept_by_backtest(follows='int_trade_versions')) }}
with

trades_described as (
    select
        backtest_id,
        line_number,
        entry_at,
        exit_at,
        run_id,
        strategy,
        trade_id,
        symbol,
        side,
        pre_runup_source,
        entry_vol_source,
        entry_vol_band,
        entry_trend_bucket,
        entry_regime,
        entry_weekday,
        entry_hour,
        quantity,
        entry_price,
        exit_price,
        fees,
        pnl,
        pre_runup_pct,
        entry_vol,
        hold_minutes,
        max_adverse_excursion,
        max_favourable_excursion
    from {{ ref('int_trades_described') }}
),

final as (
    select
        backtest_id,
        line_number,
        entry_at,
        exit_at,
        run_id,
        strategy,
        trade_id,
        symbol,
        side,
        pre_runup_source,
        entry_vol_source,
        entry_vol_band,
        entry_trend_bucket,
        entry_regime,
        entry_weekday,
        entry_hour,
        quantity,
        entry_price,
        exit_price,
        fees,
        pnl,
        pre_runup_pct,
        entry_vol,
        hold_minutes,
        max_adverse_excursion,
        max_favourable_excursion
    from trades_described
)

select * from final
