{% set windows = [7, 14, 28, 56, 90, 180, 365] %}
{% set measures = ['active_days', 'events', 'sessions', 'orders', 'revenue'] %}

with people as (
    select
        user_key,
        least({{ business_day('registered_at') }}, {{ business_day('first_seen_at') }}) as first_day
    from {{ ref('int_users__people') }}
),

users as (
    select * from {{ ref('stg_users') }}
),

past_identifiers as (
    select * from {{ ref('int_users__past_identifiers') }}
),

past_records as (
    select * from {{ ref('int_users__past_records') }}
),

snapshot_dates as (
    {{ snapshot_days() }}
),

-- Whoever is not made of the same identifiers now as on a snapshot day is described on it as the
-- person it was: `seen_on` is that day, and null in what holds for everybody else.
{{ people_as_they_were() }},

active_days as (
    select
        cast(null as date) as seen_on,
        user_key,
        day,
        event_count,
        session_count,
        is_active
    from {{ ref('int_lifecycle__active_days') }}

    union all

    select
        as_of as seen_on,
        user_key,
        day,
        event_count,
        session_count,
        is_active
    from {{ ref('int_lifecycle__past_days') }}
),

orders as (
    {{ records_as_they_were('int_value__orders', 'orders', 'order_id', [
        'order_day', 'gross_amount', 'refunded_amount', 'refunded_at', 'is_purchase',
    ]) }}
),

touches as (
    {{ records_as_they_were('int_campaigns__touches', 'touches', 'touch_id', ['touch_day', 'action']) }}
),

feedback as (
    {{ records_as_they_were('int_feedback__feedback', 'feedback', 'feedback_id', ['feedback_day']) }}
),

purchases as (
    select * from orders
    where is_purchase and user_key is not null
),

clicked_touches as (
    select * from touches
    where action = 'clicked'
),

-- One row per thing that counts on `day` and is known from `known_day`: a refund takes from the day
-- of its order, but no snapshot before the refund knows of it (one without a date, no snapshot).
facts as (
    select
        seen_on,
        user_key,
        day,
        day as known_day,
        case when is_active then day end as active_day,
        cast(null as date) as purchase_day,
        case when is_active then 1 else 0 end as active_days,
        event_count as events,
        session_count as sessions,
        0 as orders,
        cast(0 as decimal(18, 4)) as revenue,
        0 as clicks,
        0 as feedback
    from active_days

    union all

    select
        seen_on,
        user_key,
        order_day as day,
        order_day as known_day,
        cast(null as date) as active_day,
        order_day as purchase_day,
        0 as active_days,
        0 as events,
        0 as sessions,
        count(*) as orders,
        {{ money('sum(gross_amount)') }} as revenue,
        0 as clicks,
        0 as feedback
    from purchases
    group by seen_on, user_key, order_day

    union all

    select
        seen_on,
        user_key,
        order_day as day,
        greatest(order_day, {{ business_day('refunded_at') }}) as known_day,
        cast(null as date) as active_day,
        cast(null as date) as purchase_day,
        0 as active_days,
        0 as events,
        0 as sessions,
        0 as orders,
        {{ money('0 - refunded_amount') }} as revenue,
        0 as clicks,
        0 as feedback
    from purchases
    where refunded_at is not null and refunded_amount <> 0

    union all

    select
        seen_on,
        user_key,
        touch_day as day,
        touch_day as known_day,
        cast(null as date) as active_day,
        cast(null as date) as purchase_day,
        0 as active_days,
        0 as events,
        0 as sessions,
        0 as orders,
        cast(0 as decimal(18, 4)) as revenue,
        1 as clicks,
        0 as feedback
    from clicked_touches

    union all

    select
        seen_on,
        user_key,
        feedback_day as day,
        feedback_day as known_day,
        cast(null as date) as active_day,
        cast(null as date) as purchase_day,
        0 as active_days,
        0 as events,
        0 as sessions,
        0 as orders,
        cast(0 as decimal(18, 4)) as revenue,
        0 as clicks,
        1 as feedback
    from feedback
),

-- Facts by the narrowest window they lie in: each is read once, and a window is the sum of itself
-- and all narrower ones.
placed as (
    select
        facts.*,
        snapshot_dates.as_of,
        case
            {% for window in windows %}
            when facts.day > {{ add_days('snapshot_dates.as_of', -window) }} then {{ window }}
            {% endfor %}
        end as narrowest
    from facts
    inner join snapshot_dates
        on
        facts.known_day <= snapshot_dates.as_of
        and coalesce(facts.seen_on, snapshot_dates.as_of) = snapshot_dates.as_of
    left join recast
        on
        snapshot_dates.as_of = recast.as_of
        and facts.user_key = recast.user_key
    where recast.user_key is null or facts.seen_on is not null
),

bucketed as (
    select
        as_of,
        user_key,
        narrowest,
        {% for measure in measures + ['clicks', 'feedback'] %}
        sum({{ measure }}) as {{ measure }},
        {% endfor %}
        min(active_day) as first_active_day,
        max(active_day) as last_active_day,
        min(purchase_day) as first_purchase_day,
        max(purchase_day) as last_purchase_day,
        count(purchase_day) as purchase_days
    from placed
    group by as_of, user_key, narrowest
),

measured as (
    select
        as_of,
        user_key,
        {% for measure in measures %}
        {% for window in windows %}
        sum(case when narrowest <= {{ window }} then {{ measure }} else 0 end)
            as {{ measure }}_{{ window }},
        {% endfor %}
        {% endfor %}
        sum(active_days) as active_days_all,
        sum(orders) as orders_all,
        sum(revenue) as revenue_all,
        sum(case when narrowest <= 90 then clicks else 0 end) as touches_clicked_90,
        sum(case when narrowest <= 365 then feedback else 0 end) as feedback_365,
        min(first_active_day) as first_active_day,
        max(last_active_day) as last_active_day,
        min(first_purchase_day) as first_purchase_day,
        max(last_purchase_day) as last_purchase_day,
        sum(purchase_days) as purchase_days
    from bucketed
    group by as_of, user_key
),

snapshots as (
    select
        known_people.as_of,
        known_people.user_key,
        known_people.first_day,
        measured.first_active_day,
        measured.last_active_day,
        measured.first_purchase_day,
        measured.last_purchase_day,
        measured.purchase_days,
        {% for measure in measures %}
        {% for window in windows %}
        coalesce(measured.{{ measure }}_{{ window }}, 0) as {{ measure }}_{{ window }},
        {% endfor %}
        {% endfor %}
        coalesce(measured.active_days_all, 0) as active_days_all,
        coalesce(measured.orders_all, 0) as orders_all,
        coalesce(measured.revenue_all, 0) as revenue_all,
        coalesce(measured.touches_clicked_90, 0) as touches_clicked_90,
        coalesce(measured.feedback_365, 0) as feedback_365,
        {{ days_between('measured.last_active_day', 'known_people.as_of') }} as days_since_last_active,
        cast({{ days_between('measured.first_active_day', 'measured.last_active_day') }} as double)
        / nullif(measured.active_days_all - 1, 0) as mean_gap_days
    from known_people
    left join measured
        on
        known_people.as_of = measured.as_of
        and known_people.user_key = measured.user_key
),

final as (
    select
        as_of,
        user_key,
        coalesce(days_since_last_active < {{ var('churn_lookback_days') }}, false) as is_eligible,
        {% for measure in measures %}
        {% for window in windows %}
        cast({{ measure }}_{{ window }} as double) as {{ measure }}_{{ window }},
        {% endfor %}
        {% endfor %}
        cast(days_since_last_active as double) as days_since_last_active,
        cast({{ days_between('last_purchase_day', 'as_of') }} as double) as days_since_last_order,
        cast({{ days_between('first_day', 'as_of') }} as double) as tenure_days,
        cast(active_days_all as double) as active_days_all,
        cast(orders_all as double) as orders_all,
        cast(revenue_all as double) as revenue_all,
        mean_gap_days,
        days_since_last_active / nullif(mean_gap_days, 0) as gap_ratio,
        cast(case when purchase_days > 0 then purchase_days - 1 end as double) as repeat_purchase_days,
        cast({{ days_between('first_purchase_day', 'last_purchase_day') }} as double)
            as purchase_recency_days,
        cast({{ days_between('first_purchase_day', 'as_of') }} as double) as purchase_age_days,
        cast(touches_clicked_90 as double) as touches_clicked_90,
        cast(feedback_365 as double) as feedback_365
    from snapshots
)

select * from final
