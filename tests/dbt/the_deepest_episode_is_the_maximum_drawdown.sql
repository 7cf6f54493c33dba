{# A backtest's deepest episode, 0 where it has none, is the maximum drawdown of its summary. #}
with

episodes as (
    select
        backtest_id,
        depth
    from {{ ref('fct_drawdowns') }}
    where drawdown_rank = 1
),

summaries as (
    select
        backtest_id,
        max_drawdown
    from {{ ref('fct_backtest_summary') }}
    where max_drawdown is not null
),

violations as (
    select
        summaries.backtest_id,
        summaries.max_drawdown,
        episodes.depth
    from summaries
    left join episodes on summaries.backtest_id = episodes.backtest_id
    where abs(coalesce(episodes.depth, 0) - summaries.max_drawdown) > 1e-9
)

select * from violations
