with

users as (
    select * from {{ ref('stg_users') }}
),

events as (
    select * from {{ ref('stg_events') }}
),

orders as (
    select * from {{ ref('stg_orders') }}
),

subscriptions as (
    select * from {{ ref('stg_subscriptions') }}
),

feedback as (
    select * from {{ ref('stg_feedback') }}
),

touches as (
    select * from {{ ref('stg_touches') }}
),

exposures as (
    select * from {{ ref('stg_exposures') }}
),

consents as (
    select * from {{ ref('stg_consents') }}
),

seen as (
    select
        user_id,
        cast(null as {{ dbt.type_string() }}) as anonymous_id,
        registered_at as seen_at
    from users

    union all
    select user_id, anonymous_id, min(occurred_at) from events group by user_id, anonymous_id

    union all
    select user_id, anonymous_id, ordered_at from orders

    union all
    select user_id, null, started_at from subscriptions

    union all
    select user_id, null, submitted_at from feedback

    union all
    select user_id, anonymous_id, min(occurred_at) from touches group by user_id, anonymous_id

    union all
    select user_id, anonymous_id, exposed_at from exposures

    union all
    select user_id, null, changed_at from consents
),

final as (
    select
        user_id,
        anonymous_id,
        min(seen_at) as first_seen_at
    from seen
    where user_id is not null or anonymous_id is not null
    group by user_id, anonymous_id
)

select * from final
