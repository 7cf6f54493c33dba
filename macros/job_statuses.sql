{# What may become of a job; each has a column of counts in the summaries of a run. #}
{% macro job_statuses() -%}
    {{ return([
        'ok', 'no_trades', 'ruined', 'crashed', 'timed_out', 'non_finite_equity', 'missing',
        'quarantined',
    ]) }}
{%- endmacro %}
