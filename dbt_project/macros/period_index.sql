{# The number of a day's period, counted from the one that holds 1 January 1970; weeks begin on
   Monday. Whole numbers, so that "n periods later" is a subtraction, whatever a month's length. #}
{% macro period_index(granularity, day) -%}
    {%- set days = days_between("cast('1970-01-01' as date)", day) -%}
    {%- if granularity == 'day' -%}
    cast({{ days }} as integer)
    {%- elif granularity == 'week' -%}
    cast(floor(({{ days }} + 3) / 7.0) as integer)
    {%- else -%}
    cast(
        (extract(year from {{ day }}) - 1970) * 12 + extract(month from {{ day }}) - 1 as integer
    )
    {%- endif -%}
{%- endmacro %}
