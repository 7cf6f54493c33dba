-- One row per run: its jobs by status. What its manifest plans and no list names is missing.
with

runs as (
    select
        run_id,
        planned_count
    from {{ ref('int_runs_described') }}
),

strategies as (
    select
        run_id,
        param_sensitivity_score,
        planned_count,
        {%- for status in job_statuses() %}
            {{ status }}_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from {{ ref('int_strategies_measured') }}
),

summed as (
    select
        run_id,
        {{ quantile('param_sensitivity_score', '0.5') }} as param_sensitivity_score,
        sum(planned_count) as listed_count,
        {%- for status in job_statuses() %}
            sum({{ status }}_count) as {{ status }}_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from strategies
    group by run_id
),

reconciled as (
    select
        runs.run_id,
        summed.param_sensitivity_score,
        coalesce(summed.listed_count, 0) as listed_count,
        greatest(coalesce(runs.planned_count, 0), coalesce(summed.listed_count, 0))
            as planned_count,
        {%- for status in job_statuses() %}
            coalesce(summed.{{ status }}_count, 0)
                as {{ status }}_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from runs
    left join summed on runs.run_id = summed.run_id
),

final as (
    select
        run_id,
        param_sensitivity_score,
        cast(planned_count as bigint) as planned_count,
        cast(ok_count as bigint) as ok_count,
        cast(no_trades_count as bigint) as no_trades_count,
        cast(ruined_count as bigint) as ruined_count,
        cast(crashed_count as bigint) as crashed_count,
        cast(timed_out_count as bigint) as timed_out_count,
        cast(non_finite_equity_count as bigint) as non_finite_equity_count,
        cast(missing_count + planned_count - listed_count as bigint) as missing_count,
        cast(quarantined_count as bigint) as quarantined_count
    from reconciled
)

select * from final
