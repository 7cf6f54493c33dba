-- One row per symbol or backtest, of those whose rows are missing, and pair of regimes on two days
-- in a row: how often the one came after the other.
with

{{ missing_versions(
    'fct_regime_transitions',
    follows='fct_regime_episodes',
    key=regime_subject(),
) }},

episodes as (
    select
        subject_kind,
        subject_id,
        start_date,
        change_date,
        regime,
        length_bars,
        {{ regime_subject() }} as subject_key
    from {{ ref('fct_regime_episodes') }}
),

followed_up as (
    select
        episodes.subject_kind,
        episodes.subject_id,
        episodes.change_date,
        episodes.regime,
        episodes.length_bars,
        lead(episodes.start_date) over in_order as next_start_date,
        lead(episodes.regime) over in_order as next_regime
    from episodes
    inner join missing on episodes.subject_key = missing.backtest_id
    window in_order as (
        partition by episodes.subject_kind, episodes.subject_id
        order by episodes.start_date
    )
),

steps as (
    select
        subject_kind,
        subject_id,
        regime as from_regime,
        regime as to_regime,
        length_bars - 1 as step_count
    from followed_up
    union all
    select
        subject_kind,
        subject_id,
        regime as from_regime,
        next_regime as to_regime,
        1 as step_count
    from followed_up
    where next_start_date = change_date
),

final as (
    select
        subject_kind,
        subject_id,
        from_regime,
        to_regime,
        cast(sum(step_count) as bigint) as transition_count
    from steps
    where step_count > 0
    group by subject_kind, subject_id, from_regime, to_regime
)

select * from final
