{% set windows = [7, 14, 28, 56, 90, 180, 365] %}
{% set measures = ['active_days', 'events', 'sessions', 'orders', 'revenue'] %}

with people as (
    select
        user_key,
        least({{ business_day('registered_at') }}, {{ business_day('first_seen_at') }}) as first_day
    from {{ ref('int_users__people') }}
),

active_days as (
    select * from {{ ref('int_lifecycle__active_days') }}
),

purchases as (
    select * from {{ ref('int_value__orders') }}
    where is_purchase and user_key is not null
),

touches as (
    select * from {{ ref('int_campaigns__touches') }}
    where action = 'clicked'
),

feedback as (
    select * from {{ ref('int_feedback__feedback') }}
),

snapshot_dates as (
    select {{ as_of() }} as as_of

    {% for step in range(var('churn_snapshots') + 1) %}
    union
    select
        {{ add_days("cast('" ~ var('churn_anchor') ~ "' as date)", -step * var('churn_horizon_days')) }}
            as as_of
    {% endfor %}
),

-- One row per thing that counts on `day` and is known from `known_day`: a refund takes from the day
-- of its order, but no snapshot before the refund knows of it (one without a date, no snapshot).
facts as (
    select
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
    group by user_key, order_day

    union all

    select
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
    from touches

    union all

    select
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
    inner join snapshot_dates on facts.known_day <= snapshot_dates.as_of
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
        snapshot_dates.as_of,
        people.user_key,
        people.first_day,
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
        {{ days_between('measured.last_active_day', 'snapshot_dates.as_of') }} as days_since_last_active,
        cast({{ days_between('measured.first_active_day', 'measured.last_active_day') }} as double)
        / nullif(measured.active_days_all - 1, 0) as mean_gap_days
    from snapshot_dates
    inner join people on snapshot_dates.as_of >= people.first_day
    left join measured
        on
        snapshot_dates.as_of = measured.as_of
        and people.user_key = measured.user_key
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
