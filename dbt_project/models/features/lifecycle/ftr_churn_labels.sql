with eligible as (
    select
        as_of,
        user_key,
        {{ add_days('as_of', var('churn_horizon_days')) }} as horizon_end
    from {{ ref('ftr_user_snapshots') }}
    where is_eligible
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

returns as (
    select
        observed.as_of,
        observed.user_key
    from observed
    inner join {{ ref('int_lifecycle__active_days') }} as active_days
        on observed.user_key = active_days.user_key
    where
        active_days.is_active
        and active_days.day > observed.as_of
        and active_days.day <= observed.horizon_end
    group by observed.as_of, observed.user_key
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
