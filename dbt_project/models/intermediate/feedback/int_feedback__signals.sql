{%- set first_day = add_days(as_of(), 1 - var('feedback_needs_days')) -%}
{%- set carts_until = add_days(as_of(), 0 - var('feedback_abandoned_days')) -%}

with

searches as (
    select
        user_key,
        session_id,
        event_number,
        event_day,
        lower(trim(search_term)) as about,
        {{ json_text('properties', var('feedback_results_property')) }} as results
    from {{ ref('int_behaviour__events') }}
    where
        event_name in {{ text_list(var('feedback_search_events')) }}
        and search_term is not null
        and event_day >= {{ first_day }}
),

searching_sessions as (
    select session_id
    from searches
    group by session_id
),

-- The last thing looked at in a session: a search after it led to nothing.
last_items as (
    select
        events.session_id,
        max(events.event_number) as event_number
    from {{ ref('int_behaviour__events') }} as events
    inner join searching_sessions on events.session_id = searching_sessions.session_id
    where events.item_id is not null and events.event_day >= {{ first_day }}
    group by events.session_id
),

fruitless_searches as (
    select
        searches.user_key,
        'search' as sign,
        searches.about,
        searches.event_day as day
    from searches
    left join last_items on searches.session_id = last_items.session_id
    where
        searches.about <> ''
        and (
            searches.results = '0'
            or (searches.results is null and coalesce(last_items.event_number < searches.event_number, true))
        )
),

carts as (
    select
        user_key,
        coalesce(item_category, 'unknown') as about,
        event_day as day,
        max(occurred_at) as last_put_at
    from {{ ref('int_behaviour__events') }}
    where
        event_name in {{ text_list(var('feedback_cart_events')) }}
        and event_day >= {{ first_day }}
        and event_day <= {{ carts_until }}
    group by user_key, coalesce(item_category, 'unknown'), event_day
),

purchases as (
    select
        user_key,
        ordered_at,
        order_day
    from {{ ref('int_value__orders') }}
    where is_purchase and user_key is not null and order_day >= {{ first_day }}
),

abandoned_carts as (
    select
        carts.user_key,
        'cart' as sign,
        carts.about,
        carts.day
    from carts
    left join purchases
        on
        carts.user_key = purchases.user_key
        and carts.last_put_at <= purchases.ordered_at
        and {{ add_days('carts.day', var('feedback_abandoned_days')) }} >= purchases.order_day
    group by carts.user_key, carts.about, carts.day
    having count(purchases.user_key) = 0
),

signals as (
    select * from fruitless_searches

    union all

    select * from abandoned_carts
),

final as (
    select
        user_key,
        sign,
        about,
        count(*) as occurrences,
        max(day) as last_day
    from signals
    group by user_key, sign, about
)

select * from final
