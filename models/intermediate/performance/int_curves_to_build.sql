-- One row per backtest whose days are missing from fct_equity_daily, with what they stand on.
with

{{ missing_versions('fct_equity_daily', follows='int_backtest_versions') }},

backtests as (
    select
        backtest_id,
        symbol,
        frequency,
        starting_cash,
        has_weekends,
        has_curve
    from {{ ref('int_backtests_identified') }}
),

files as (
    select
        backtest_id,
        load_id,
        file_kind,
        timezone,
        row_count,
        day_count
    from {{ ref('int_files_active') }}
),

final as (
    select
        missing.backtest_id,
        files.load_id,
        backtests.symbol,
        backtests.frequency,
        files.timezone,
        backtests.starting_cash,
        backtests.has_weekends,
        coalesce(files.row_count = files.day_count, false) as is_one_a_day,
        not backtests.has_curve as is_synthetic
    from missing
    inner join backtests on missing.backtest_id = backtests.backtest_id
    inner join files
        on
            missing.backtest_id = files.backtest_id
            and files.file_kind = case when backtests.has_curve then 'equity' else 'trades' end
)

select * from final
