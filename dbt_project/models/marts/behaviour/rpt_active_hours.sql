{%- set slot_micros = 900000000 -%}

with actions as (
    select
        user_key,
        occurred_at,
        {{ epoch_micros('occurred_at') }} - {{ epoch_micros('occurred_at') }} % {{ slot_micros }} as slot
    from {{ ref('int_behaviour__events') }}
    where is_core
),

users as (
    select * from {{ ref('dim_users') }}
),

zones as (
    select * from {{ ref('seed_time_zones') }}
),

user_zones as (
    select
        users.user_key,
        coalesce(zones.time_zone, '{{ var("business_time_zone") }}') as time_zone
    from users
    left join zones on users.country = zones.country
),

-- Clocks differ by whole quarters of an hour, so the hour of one moment in a quarter is that of all:
-- a few thousand moments are turned into local time, not every event.
quarters as (
    select
        user_zones.user_key,
        user_zones.time_zone,
        actions.slot,
        min(actions.occurred_at) as occurred_at,
        count(*) as events
    from actions
    inner join user_zones on actions.user_key = user_zones.user_key
    group by user_zones.user_key, user_zones.time_zone, actions.slot
),

moments as (
    select
        time_zone,
        slot,
        {{ local_time('min(occurred_at)', 'time_zone') }} as local_at
    from quarters
    group by time_zone, slot
),

local_hours as (
    select
        time_zone,
        slot,
        {{ iso_weekday('cast(local_at as date)') }} as weekday,
        cast(extract(hour from local_at) as integer) as hour
    from moments
),

habits as (
    select
        quarters.user_key,
        local_hours.weekday,
        local_hours.hour,
        sum(quarters.events) as events
    from quarters
    inner join local_hours
        on
        quarters.time_zone = local_hours.time_zone
        and quarters.slot = local_hours.slot
    group by quarters.user_key, local_hours.weekday, local_hours.hour
),

counted as (
    select
        weekday,
        hour,
        sum(events) as events,
        count(*) as people
    from habits
    group by weekday, hour
),

weekdays as (
    {%- for weekday in range(1, 8) %}
    select {{ weekday }} as weekday
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

hours as (
    {%- for hour in range(24) %}
    select {{ hour }} as hour
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        cast(weekdays.weekday as integer) as weekday,
        cast(hours.hour as integer) as hour,
        cast(coalesce(counted.events, 0) as bigint) as events,
        cast(coalesce(counted.people, 0) as bigint) as people,
        {{ as_of() }} as as_of
    from weekdays
    cross join hours
    left join counted
        on
        weekdays.weekday = counted.weekday
        and hours.hour = counted.hour
)

select * from final
