{%- set windows = [7, 30, 90, 365] -%}
{%- set measures = ['active_days', 'events', 'sessions', 'orders', 'revenue'] -%}

with people as (
    select
        *,
        {{ business_day('registered_at') }} as registration_day,
        least({{ business_day('registered_at') }}, {{ business_day('first_seen_at') }}) as first_day
    from {{ ref('int_users__people') }}
),

events as (
    select * from {{ ref('int_behaviour__events') }}
),

orders as (
    select * from {{ ref('int_value__orders') }}
    where is_purchase and user_key is not null
),

sessions as (
    select
        *,
        lpad(cast({{ epoch_micros('started_at') }} as {{ dbt.type_string() }}), 20, '0') || session_id
            as timed_session
    from {{ ref('int_behaviour__sessions') }}
),

habits as (
    select * from {{ ref('int_users__habits') }}
),

active_days as (
    select * from {{ ref('int_lifecycle__active_days') }}
),

consents as (
    select * from {{ ref('int_privacy__consents') }}
),

spans as (
    select * from {{ ref('fct_lifecycle_spans') }}
),

core_actions as (
    select
        user_key,
        occurred_at,
        event_day as day,
        is_core
    from events

    {% if var('orders_are_core') %}
    union all

    select
        user_key,
        ordered_at as occurred_at,
        order_day as day,
        true as is_core
    from orders
    {% endif %}
),

last_actions as (
    select
        user_key,
        max(occurred_at) as last_active_at
    from core_actions
    where is_core
    group by user_key
),

activations as (
    select * from {{ ref('int_lifecycle__activations') }}
),

purchases as (
    select
        user_key,
        min(ordered_at) as first_ordered_at,
        max(ordered_at) as last_ordered_at
    from orders
    group by user_key
),

-- Few people have so many events at all: only their hours are counted.
busy as (
    select user_key
    from events
    group by user_key
    having count(*) > {{ var('bot_events_per_hour') }}
),

busy_hours as (
    select events.user_key
    from events
    inner join busy on events.user_key = busy.user_key
    group by events.user_key, {{ dbt.date_trunc('hour', 'events.occurred_at') }}
    having count(*) > {{ var('bot_events_per_hour') }}
),

suspected_bots as (
    select user_key
    from busy_hours
    group by user_key
),

aged_days as (
    select
        user_key,
        case when is_active then 1 else 0 end as active_days,
        event_count as events,
        session_count as sessions,
        order_count as orders,
        revenue,
        {{ days_between('day', as_of()) }} as age
    from active_days
),

windows as (
    select
        user_key,
        {% for measure in measures %}
        {% for window in windows %}
        sum(case when age < {{ window }} then {{ measure }} else 0 end) as {{ measure }}_{{ window }},
        {% endfor %}
        sum({{ measure }}) as {{ measure }}_all,
        {% endfor %}
        count(*) as days
    from aged_days
    group by user_key
),

-- Where sessions came from that say so, the first and the last; a tie goes to the first by name.
touches as (
    select
        user_key,
        min(timed_session) as first_touch,
        max(timed_session) as last_touch
    from sessions
    where utm_source is not null
    group by user_key
),

marketing as (
    select
        user_key,
        max(case when status = 'granted' then 1 else 0 end) = 1 as marketing_consent
    from consents
    where purpose in ('marketing_email', 'marketing_sms', 'marketing_push')
    group by user_key
),

current_states as (
    select
        user_key,
        state,
        state_zh
    from spans
    where to_day = {{ as_of() }}
),

aged as (
    select
        user_key,
        extract(year from {{ as_of() }}) - extract(year from birth_date)
        - case
            when
                extract(month from {{ as_of() }}) * 100 + extract(day from {{ as_of() }})
                < extract(month from birth_date) * 100 + extract(day from birth_date)
                then 1
            else 0
        end as age
    from people
    where birth_date is not null
),

final as (
    select
        people.user_key,
        people.registered_at,
        case when people.registration_day <= {{ as_of() }} then people.registration_day end
            as registration_day,
        people.first_seen_at,
        last_actions.last_active_at,
        people.deleted_at,
        people.country,
        people.region,
        people.city,
        people.gender,
        case
            when aged.age < 18 then 'under 18'
            when aged.age < 25 then '18-24'
            when aged.age < 35 then '25-34'
            when aged.age < 45 then '35-44'
            when aged.age < 55 then '45-54'
            when aged.age < 65 then '55-64'
            when aged.age >= 65 then '65 and over'
        end as age_band,
        people.language,
        people.platform,
        people.occupation,
        people.membership_level,
        people.acquisition_channel,
        people.acquisition_campaign_id,
        current_states.state as lifecycle_state,
        current_states.state_zh as lifecycle_state_zh,
        case
            when coalesce(windows.active_days_30, 0) = 0 then 'none'
            when windows.active_days_30 < 4 then 'low'
            when windows.active_days_30 < 12 then 'medium'
            else 'high'
        end as activity_level,
        habits.favourite_category,
        habits.favourite_category_share,
        habits.usual_channel,
        habits.usual_channel_share,
        habits.usual_hour,
        habits.usual_hour_share,
        first_sessions.utm_source as first_touch_source,
        first_sessions.utm_medium as first_touch_medium,
        first_sessions.utm_campaign as first_touch_campaign,
        first_sessions.started_at as first_touch_at,
        last_sessions.utm_source as last_touch_source,
        last_sessions.utm_medium as last_touch_medium,
        last_sessions.utm_campaign as last_touch_campaign,
        last_sessions.started_at as last_touch_at,
        {%- for measure in measures %}
        {%- for window in windows + ['all'] %}
        {%- set counted = 'coalesce(windows.' ~ measure ~ '_' ~ window ~ ', 0)' %}
        {{ money(counted) if measure == 'revenue' else 'cast(' ~ counted ~ ' as bigint)' }}
            as {{ measure }}_{{ window }},
        {%- endfor %}
        {%- endfor %}
        activations.activated_at is not null as is_activated,
        activations.activated_at,
        purchases.first_ordered_at is not null as is_converted,
        purchases.first_ordered_at,
        purchases.last_ordered_at,
        {{ money('cast(windows.revenue_all as double) / nullif(windows.orders_all, 0)') }}
            as average_order_value,
        coalesce(marketing.marketing_consent, false) as marketing_consent,
        suspected_bots.user_key is not null as is_suspected_bot,
        {{ as_of() }} as as_of
    from people
    left join last_actions on people.user_key = last_actions.user_key
    left join current_states on people.user_key = current_states.user_key
    left join windows on people.user_key = windows.user_key
    left join habits on people.user_key = habits.user_key
    left join touches on people.user_key = touches.user_key
    left join sessions as first_sessions on touches.first_touch = first_sessions.timed_session
    left join sessions as last_sessions on touches.last_touch = last_sessions.timed_session
    left join activations on people.user_key = activations.user_key
    left join purchases on people.user_key = purchases.user_key
    left join marketing on people.user_key = marketing.user_key
    left join suspected_bots on people.user_key = suspected_bots.user_key
    left join aged on people.user_key = aged.user_key
)

select * from final
