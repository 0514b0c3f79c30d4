{# The first cut-off day of a cadence after a day. #}
{% macro next_cut_off_day(day, every) -%}
    {%- if every == 'day' -%}
        {{ add_days(day, 1) }}
    {%- elif every == 'week' -%}
        {{ add_days(day, '8 - ' ~ iso_weekday(day)) }}
    {%- else -%}
        cast({{ dbt.date_trunc('month', add_days(cut_off_day(day, every), 31)) }} as date)
    {%- endif -%}
{%- endmacro %}
