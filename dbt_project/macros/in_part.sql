{# That a time lies in the part of a whole build that is being written (`duckdb__create_table_as`). An engine
   that spreads its work by itself has no parts. #}
{% macro in_part(column) -%}
    {{ return(adapter.dispatch('in_part')(column)) }}
{%- endmacro %}

{% macro duckdb__in_part(column) -%}
    {{ column }} >= coalesce(getvariable('part_from'), cast('-infinity' as timestamp))
    and {{ column }} < coalesce(getvariable('part_to'), cast('infinity' as timestamp))
{%- endmacro %}

{% macro spark__in_part(column) -%}
    1 = 1
{%- endmacro %}
