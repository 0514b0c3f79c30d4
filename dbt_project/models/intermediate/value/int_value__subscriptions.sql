with

identifiers as (
    select * from {{ ref('int_users__identifiers') }}
),

rates as (
    select * from {{ ref('int_value__exchange_rates') }}
),

subscriptions as (
    select
        subscriptions.*,
        identifiers.user_key,
        {{ business_day('subscriptions.started_at') }} as started_day,
        {{ business_day('subscriptions.ended_at') }} as ended_day
    from {{ ref('stg_subscriptions') }} as subscriptions
    left join identifiers
        on subscriptions.user_id = identifiers.id
        and identifiers.id_type = 'user_id'
),

-- How far the person was covered by the subscriptions that began before this one.
coverage as (
    select
        subscription_id,
        user_key,
        started_day,
        coalesce(ended_day, {{ add_days(as_of(), 1) }}) as end_day,
        max(coalesce(ended_day, {{ add_days(as_of(), 1) }})) over (
            partition by user_key
            order by started_day nulls last, subscription_id
            rows between unbounded preceding and 1 preceding
        ) as covered_until
    from subscriptions
    where not is_void and coalesce(ended_day > started_day, true)
),

stretches as (
    select
        *,
        sum(case when started_day <= covered_until then 0 else 1 end) over (
            partition by user_key
            order by started_day nulls last, subscription_id
            rows unbounded preceding
        ) as stretch
    from coverage
),

stretch_days as (
    select
        user_key,
        stretch,
        min(started_day) as first_day,
        max(end_day) as end_day
    from stretches
    group by user_key, stretch
),

breaks as (
    select
        *,
        lead(first_day) over (partition by user_key order by stretch nulls last) as next_day,
        coalesce(
            {{ days_between(
                'lag(end_day) over (partition by user_key order by stretch nulls last)', 'first_day'
            ) }}
            > {{ var('subscriptions_grace_days') }},
            true
        ) as is_new_run
    from stretch_days
),

-- A break within the grace days is no break: what ended before it counts on until what begins after.
runs as (
    select
        *,
        case
            when {{ days_between('end_day', 'next_day') }} <= {{ var('subscriptions_grace_days') }}
                then next_day
        end as bridged_until,
        max(case when is_new_run then first_day end) over (
            partition by user_key
            order by stretch nulls last
            rows unbounded preceding
        ) as run_started_day
    from breaks
),

placed as (
    select
        stretches.subscription_id,
        runs.run_started_day,
        case when stretches.end_day = runs.end_day then runs.bridged_until end as bridged_until
    from stretches
    inner join runs
        on stretches.user_key = runs.user_key
        and stretches.stretch = runs.stretch
),

dated as (
    select
        subscriptions.*,
        coalesce(subscriptions.currency, '{{ var("base_currency") }}') as known_currency,
        coalesce(placed.run_started_day, subscriptions.started_day) as run_started_day,
        case
            when placed.subscription_id is null then subscriptions.started_day
            else coalesce(placed.bridged_until, subscriptions.ended_day)
        end as runs_until
    from subscriptions
    left join placed on subscriptions.subscription_id = placed.subscription_id
),

final as (
    select
        dated.subscription_id,
        dated.user_key,
        dated.plan,
        dated.started_day,
        dated.ended_day,
        dated.runs_until,
        dated.run_started_day,
        {{ converted('coalesce(dated.monthly_amount, 0)', 'rates.exchange_rate') }} as monthly_amount,
        dated.known_currency as currency,
        rates.exchange_rate,
        dated.end_reason,
        dated.is_void,
        dated.feed
    from dated
    left join rates
        on dated.known_currency = rates.currency
        and dated.run_started_day = rates.day
)

select * from final
