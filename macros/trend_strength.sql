{# The move of the fitted trend over its window, in units of the noise of as many bars. #}
{% macro trend_strength(slope, standard_deviation) -%}
    {{ slope }} * {{ var('trend_window_bars') }}
        / nullif({{ standard_deviation }} * sqrt({{ var('trend_window_bars') }}), 0)
{%- endmacro %}
