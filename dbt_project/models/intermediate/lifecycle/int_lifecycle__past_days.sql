with

past_records as (
    select * from {{ ref('int_users__past_records') }}
),

past_events as (
    select
        past_records.as_of,
        past_records.user_key,
        events.event_id,
        events.occurred_at,
        events.event_day,
        events.is_core,
        case
            when events.feed in {{ text_list(var('trust_source_sessions')) }}
                then events.feed || '|' || sources.session_id
        end as source_session
    from past_records
    inner join {{ ref('int_behaviour__events') }} as events
        on past_records.record_id = events.event_id
    inner join {{ ref('stg_events') }} as sources
        on past_records.record_id = sources.event_id
    where past_records.entity = 'events'
),

past_orders as (
    select
        past_records.as_of,
        past_records.user_key,
        orders.order_day,
        orders.is_purchase
    from past_records
    inner join {{ ref('int_value__orders') }} as orders
        on past_records.record_id = orders.order_id
    where past_records.entity = 'orders'
),

-- Sessions as int_behaviour__events cuts them, of the streams there were; only where one begins is
-- asked.
neighbours as (
    select
        *,
        lag(occurred_at) over (
            partition by as_of, user_key, source_session
            order by occurred_at nulls last, event_id nulls last
        ) as previous_at
    from past_events
),

silences as (
    select
        *,
        previous_at is null
        or (
            source_session is null
            and {{ is_silence('previous_at', 'occurred_at') }}
        ) as is_start
    from neighbours
),

starts as (
    select
        *,
        max(case when is_start then occurred_at end) over (
            partition by as_of, user_key, source_session
            order by occurred_at nulls last, event_id nulls last
            rows unbounded preceding
        ) as started_at
    from silences
),

heads as (
    select
        *,
        is_start
        or {{ session_piece('started_at', 'occurred_at') }}
        > {{ session_piece('started_at', 'previous_at') }} as is_head
    from starts
),

activity as (
    select
        as_of,
        user_key,
        event_day as day,
        count(*) as event_count,
        count(case when is_core then 1 end) as core_event_count,
        count(case when is_head then 1 end) as session_count,
        0 as order_count
    from heads
    group by as_of, user_key, event_day

    union all
    select
        as_of,
        user_key,
        order_day,
        0,
        0,
        0,
        count(case when is_purchase then 1 end)
    from past_orders
    group by as_of, user_key, order_day
),

final as (
    select
        as_of,
        user_key,
        day,
        cast(sum(event_count) as integer) as event_count,
        cast(sum(session_count) as integer) as session_count,
        sum(core_event_count) > 0
        {%- if var('orders_are_core') %}
        or sum(order_count) > 0
        {%- endif %} as is_active
    from activity
    group by as_of, user_key, day
)

select * from final
