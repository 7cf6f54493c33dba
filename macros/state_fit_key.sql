{# One model of a market's states as one text: the key that fits are kept by. #}
{% macro state_fit_key() -%}
    {{ return(
        "symbol || '|' || cast(state_count as string) || '|' || cast(fit_year as string)"
    ) }}
{%- endmacro %}
