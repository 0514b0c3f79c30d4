{{ config(
    materialized='incremental',
    incremental_strategy='replace_days',
    on_schema_change='fail'
) }}

-- depends_on: {{ ref('int_lifecycle__changed_days') }}
{% if adds_to_history() %}
select
    user_key,
    day,
    event_count,
    core_event_count,
    session_count,
    order_count,
    revenue,
    is_active,
    has_orders,
    person_key
from {{ ref('int_lifecycle__changed_days') }}
where is_there
{% else %}
with

events as (
    select * from {{ ref('int_behaviour__events') }}
),

sessions as (
    select * from {{ ref('int_behaviour__sessions') }}
),

orders as (
    select * from {{ ref('int_value__orders') }}
),

activity as (
    select
        user_key,
        event_day as day,
        count(*) as event_count,
        count(case when is_core then 1 end) as core_event_count,
        0 as session_count,
        0 as order_count,
        {{ money('0') }} as revenue,
        0 as order_rows
    from events
    where user_key is not null
    group by user_key, event_day

    union all
    select user_key, session_day, 0, 0, count(*), 0, {{ money('0') }}, 0
    from sessions
    group by user_key, session_day

    union all
    select
        user_key,
        order_day,
        0,
        0,
        0,
        count(case when is_purchase then 1 end),
        {{ money('coalesce(sum(revenue), 0)') }},
        count(*)
    from orders
    where user_key is not null
    group by user_key, order_day
),

final as (
    select
        user_key,
        day,
        cast(sum(event_count) as integer) as event_count,
        cast(sum(core_event_count) as integer) as core_event_count,
        cast(sum(session_count) as integer) as session_count,
        cast(sum(order_count) as integer) as order_count,
        {{ money('sum(revenue)') }} as revenue,
        sum(core_event_count) > 0
        {%- if var('orders_are_core') %}
        or sum(order_count) > 0
        {%- endif %} as is_active,
        sum(order_rows) > 0 as has_orders,
        {{ short_key('user_key') }} as person_key
    from activity
    group by user_key, day
)

select * from final
{% endif %}
