{# A date some days later (or earlier, when negative), still a date. #}
{% macro add_days(day, number) -%}
    {{ return(adapter.dispatch('add_days')(day, number)) }}
{%- endmacro %}

{% macro duckdb__add_days(day, number) -%}
    cast({{ day }} + cast({{ number }} as integer) as date)
{%- endmacro %}

{% macro spark__add_days(day, number) -%}
    date_add({{ day }}, cast({{ number }} as int))
{%- endmacro %}
