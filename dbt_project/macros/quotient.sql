{# A whole number, not below zero, divided by another, what is left over forgotten. #}
{% macro quotient(number, by) -%}
    {{ return(adapter.dispatch('quotient')(number, by)) }}
{%- endmacro %}

{% macro duckdb__quotient(number, by) -%}
    (({{ number }}) // {{ by }})
{%- endmacro %}

{% macro spark__quotient(number, by) -%}
    (({{ number }}) div {{ by }})
{%- endmacro %}
