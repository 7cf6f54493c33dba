-- One row per symbol or backtest and pair of regimes that were in force on two days in a row.
{{ config(**kept_by_backtest(follows='fct_regime_episodes', key=regime_subject())) }}
with

counted as (
    select
        subject_kind,
        subject_id,
        from_regime,
        to_regime,
        transition_count
    from {{ ref('int_regime_transitions_counted') }}
),

final as (
    select
        subject_kind,
        subject_id,
        from_regime,
        to_regime,
        cast(transition_count as double) / sum(transition_count) over (
            partition by subject_kind, subject_id, from_regime
        ) as transition_probability,
        transition_count
    from counted
)

select * from final
