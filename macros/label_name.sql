{# The name of a label that a kernel wrote as a code; the codes are the names' positions. #}
{% macro label_name(code, label) -%}
    {%- set names = {
        'vol_band': ['low', 'mid', 'high'],
        'trend_bucket': ['down', 'flat', 'up'],
        'null_reason': ['warm_up', 'flat', 'dwell'],
    }[label] -%}
    case {{ code }}
        {%- for name in names %} when {{ loop.index0 }} then '{{ name }}'{% endfor %} end
{%- endmacro %}
