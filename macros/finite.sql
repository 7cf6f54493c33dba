{# The value, or NULL where it is NaN or infinite: NaN sorts above every number. #}
{% macro finite(column) -%}
    case when abs({{ column }}) <= 1.7976931348623157e308 then {{ column }} end
{%- endmacro %}
