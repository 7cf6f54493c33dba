{# Texts as one that tells which is which, also where some are NULL. #}
{% macro joined_fields(fields) -%}
    {%- for field in fields -%}
        {%- if not loop.first %} || '|' || {% endif -%}
        coalesce({{ field }}, '~')
    {%- endfor -%}
{%- endmacro %}
