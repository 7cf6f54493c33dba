{# The frame of the last `bars` rows of one series, today's included. #}
{% macro rolling_window(bars, partition_by='backtest_id', order_by='bar_number') -%}
    partition by {{ partition_by }}
    order by {{ order_by }}
    rows between {{ bars - 1 }} preceding and current row
{%- endmacro %}
