{# A UTC instant as wall-clock time in the business time zone. #}
{% macro business_time(instant) -%}
    {{ return(adapter.dispatch('business_time')(instant)) }}
{%- endmacro %}

{% macro duckdb__business_time(instant) -%}
    timezone('{{ var("business_time_zone") }}', timezone('UTC', {{ instant }}))
{%- endmacro %}

{% macro spark__business_time(instant) -%}
    from_utc_timestamp({{ instant }}, '{{ var("business_time_zone") }}')
{%- endmacro %}
