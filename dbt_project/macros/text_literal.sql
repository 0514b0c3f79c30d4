{# A setting's text as an SQL literal; nothing is null. #}
{% macro text_literal(value) -%}
    {%- if value is none or value is undefined -%}
        cast(null as {{ dbt.type_string() }})
    {%- else -%}
        '{{ value | string | replace("'", "''") }}'
    {%- endif -%}
{%- endmacro %}
