-- One row per symbol and per backtest that has regimes, with the version of what they rest on.
-- depends_on: {{ ref('fct_backtest_regimes') }}
with

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

curve_versions as (
    {{ followed_versions('fct_backtest_regimes') }}
),

final as (
    select
        'symbol' as subject_kind,
        bar_versions.symbol as subject_id,
        {{ sha256_text(joined_fields([
            'bar_versions.bars_sha256',
            'cast(calendars.periods_per_year as string)',
            settings_text(),
        ])) }} as input_version
    from bar_versions
    left join calendars on bar_versions.symbol = calendars.subject_id
    union all
    select
        'backtest' as subject_kind,
        backtest_id as subject_id,
        input_version
    from curve_versions
)

select * from final
