-- Bins as wide as the round number (1, 2 or 5 times a power of ten) that makes some 20 to 40 of them.
with measured as (
    select
        dim_backtests.strategy,
        fct_backtest_summary.cagr
    from fct_backtest_summary
    inner join dim_backtests on fct_backtest_summary.backtest_id = dim_backtests.backtest_id
    where dim_backtests.run_id = $run_id and fct_backtest_summary.cagr is not null
),

spans as (
    select greatest(quantile_cont(cagr, 0.99) - quantile_cont(cagr, 0.01), 1e-4) / 40e0 as finest
    from measured
),

widths as (
    select
        case
            when finest <= power(10, floor(log10(finest))) * 2 then 2
            when finest <= power(10, floor(log10(finest))) * 5 then 5
            else 10
        end * power(10, floor(log10(finest))) as width
    from spans
),

ranked as (
    select
        strategy,
        row_number() over (order by count(*) desc, strategy) as strategy_rank
    from measured
    group by strategy
)

select
    case when ranked.strategy_rank <= 7 then measured.strategy else 'other strategies' end as strategy,
    floor(measured.cagr / widths.width) * widths.width as cagr_bin,
    (floor(measured.cagr / widths.width) + 1) * widths.width as cagr_bin_end,
    count(*) as backtest_count
from measured
inner join ranked on measured.strategy = ranked.strategy
cross join widths
group by all
order by min(ranked.strategy_rank), cagr_bin
