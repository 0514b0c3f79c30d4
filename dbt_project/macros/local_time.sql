{# A UTC instant as wall-clock time in a column's IANA time zone. #}
{% macro local_time(instant, zone) -%}
    {{ return(adapter.dispatch('local_time')(instant, zone)) }}
{%- endmacro %}

{% macro duckdb__local_time(instant, zone) -%}
    timezone({{ zone }}, timezone('UTC', {{ instant }}))
{%- endmacro %}

{% macro spark__local_time(instant, zone) -%}
    from_utc_timestamp({{ instant }}, {{ zone }})
{%- endmacro %}
