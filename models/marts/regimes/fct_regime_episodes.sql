-- One row per symbol or backtest per spell of one regime, from its first day to its last.
{{ config(**kept_by_backtest(follows='int_regime_versions', key=regime_subject())) }}
with

episodes as (
    select
        subject_kind,
        subject_id,
        start_date,
        end_date,
        previous_date,
        change_date,
        regime,
        length_bars
    from {{ ref('int_regime_episodes_found') }}
),

prices as (
    select
        subject_kind,
        subject_id,
        price_date,
        price
    from {{ ref('int_regime_prices_tracked') }}
),

final as (
    select
        episodes.subject_kind,
        episodes.subject_id,
        episodes.start_date,
        episodes.end_date,
        episodes.change_date,
        episodes.regime,
        coalesce(at_change.price, at_end.price) / nullif(at_start.price, 0) - 1 as ex_ante_return,
        at_end.price / nullif(before.price, 0) - 1 as descriptive_return,
        episodes.length_bars,
        episodes.change_date is null as is_open
    from episodes
    inner join prices as at_start
        on
            episodes.subject_kind = at_start.subject_kind
            and episodes.subject_id = at_start.subject_id
            and episodes.start_date = at_start.price_date
    inner join prices as at_end
        on
            episodes.subject_kind = at_end.subject_kind
            and episodes.subject_id = at_end.subject_id
            and episodes.end_date = at_end.price_date
    left join prices as before
        on
            episodes.subject_kind = before.subject_kind
            and episodes.subject_id = before.subject_id
            and episodes.previous_date = before.price_date
    left join prices as at_change
        on
            episodes.subject_kind = at_change.subject_kind
            and episodes.subject_id = at_change.subject_id
            and episodes.change_date = at_change.price_date
)

select * from final
