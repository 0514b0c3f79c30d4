with people as (
    select
        user_key,
        least({{ business_day('registered_at') }}, {{ business_day('first_seen_at') }}) as known_day
    from {{ ref('int_users__people') }}
),

activity as (
    select
        user_key,
        day,
        lag(day) over (partition by user_key order by day) as previous_day,
        coalesce(
            lead(day) over (partition by user_key order by day),
            {{ add_days(as_of(), 1) }}
        ) as next_day
    from {{ ref('int_lifecycle__active_days') }}
    where is_active and day <= {{ as_of() }}
),

-- What decides the state on every day from this active day to the day before the next one.
stretches as (
    select
        user_key,
        day,
        next_day,
        {{ days_between('previous_day', 'day') }} as gap,
        min(day) over (partition by user_key) as first_active_day,
        max(case
            when {{ days_between('previous_day', 'day') }} > {{ var('lifecycle_resurrected_silent_days') }}
                then day
        end) over (
            partition by user_key
            order by day
            rows unbounded preceding
        ) as last_return_day
    from activity
),

-- The only days on which a state can change: coming back after a gap, and the day after each of
-- the windows has passed.
turning_points as (
    select
        *,
        day as turning_day
    from stretches
    where
        coalesce(gap, 1000000)
        > {{ [var('lifecycle_active_days'), var('lifecycle_resurrected_silent_days')] | min }}

    union all

    select
        *,
        {{ add_days('day', var('lifecycle_active_days') + 1) }} as turning_day
    from stretches

    union all

    select
        *,
        {{ add_days('day', var('lifecycle_dormant_days') + 1) }} as turning_day
    from stretches

    union all

    select
        *,
        {{ add_days('first_active_day', var('lifecycle_new_days') + 1) }} as turning_day
    from stretches

    union all

    select
        *,
        {{ add_days('last_return_day', var('lifecycle_resurrected_days') + 1) }} as turning_day
    from stretches
    where last_return_day is not null
),

states as (
    select
        user_key,
        turning_day as from_day,
        case
            when
                {{ days_between('first_active_day', 'turning_day') }} <= {{ var('lifecycle_new_days') }}
                then 'new'
            when
                {{ days_between('last_return_day', 'turning_day') }}
                <= {{ var('lifecycle_resurrected_days') }}
                then 'resurrected'
            when {{ days_between('day', 'turning_day') }} <= {{ var('lifecycle_active_days') }} then 'active'
            when
                {{ days_between('day', 'turning_day') }} <= {{ var('lifecycle_dormant_days') }}
                then 'dormant'
            else 'churned'
        end as state
    from turning_points
    where turning_day >= day and turning_day < next_day

    union all

    select
        people.user_key,
        people.known_day as from_day,
        'registered' as state
    from people
    left join stretches
        on
        people.user_key = stretches.user_key
        and stretches.gap is null
    where
        people.known_day <= {{ as_of() }}
        and people.known_day < coalesce(stretches.day, {{ add_days(as_of(), 1) }})
),

changes as (
    select
        user_key,
        state,
        from_day,
        lag(state) over (partition by user_key order by from_day) as previous_state
    from states
),

spans as (
    select
        user_key,
        state,
        from_day,
        {{ add_days('lead(from_day) over (partition by user_key order by from_day)', -1) }} as last_day
    from changes
    where coalesce(previous_state, '') <> state
),

final as (
    select
        user_key,
        state,
        {{ lifecycle_state_zh('state') }} as state_zh,
        from_day,
        coalesce(last_day, {{ as_of() }}) as to_day,
        cast({{ days_between('from_day', 'coalesce(last_day, ' ~ as_of() ~ ')') }} + 1 as bigint) as days,
        last_day is null as is_current,
        {{ as_of() }} as as_of
    from spans
)

select * from final
