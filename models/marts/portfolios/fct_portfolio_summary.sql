-- One row per portfolio: its figures over all its days.
with

portfolios_measured as (
    select
        portfolio_id,
        start_date,
        end_date,
        status,
        total_return,
        portfolio_cagr,
        portfolio_max_dd,
        annual_volatility,
        sharpe_ratio,
        diversification_benefit,
        turnover,
        total_cost,
        cash_weight_mean,
        day_count,
        rebalance_count
    from {{ ref('int_portfolios_measured') }}
),

final as (
    select
        portfolio_id,
        start_date,
        end_date,
        status,
        total_return,
        portfolio_cagr,
        portfolio_max_dd,
        annual_volatility,
        sharpe_ratio,
        diversification_benefit,
        turnover,
        total_cost,
        cash_weight_mean,
        day_count,
        rebalance_count
    from portfolios_measured
)

select * from final
