-- One row per trade of a backtest whose trades are missing from fct_trades, with its features.
-- What the file says of a feature is taken before what the bars say.
with

trades as (
    select
        backtest_id,
        line_number,
        entry_at,
        exit_at,
        entry_date,
        exit_date,
        run_id,
        strategy,
        trade_id,
        symbol,
        side,
        entry_hour,
        quantity,
        entry_price,
        exit_price,
        fees,
        pnl,
        pre_runup_pct as given_runup_pct,
        case when entry_vol >= 0 then entry_vol end as given_vol,
        case side when 'short' then -1e0 else 1e0 end as direction
    from {{ ref('int_trades_to_describe') }}
),

entries as (
    select
        symbol,
        entry_date,
        first_close,
        volatility,
        vol_band,
        trend_bucket
    from {{ ref('int_trade_entries_described') }}
),

spans as (
    select
        symbol,
        entry_date,
        exit_date,
        lowest_close,
        highest_close
    from {{ ref('int_trade_spans_priced') }}
),

measured as (
    select
        trades.backtest_id,
        trades.line_number,
        trades.entry_at,
        trades.exit_at,
        trades.entry_date,
        trades.run_id,
        trades.strategy,
        trades.trade_id,
        trades.symbol,
        trades.side,
        trades.entry_hour,
        trades.quantity,
        trades.entry_price,
        trades.exit_price,
        trades.fees,
        trades.pnl,
        trades.given_runup_pct,
        trades.given_vol,
        entries.volatility,
        entries.vol_band,
        entries.trend_bucket,
        trades.direction * (trades.entry_price / nullif(entries.first_close, 0) - 1) * 100
            as runup_pct,
        -- Gains of the trade at its exit, and at the closes between entry and exit.
        trades.direction * (trades.exit_price / trades.entry_price - 1) as exit_gain,
        trades.direction * (spans.lowest_close / trades.entry_price - 1) as gain_at_lowest,
        trades.direction * (spans.highest_close / trades.entry_price - 1) as gain_at_highest,
        spans.symbol is not null as has_span
    from trades
    left join entries
        on
            trades.symbol = entries.symbol
            and trades.entry_date = entries.entry_date
    left join spans
        on
            trades.symbol = spans.symbol
            and trades.entry_date = spans.entry_date
            and trades.exit_date = spans.exit_date
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
        case
            when given_runup_pct is not null then 'file'
            when runup_pct is not null then 'bars'
        end as pre_runup_source,
        case
            when given_vol is not null then 'file'
            when volatility is not null then 'bars'
        end as entry_vol_source,
        {{ label_name('vol_band', 'vol_band') }} as entry_vol_band,
        {{ label_name('trend_bucket', 'trend_bucket') }} as entry_trend_bucket,
        {{ regime_name('vol_band', 'trend_bucket') }} as entry_regime,
        {{ weekday_number('entry_date') }} as entry_weekday,
        entry_hour,
        quantity,
        entry_price,
        exit_price,
        fees,
        pnl,
        coalesce(given_runup_pct, runup_pct) as pre_runup_pct,
        coalesce(given_vol, volatility) as entry_vol,
        {{ minutes_between('entry_at', 'exit_at') }} as hold_minutes,
        case when has_span then least(0e0, exit_gain, gain_at_lowest, gain_at_highest) end
            as max_adverse_excursion,
        case when has_span then greatest(0e0, exit_gain, gain_at_lowest, gain_at_highest) end
            as max_favourable_excursion
    from measured
)

select * from final
