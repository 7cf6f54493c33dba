-- One row per backtest with trades on the real history: a fingerprint of what they rest on.
-- Bars of what is traded count, and how many of them a year has.
with

backtests as (
    select
        backtest_id,
        symbol
    from {{ ref('int_backtests_identified') }}
    where
        has_trades
        and not is_resampled
),

files as (
    select
        backtest_id,
        load_id,
        {{ joined_fields(['file_sha256', 'settings', 'timezone']) }} as file_text
    from {{ ref('int_files_active') }}
    where file_kind = 'trades'
),

trades as (
    select
        load_id,
        symbol
    from {{ ref('stg_trades') }}
),

bar_versions as (
    select
        symbol,
        bars_sha256
    from {{ ref('int_bar_versions') }}
),

calendars as (
    select
        subject_id,
        periods_per_year
    from {{ ref('int_calendars_decided') }}
    where subject_kind = 'symbol'
),

symbols as (
    select
        files.backtest_id,
        coalesce(trades.symbol, backtests.symbol) as symbol
    from trades
    inner join files on trades.load_id = files.load_id
    inner join backtests on files.backtest_id = backtests.backtest_id
    group by files.backtest_id, coalesce(trades.symbol, backtests.symbol)
),

bars as (
    select
        symbols.backtest_id,
        {{ joined_text(
            joined_fields([
                'bar_versions.bars_sha256', 'cast(calendars.periods_per_year as string)'
            ]),
            order_by='symbols.symbol',
        ) }} as bars_text
    from symbols
    inner join bar_versions on symbols.symbol = bar_versions.symbol
    left join calendars on symbols.symbol = calendars.subject_id
    group by symbols.backtest_id
),

final as (
    select
        backtests.backtest_id,
        {{ sha256_text(joined_fields([
            'files.file_text',
            'bars.bars_text',
            'backtests.symbol',
            settings_text(),
        ])) }} as input_version
    from backtests
    inner join files on backtests.backtest_id = files.backtest_id
    left join bars on backtests.backtest_id = bars.backtest_id
)

select * from final
