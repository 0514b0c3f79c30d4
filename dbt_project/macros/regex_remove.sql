{# A text without any part that matches a pattern. #}
{% macro regex_remove(value, pattern) -%}
    {{ return(adapter.dispatch('regex_remove')(value, pattern)) }}
{%- endmacro %}

{% macro duckdb__regex_remove(value, pattern) -%}
    regexp_replace({{ value }}, '{{ pattern }}', '', 'g')
{%- endmacro %}

{% macro spark__regex_remove(value, pattern) -%}
    regexp_replace({{ value }}, '{{ pattern }}', '')
{%- endmacro %}
