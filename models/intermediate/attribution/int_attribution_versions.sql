-- One row per backtest on the real history and factor set that has a factor.
-- A version is of one backtest and set only, so that it can be joined on alone.
-- A version is of one backtest only, so that tables can be joined on it alone.
-- depends_on: {{ ref('fct_equity_daily') }}
with

curves as (
    {{ followed_versions('fct_equity_daily') }}
),

backtests as (
    select
        backtest_id,
        periods_per_year
    from {{ ref('int_backtests_identified') }}
    where not is_resampled
),

factors as (
    select
        load_id,
        factor_set
    from {{ ref('int_factors_loaded') }}
    where factor_kind <> 'rf'
),

files as (
    select
        load_id,
        {{ joined_fields(['file_sha256', 'settings']) }} as file_text
    from {{ ref('int_files_active') }}
),

factor_sets as (
    select
        load_id,
        factor_set
    from factors
    group by load_id, factor_set
),

final as (
    select
        curves.backtest_id,
        factor_sets.factor_set,
        {{ sha256_text(joined_fields([
            'curves.backtest_id',
            'curves.input_version',
            'factor_sets.factor_set',
            'files.file_text',
        ])) }} as input_version,
        backtests.periods_per_year
    from curves
    inner join backtests on curves.backtest_id = backtests.backtest_id
    cross join factor_sets
    inner join files on factor_sets.load_id = files.load_id
)

select * from final
