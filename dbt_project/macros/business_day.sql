{# The calendar day of a UTC instant in the business time zone. #}
{% macro business_day(instant) -%}
    {{ return(adapter.dispatch('business_day')(instant)) }}
{%- endmacro %}

{% macro duckdb__business_day(instant) -%}
    cast({{ business_time(instant) }} as date)
{%- endmacro %}

{% macro spark__business_day(instant) -%}
    to_date({{ business_time(instant) }})
{%- endmacro %}
