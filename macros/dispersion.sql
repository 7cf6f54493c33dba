{# A standard deviation, exactly zero where it is no more than rounding beside the values' size. #}
{% macro dispersion(standard_deviation, mean_absolute) -%}
    case
        when {{ standard_deviation }} <= {{ var('zero_dispersion_ratio') }} * {{ mean_absolute }}
            then 0e0
        else {{ standard_deviation }}
    end
{%- endmacro %}
