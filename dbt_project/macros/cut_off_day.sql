{# The last day at or before a day on which bands of a cadence (day, week, month) are cut anew: every
   day, Mondays, or the first of the month. #}
{% macro cut_off_day(day, every) -%}
    {%- if every == 'day' -%}
        {{ day }}
    {%- elif every == 'week' -%}
        {{ add_days(day, '1 - ' ~ iso_weekday(day)) }}
    {%- else -%}
        cast({{ dbt.date_trunc('month', day) }} as date)
    {%- endif -%}
{%- endmacro %}
