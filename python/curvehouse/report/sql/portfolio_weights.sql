-- The eight holdings with the greatest mean weight and cash; what is left is one band.
with totals as (
    select
        holding,
        member_id is null as is_cash,
        row_number() over (
            order by member_id is null, round(sum(weight_target), 10) desc, holding
        ) as holding_rank
    from fct_portfolio_weights
    where portfolio_id = $portfolio_id
    group by holding, is_cash
),

named as (
    select
        holding,
        is_cash,
        case
            when is_cash then 'cash'
            when holding_rank <= 8 then holding
            else 'other members'
        end as band,
        case when is_cash then 0 when holding_rank <= 8 then holding_rank else 9 end as band_rank
    from totals
)

select
    fct_portfolio_weights.rebalance_date,
    named.band,
    named.band_rank,
    sum(fct_portfolio_weights.weight_target) as weight
from fct_portfolio_weights
inner join
    named
    on
        fct_portfolio_weights.holding = named.holding
        and (fct_portfolio_weights.member_id is null) = named.is_cash
where fct_portfolio_weights.portfolio_id = $portfolio_id
group by all
order by named.band_rank, fct_portfolio_weights.rebalance_date
