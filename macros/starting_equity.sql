{# The equity before a curve's first day, from what that day has: a gain's return, else the peak. #}
{% macro starting_equity(simple_return, equity, high_water_mark) -%}
    case
        when {{ simple_return }} > 0 then {{ equity }} / (1 + {{ simple_return }})
        else {{ high_water_mark }}
    end
{%- endmacro %}
