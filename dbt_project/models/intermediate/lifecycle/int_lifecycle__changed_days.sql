{%- set windows = ref('int_behaviour__windows') -%}
{%- set delta = ref('int_behaviour__events_delta') -%}
{%- set counts = ['event_count', 'core_event_count', 'session_count', 'order_count', 'revenue'] %}
-- depends_on: {{ windows }} {{ delta }}

with

order_days as (
    select
        user_key,
        order_day as day,
        cast(count(case when is_purchase then 1 end) as integer) as order_count,
        {{ money('coalesce(sum(revenue), 0)') }} as revenue
    from {{ ref('int_value__orders') }}
    where user_key is not null
    group by user_key, order_day
),

{% if adds_to_history() %}
{%- set limits = bounds('select min(from_at), max(to_at) from ' ~ windows) -%}
{%- set days = bounds(
    'select min(' ~ business_day('from_at') ~ '), max(' ~ business_day('to_at') ~ ') from ' ~ windows
) -%}
-- Tables are named where they are read: a CTE read twice is stored whole, without what bounds either.
touched as (
    select events.user_key, events.person_key, events.event_day as day
    from {{ ref('int_behaviour__events') }} as events
    inner join {{ windows }} as windows
        on events.stream_key = windows.stream_key
        and events.occurred_at >= windows.from_at
        and events.occurred_at <= windows.to_at
    where {{ within('events.occurred_at', limits) }}
    group by events.user_key, events.person_key, events.event_day

    union
    select
        previous_user_key as user_key,
        {{ short_key('previous_user_key') }} as person_key,
        {{ business_day('previous_at') }} as day
    from {{ delta }}
    where previous_at is not null
),

event_days as (
    select
        touched.user_key,
        touched.day,
        count(*) as event_count,
        count(case when events.is_core then 1 end) as core_event_count
    from {{ ref('int_behaviour__events') }} as events
    inner join touched
        on events.person_key = touched.person_key
        and events.event_day = touched.day
        and events.user_key = touched.user_key
    where {{ within_days('events.event_day', days) }}
    group by touched.user_key, touched.day
),

session_days as (
    select
        touched.user_key,
        touched.day,
        count(*) as session_count
    from {{ ref('int_behaviour__sessions') }} as sessions
    inner join touched
        on sessions.person_key = touched.person_key
        and sessions.session_day = touched.day
        and sessions.user_key = touched.user_key
    where {{ within_days('sessions.session_day', days) }}
    group by touched.user_key, touched.day
),

-- Orders are told anew every night: what they say of a day is compared with what they said.
reordered as (
    select
        coalesce(order_days.user_key, known.user_key) as user_key,
        coalesce(order_days.day, known.day) as day
    from order_days
    full outer join (
        select user_key, day, order_count, revenue
        from {{ previous('int_lifecycle__active_days') }}
        where has_orders
    ) as known
        on order_days.user_key = known.user_key
        and order_days.day = known.day
    where
        order_days.user_key is null
        or known.user_key is null
        or order_days.order_count <> known.order_count
        or order_days.revenue <> known.revenue
),

places as (
    select user_key, day, max(is_recounted) as is_recounted
    from (
        select user_key, day, 1 as is_recounted from touched
        union all
        select user_key, day, 0 as is_recounted from reordered
    ) as both_kinds
    group by user_key, day
),

before as (
    select * from {{ previous('int_lifecycle__active_days') }}
    where person_key in (select {{ short_key('places.user_key') }} from places)
),

known_places as (
    select
        places.user_key,
        places.day,
        before.user_key is not null as was_there,
        coalesce(before.is_active, false) as was_active,
        coalesce(before.has_orders, false) as had_orders,
        {% for column in counts -%}
        before.{{ column }} as previous_{{ column }},
        {% endfor -%}
        case when is_recounted = 1 then event_days.event_count else before.event_count end
            as event_count,
        case when is_recounted = 1 then event_days.core_event_count else before.core_event_count end
            as core_event_count,
        case when is_recounted = 1 then session_days.session_count else before.session_count end
            as session_count,
        order_days.order_count,
        order_days.revenue,
        order_days.user_key is not null as has_orders
    from places
    left join before
        on places.user_key = before.user_key
        and places.day = before.day
    left join event_days
        on places.user_key = event_days.user_key
        and places.day = event_days.day
    left join session_days
        on places.user_key = session_days.user_key
        and places.day = session_days.day
    left join order_days
        on places.user_key = order_days.user_key
        and places.day = order_days.day
),
{% else %}
known_places as (
    select
        events.user_key,
        events.event_day as day,
        false as was_there,
        false as was_active,
        false as had_orders,
        1 as previous_event_count,
        1 as previous_core_event_count,
        1 as previous_session_count,
        order_days.order_count as previous_order_count,
        order_days.revenue as previous_revenue,
        1 as event_count,
        1 as core_event_count,
        1 as session_count,
        order_days.order_count,
        order_days.revenue,
        false as has_orders
    from {{ ref('int_behaviour__events') }} as events
    inner join order_days
        on events.user_key = order_days.user_key
    cross join {{ ref('int_behaviour__sessions') }}
    where 1 = 0
),
{% endif %}

final as (
    select
        user_key,
        {{ short_key('user_key') }} as person_key,
        day,
        cast(coalesce(event_count, 0) as integer) as event_count,
        cast(coalesce(core_event_count, 0) as integer) as core_event_count,
        cast(coalesce(session_count, 0) as integer) as session_count,
        cast(coalesce(order_count, 0) as integer) as order_count,
        {{ money('coalesce(revenue, 0)') }} as revenue,
        coalesce(core_event_count, 0) > 0
        {%- if var('orders_are_core') %}
        or coalesce(order_count, 0) > 0
        {%- endif %} as is_active,
        has_orders,
        coalesce(event_count, 0) + coalesce(session_count, 0) > 0 or has_orders as is_there,
        was_there,
        was_active,
        {{ 'previous_' ~ counts | join(', previous_') }}
    from known_places
    where
        not was_there
        or not (coalesce(event_count, 0) + coalesce(session_count, 0) > 0 or has_orders)
        {%- for column in counts %}
        or coalesce({{ column }}, 0) <> previous_{{ column }}
        {%- endfor %}
        or has_orders <> had_orders
)

select * from final
