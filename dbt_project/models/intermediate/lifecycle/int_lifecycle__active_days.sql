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
        {{ money('0') }} as revenue
    from events
    where user_key is not null
    group by user_key, event_day

    union all
    select user_key, session_day, 0, 0, count(*), 0, {{ money('0') }}
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
        {{ money('coalesce(sum(revenue), 0)') }}
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
        {%- endif %} as is_active
    from activity
    group by user_key, day
)

select * from final
