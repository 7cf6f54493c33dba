-- The regime of a symbol on its last day, since when it has been in force, how often it stayed from
-- one day to the next so far, and what it changed to most often.
-- Example: from current_regime('SP500')
create macro current_regime(wanted_symbol) as table
    with

    last_day as (
        select
            symbol,
            ts,
            regime,
            vol_band,
            trend_bucket,
            volatility_14d,
            trend_strength_20d,
            close
        from fct_market_regimes
        where symbol = wanted_symbol
        order by ts desc
        limit 1
    ),

    open_episode as (
        select
            subject_id as symbol,
            start_date,
            length_bars
        from fct_regime_episodes
        where subject_kind = 'symbol' and subject_id = wanted_symbol and is_open
    ),

    moves as (
        select
            transitions.to_regime,
            transitions.transition_probability,
            transitions.to_regime = last_day.regime as is_stay,
            row_number() over (
                partition by transitions.to_regime = last_day.regime
                order by transitions.transition_count desc, transitions.to_regime asc
            ) as place
        from last_day
        inner join fct_regime_transitions as transitions
            on last_day.regime = transitions.from_regime
        where transitions.subject_kind = 'symbol' and transitions.subject_id = wanted_symbol
    )

    select
        last_day.symbol,
        last_day.ts,
        last_day.regime,
        last_day.vol_band,
        last_day.trend_bucket,
        open_episode.start_date as in_force_since,
        open_episode.length_bars,
        stays.transition_probability as stay_probability,
        changes.to_regime as likeliest_change,
        last_day.volatility_14d,
        last_day.trend_strength_20d,
        last_day.close
    from last_day
    left join open_episode on last_day.symbol = open_episode.symbol
    left join moves as stays
        on stays.is_stay
    left join moves as changes
        on not changes.is_stay and changes.place = 1
