with eligible as (
    select
        as_of,
        user_key,
        {{ add_days('as_of', var('churn_horizon_days')) }} as horizon_end
    from {{ ref('ftr_user_snapshots') }}
    where is_eligible
),

past_identifiers as (
    select * from {{ ref('int_users__past_identifiers') }}
),

-- A younger snapshot's horizon has not passed yet: it is censored, not churned.
observed as (
    select
        as_of,
        user_key,
        horizon_end
    from eligible
    where horizon_end <= {{ as_of() }}
),

-- Whoever returned within the horizon is judged as the person known when it ends, so that a label
-- too is the same whatever is learned later: an anonymous visitor who logs in has not churned.
{{ people_as_they_became() }},

active_days as (
    select
        cast(null as date) as seen_on,
        user_key,
        day
    from {{ ref('int_lifecycle__active_days') }}
    where is_active

    union all

    select
        as_of as seen_on,
        user_key,
        day
    from {{ ref('int_lifecycle__past_days') }}
    where is_active
),

returns as (
    select
        observed_as.as_of,
        observed_as.user_key
    from observed_as
    inner join active_days
        on observed_as.later_user_key = active_days.user_key
    left join recast
        on
        observed_as.horizon_end = recast.as_of
        and observed_as.later_user_key = recast.user_key
    where
        active_days.day > observed_as.as_of
        and active_days.day <= observed_as.horizon_end
        and coalesce(active_days.seen_on, observed_as.horizon_end) = observed_as.horizon_end
        and (recast.user_key is null or active_days.seen_on is not null)
    group by observed_as.as_of, observed_as.user_key
),

final as (
    select
        observed.as_of,
        observed.user_key,
        returns.user_key is null as is_churned
    from observed
    left join returns
        on
        observed.as_of = returns.as_of
        and observed.user_key = returns.user_key
)

select * from final
