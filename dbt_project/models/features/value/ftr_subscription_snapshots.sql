with subscriptions as (
    select * from {{ ref('int_value__subscriptions') }}
    where not is_void and user_key is not null and coalesce(ended_day > started_day, true)
),

owners as (
    select
        subscription_id,
        user_id
    from {{ ref('stg_subscriptions') }}
),

past_identifiers as (
    select * from {{ ref('int_users__past_identifiers') }}
    where id_type = 'user_id'
),

snapshot_dates as (
    {{ snapshot_days() }}
),

-- An unbroken run ends when nothing of it runs any more and nothing begins within the grace days.
runs as (
    select
        user_key,
        run_started_day,
        case when count(runs_until) = count(*) then max(runs_until) end as run_ended_day
    from subscriptions
    group by user_key, run_started_day
),

-- What was known on a day: a subscription that ended later was running, whoever it now belongs to.
known as (
    select
        snapshot_dates.as_of,
        coalesce(past_identifiers.user_key, subscriptions.user_key) as user_key,
        subscriptions.started_day,
        subscriptions.run_started_day,
        subscriptions.monthly_amount,
        runs.run_ended_day,
        coalesce(subscriptions.ended_day > snapshot_dates.as_of, true) as is_running
    from subscriptions
    inner join snapshot_dates
        on subscriptions.started_day <= snapshot_dates.as_of
    inner join owners
        on subscriptions.subscription_id = owners.subscription_id
    inner join runs
        on
        subscriptions.user_key = runs.user_key
        and subscriptions.run_started_day = runs.run_started_day
    left join past_identifiers
        on
        snapshot_dates.as_of = past_identifiers.as_of
        and owners.user_id = past_identifiers.id
),

people as (
    select
        as_of,
        user_key,
        min(case when is_running then run_started_day end) as run_started_day,
        max(case when is_running then started_day end) as plan_started_day,
        sum(case when is_running then monthly_amount end) as monthly_amount,
        avg(case when not is_running then monthly_amount end) as earlier_amount,
        count(case when not is_running then 1 end) as plans_before,
        count(distinct run_started_day) - 1 as runs_before,
        -- Whose every run has ended has left; one that goes on is no departure.
        case
            when count(case when is_running and run_ended_day is null then 1 end) = 0
                then max(case when is_running then run_ended_day end)
        end as left_on
    from known
    group by as_of, user_key
),

final as (
    select
        as_of,
        user_key,
        cast({{ days_between('run_started_day', 'as_of') }} as double) as subscription_days,
        cast({{ days_between('plan_started_day', 'as_of') }} as double) as plan_days,
        cast(monthly_amount as double) as monthly_amount,
        cast(monthly_amount as double) - cast(earlier_amount as double) as amount_change,
        cast(plans_before as double) as plans_before,
        cast(runs_before as double) as runs_before,
        case
            when
                {{ add_days('as_of', var('churn_horizon_days') + var('subscriptions_grace_days')) }}
                <= {{ as_of() }}
                then coalesce(left_on <= {{ add_days('as_of', var('churn_horizon_days')) }}, false)
        end as is_churned
    from people
    where run_started_day is not null
)

select * from final
