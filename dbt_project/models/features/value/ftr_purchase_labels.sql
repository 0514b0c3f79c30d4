with known as (
    select
        as_of,
        user_key,
        {{ add_days('as_of', var('churn_horizon_days')) }} as horizon_end
    from {{ ref('ftr_user_snapshots') }}
),

past_identifiers as (
    select * from {{ ref('int_users__past_identifiers') }}
),

past_records as (
    select * from {{ ref('int_users__past_records') }}
),

-- A younger snapshot's horizon has not passed yet: nobody knows whether they will buy.
observed as (
    select
        as_of,
        user_key,
        horizon_end
    from known
    where horizon_end <= {{ as_of() }}
),

-- Who bought is judged as the person known when the horizon ends: a visitor may buy under a new account.
{{ people_as_they_became() }},

orders as (
    {{ records_as_they_were('int_value__orders', 'orders', 'order_id', ['order_day', 'is_purchase']) }}
),

purchase_days as (
    select
        seen_on,
        user_key,
        order_day
    from orders
    where is_purchase and user_key is not null
    group by seen_on, user_key, order_day
),

buyers as (
    select
        observed_as.as_of,
        observed_as.user_key
    from observed_as
    inner join purchase_days
        on observed_as.later_user_key = purchase_days.user_key
    left join recast
        on
        observed_as.horizon_end = recast.as_of
        and observed_as.later_user_key = recast.user_key
    where
        purchase_days.order_day > observed_as.as_of
        and purchase_days.order_day <= observed_as.horizon_end
        and coalesce(purchase_days.seen_on, observed_as.horizon_end) = observed_as.horizon_end
        and (recast.user_key is null or purchase_days.seen_on is not null)
    group by observed_as.as_of, observed_as.user_key
),

final as (
    select
        observed.as_of,
        observed.user_key,
        buyers.user_key is not null as has_bought
    from observed
    left join buyers
        on
        observed.as_of = buyers.as_of
        and observed.user_key = buyers.user_key
)

select * from final
