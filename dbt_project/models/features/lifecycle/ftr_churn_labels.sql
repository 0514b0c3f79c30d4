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

recast as (
    select
        as_of,
        current_user_key as user_key
    from past_identifiers
    group by as_of, current_user_key
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
observed_identifiers as (
    select
        observed.as_of,
        observed.user_key,
        observed.horizon_end,
        past_identifiers.id_type,
        past_identifiers.id,
        past_identifiers.current_user_key
    from observed
    inner join past_identifiers
        on
        observed.as_of = past_identifiers.as_of
        and observed.user_key = past_identifiers.user_key

    union all

    -- The same person now as on the snapshot day, and another one when the horizon ends.
    select
        observed.as_of,
        observed.user_key,
        observed.horizon_end,
        later.id_type,
        later.id,
        later.current_user_key
    from observed
    inner join past_identifiers as later
        on
        observed.horizon_end = later.as_of
        and observed.user_key = later.current_user_key
        and ({{ business_day('later.first_seen_at') }} <= observed.as_of or later.first_seen_at is null)
    left join recast
        on
        observed.as_of = recast.as_of
        and observed.user_key = recast.user_key
    where recast.user_key is null
),

observed_as as (
    select
        observed_identifiers.as_of,
        observed_identifiers.user_key,
        observed_identifiers.horizon_end,
        coalesce(later.user_key, observed_identifiers.current_user_key) as later_user_key
    from observed_identifiers
    left join past_identifiers as later
        on
        observed_identifiers.horizon_end = later.as_of
        and observed_identifiers.id_type = later.id_type
        and observed_identifiers.id = later.id

    union

    select
        observed.as_of,
        observed.user_key,
        observed.horizon_end,
        observed.user_key as later_user_key
    from observed
    left join observed_identifiers
        on
        observed.as_of = observed_identifiers.as_of
        and observed.user_key = observed_identifiers.user_key
    where observed_identifiers.user_key is null
),

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
