{#
    All months, and all years, end to end, are a backtest's total return. Growth is linked, not 1 plus
    the return, which has no digits left where nearly all is lost.
#}
with

periods as (
    select
        backtest_id,
        'month' as period_kind,
        final_equity / nullif(starting_equity, 0) as growth
    from {{ ref('fct_returns_monthly') }}
    union all
    select
        backtest_id,
        'year' as period_kind,
        final_equity / nullif(starting_equity, 0) as growth
    from {{ ref('fct_returns_yearly') }}
),

linked as (
    select
        backtest_id,
        period_kind,
        case
            when min(growth) = 0 then -1
            else exp(sum(case when growth > 0 then ln(growth) end)) - 1
        end as total_return
    from periods
    group by backtest_id, period_kind
),

summaries as (
    select
        backtest_id,
        total_return
    from {{ ref('fct_backtest_summary') }}
    where total_return is not null
),

violations as (
    select
        summaries.backtest_id,
        linked.period_kind,
        linked.total_return as linked_return,
        summaries.total_return
    from summaries
    left join linked on summaries.backtest_id = linked.backtest_id
    where
        linked.total_return is null
        or abs(linked.total_return - summaries.total_return)
        > 1e-9 * (1 + abs(summaries.total_return))
)

select * from violations
