with people as (
    select
        *,
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

order_items as (
    select * from {{ ref('int_value__order_items') }}
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
        extract(hour from {{ business_time('occurred_at') }}) as action_hour,
        is_core
    from events

    {% if var('orders_are_core') %}
    union all

    select
        user_key,
        ordered_at as occurred_at,
        order_day as day,
        extract(hour from {{ business_time('ordered_at') }}) as action_hour,
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
        min(ordered_at) as first_ordered_at
    from orders
    group by user_key
),

recent_activity as (
    select
        user_key,
        count(*) as active_days_30
    from active_days
    where is_active and day > {{ add_days(as_of(), -30) }}
    group by user_key
),

-- How often a person did something in a category, on a channel, at an hour (100 to 123, so that
-- hours sort as texts).
habits as (
    select
        user_key,
        'category' as habit,
        item_category as habit_value,
        count(*) as times
    from events
    where is_core and item_category is not null
    group by user_key, item_category

    union all

    select
        user_key,
        'category' as habit,
        category as habit_value,
        count(*) as times
    from order_items
    where user_key is not null and category is not null
    group by user_key, category

    union all

    select
        user_key,
        'channel' as habit,
        channel as habit_value,
        count(*) as times
    from events
    where is_core and channel is not null
    group by user_key, channel

    union all

    select
        user_key,
        'hour' as habit,
        cast(action_hour + 100 as {{ dbt.type_string() }}) as habit_value,
        count(*) as times
    from core_actions
    where is_core
    group by user_key, action_hour
),

habit_times as (
    select
        user_key,
        habit,
        habit_value,
        sum(times) as times
    from habits
    group by user_key, habit, habit_value
),

ranked_habits as (
    select
        user_key,
        habit,
        habit_value,
        row_number() over (
            partition by user_key, habit
            order by times desc, habit_value asc nulls last
        ) as habit_rank
    from habit_times
),

usual as (
    select
        user_key,
        max(case when habit = 'category' then habit_value end) as favourite_category,
        max(case when habit = 'channel' then habit_value end) as usual_channel,
        cast(max(case when habit = 'hour' then habit_value end) as integer) - 100 as usual_hour
    from ranked_habits
    where habit_rank = 1
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
            when coalesce(recent_activity.active_days_30, 0) = 0 then 'none'
            when recent_activity.active_days_30 < 4 then 'low'
            when recent_activity.active_days_30 < 12 then 'medium'
            else 'high'
        end as activity_level,
        usual.favourite_category,
        usual.usual_channel,
        cast(usual.usual_hour as integer) as usual_hour,
        activations.activated_at is not null as is_activated,
        activations.activated_at,
        purchases.first_ordered_at is not null as is_converted,
        purchases.first_ordered_at,
        coalesce(marketing.marketing_consent, false) as marketing_consent,
        {{ as_of() }} as as_of
    from people
    left join last_actions on people.user_key = last_actions.user_key
    left join current_states on people.user_key = current_states.user_key
    left join recent_activity on people.user_key = recent_activity.user_key
    left join usual on people.user_key = usual.user_key
    left join activations on people.user_key = activations.user_key
    left join purchases on people.user_key = purchases.user_key
    left join marketing on people.user_key = marketing.user_key
    left join aged on people.user_key = aged.user_key
)

select * from final
