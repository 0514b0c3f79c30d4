{# Microseconds since 1970 of a UTC instant, as bigint. #}
{% macro epoch_micros(instant) -%}
    {{ return(adapter.dispatch('epoch_micros')(instant)) }}
{%- endmacro %}

{% macro duckdb__epoch_micros(instant) -%}
    epoch_us({{ instant }})
{%- endmacro %}

{% macro spark__epoch_micros(instant) -%}
    unix_micros({{ instant }})
{%- endmacro %}
