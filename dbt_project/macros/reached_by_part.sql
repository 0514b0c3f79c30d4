{# That what began at a time may go on in the part that is being written. #}
{% macro reached_by_part(column) -%}
    {{ return(adapter.dispatch('reached_by_part')(column)) }}
{%- endmacro %}

{% macro duckdb__reached_by_part(column) -%}
    {{ column }} >= coalesce(getvariable('part_reaches_to'), cast('-infinity' as timestamp))
    and {{ column }} < coalesce(getvariable('part_to'), cast('infinity' as timestamp))
{%- endmacro %}

{% macro spark__reached_by_part(column) -%}
    1 = 1
{%- endmacro %}
