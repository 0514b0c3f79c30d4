{# `stated_<n>` of a first_last part: the first or the last value up to each day that had one. Of two
   values of one instant the first by name is first, and the last by name is last. #}
{% macro tag_first_last_statements(n, part) -%}
{%- set pick = 'min' if part.take == 'first' else 'max' -%}
{%- set at = 'ordered_at' if part.order_column else 'occurred_at' -%}
{%- if part.order_column -%}
    {%- set value = part.order_column -%}
{%- elif part.event_column -%}
    {%- set value = part.event_column -%}
{%- else -%}
    {%- set value = clean_text(json_text('properties', part.event_property)) -%}
{%- endif -%}
taken_{{ n }} as (
    select
        user_key,
        {{ 'order_day' if part.order_column else 'event_day' }} as day,
        {{ pick }}(
            lpad(cast({{ epoch_micros(at) }} as {{ dbt.type_string() }}), 20, '0') || {{ value }}
        ) as timed_value
    from {{ ref('int_value__orders' if part.order_column else 'int_behaviour__events') }}
    where
        user_key is not null
        and {{ value }} is not null
        {%- if part.order_column %}
        and is_purchase
        {%- endif %}
        {%- if part.events %}
        and event_name in {{ text_list(part.events) }}
        {%- endif %}
    group by user_key, {{ 'order_day' if part.order_column else 'event_day' }}
),

stated_{{ n }} as (
    select
        user_key,
        day,
        substring({{ pick }}(timed_value) over (partition by user_key order by day), 21) as value
    from taken_{{ n }}
)
{%- endmacro %}
