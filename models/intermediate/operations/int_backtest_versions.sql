-- One row per backtest: a fingerprint of all that its rows in the tables kept by backtest rest on.
-- Bars count only where a curve stands on their days: sparse curves, and trades without a curve.
with

backtests as (
    select
        backtest_id,
        symbol,
        frequency,
        starting_cash,
        periods_per_year,
        has_weekends,
        has_curve
    from {{ ref('int_backtests_identified') }}
),

files as (
    select
        backtest_id,
        load_id,
        file_kind,
        {{ joined_fields(['file_kind', 'file_sha256', 'settings', 'timezone']) }} as file_text
    from {{ ref('int_files_active') }}
    where file_kind in ('equity', 'trades')
),

bar_versions as (
    select
        symbol,
        bars_sha256
    from {{ ref('int_bar_versions') }}
),

trades as (
    select
        load_id,
        backtest_id,
        symbol
    from {{ ref('stg_trades') }}
),

file_versions as (
    select
        backtest_id,
        {{ joined_text('file_text', order_by='file_kind') }} as files_text
    from files
    group by backtest_id
),

calendar_symbols as (
    select
        backtest_id,
        symbol
    from backtests
    where frequency = 'sparse'
    union
    select
        trades.backtest_id,
        trades.symbol
    from trades
    inner join files on trades.load_id = files.load_id
    inner join backtests on trades.backtest_id = backtests.backtest_id
    where not backtests.has_curve
),

calendar_versions as (
    select
        calendar_symbols.backtest_id,
        {{ joined_text('bar_versions.bars_sha256', order_by='calendar_symbols.symbol') }}
            as calendars_text
    from calendar_symbols
    inner join bar_versions on calendar_symbols.symbol = bar_versions.symbol
    group by calendar_symbols.backtest_id
),

final as (
    select
        backtests.backtest_id,
        {{ sha256_text(joined_fields([
            'file_versions.files_text',
            'calendar_versions.calendars_text',
            'backtests.symbol',
            'backtests.frequency',
            'cast(backtests.starting_cash as string)',
            'cast(backtests.periods_per_year as string)',
            'cast(backtests.has_weekends as string)',
            settings_text(),
        ])) }} as input_version
    from backtests
    inner join file_versions on backtests.backtest_id = file_versions.backtest_id
    left join calendar_versions on backtests.backtest_id = calendar_versions.backtest_id
)

select * from final
