with

users as (
    select * from {{ ref('stg_users') }}
),

events as (
    select * from {{ ref('int_users__event_sightings') }}
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
        anonymous_id,
        'events' as entity,
        feed,
        first_seen_at as seen_at,
        times
    from events

    union all
    {%- for entity, moment in [
        ('orders', 'ordered_at'), ('touches', 'occurred_at'), ('exposures', 'exposed_at'),
    ] %}
    select
        user_id,
        anonymous_id,
        '{{ entity }}' as entity,
        feed,
        min({{ moment }}) as seen_at,
        count(*) as times
    from {{ entity }}
    where user_id is not null or anonymous_id is not null
    group by user_id, anonymous_id, feed

    union all
    {%- endfor %}

    {%- for entity, moment in [
        ('users', 'registered_at'), ('subscriptions', 'started_at'), ('feedback', 'submitted_at'), ('consents', 'changed_at'),
    ] %}
    select user_id, null, null, null, {{ moment }}, 1 from {{ entity }} where user_id is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Of an identifier seen alone nothing is asked but when.
sighted as (
    select
        user_id,
        anonymous_id,
        case when user_id is not null and anonymous_id is not null then entity end as entity,
        case when user_id is not null and anonymous_id is not null then feed end as feed,
        seen_at,
        times
    from seen
),

final as (
    select
        user_id,
        anonymous_id,
        entity,
        feed,
        min(seen_at) as first_seen_at,
        cast(sum(times) as bigint) as times
    from sighted
    group by user_id, anonymous_id, entity, feed
)

select * from final
