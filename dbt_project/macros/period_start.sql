{# The first day of the period with a number, as `period_index` counts them. #}
{% macro period_start(granularity, index) -%}
    {%- if granularity == 'day' -%}
    {{ add_days("cast('1970-01-01' as date)", index) }}
    {%- elif granularity == 'week' -%}
    {{ add_days("cast('1969-12-29' as date)", '(' ~ index ~ ') * 7') }}
    {%- else -%}
    {{ return(adapter.dispatch('month_start')(index)) }}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__month_start(index) -%}
    cast(cast('1970-01-01' as date) + to_months(cast({{ index }} as integer)) as date)
{%- endmacro %}

{% macro spark__month_start(index) -%}
    add_months(cast('1970-01-01' as date), cast({{ index }} as int))
{%- endmacro %}
