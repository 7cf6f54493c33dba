-- One row per symbol or backtest whose rows are missing from fct_regime_episodes.
-- A table, for the same reason as int_backtests_to_split.
with

{{ versions_to_fit('fct_regime_episodes', follows='int_regime_versions', key=regime_subject()) }},

subjects as (
    select
        subject_kind,
        subject_id,
        {{ regime_subject() }} as subject_key
    from {{ ref('int_regime_versions') }}
),

final as (
    select
        subjects.subject_kind,
        subjects.subject_id
    from subjects
    inner join missing on subjects.subject_key = missing.backtest_id
)

select * from final
