with

keys as (
    select * from {{ ref('int_users__keys') }}
),

{% if adds_to_history() %}
{%- set rekeyed -%}
    select {{ short_key('previous_user_key') }} as person_key from {{ ref('int_users__keys') }}
    where previous_user_key is not null
{%- endset -%}
{%- set moved = bounds(
    'select min(occurred_at), max(occurred_at) from ' ~ previous('int_behaviour__events')
    ~ ' where person_key in (' ~ rekeyed ~ ')'
) -%}
{%- set replaced = bounds(
    'select min(replaced_at), max(replaced_at) from ' ~ ref('stg_events_delta') ~ ' where not is_pending'
) -%}
delta as (
    select * from {{ ref('stg_events_delta') }}
    where not is_pending
),

-- Where the events stood whose person, time or session may be another tonight.
before as (
    select event_id, event_key, occurred_at, user_key, stream_key, source_session, person_key
    from {{ previous('int_behaviour__events') }}
    where
        ({{ within('occurred_at', moved) }} and person_key in ({{ rekeyed }}))
        or ({{ within('occurred_at', replaced) }} and event_key in (select delta.event_key from delta))
),

candidates as (
    select event_id, event_key, occurred_at, user_id, anonymous_id, feed, session_id
    from delta

    union all
    select
        events.event_id,
        events.event_key,
        events.occurred_at,
        events.user_id,
        events.anonymous_id,
        events.feed,
        events.session_id
    from {{ ref('stg_events') }} as events
    inner join before
        on events.event_key = before.event_key
        and events.event_id = before.event_id
    left join delta
        on events.event_key = delta.event_key
        and events.event_id = delta.event_id
    where {{ within('events.occurred_at', moved) }} and delta.event_id is null
),
{% else %}
-- What is built whole changes by nothing.
before as (
    select
        event_id,
        event_key,
        occurred_at,
        cast(null as {{ dbt.type_string() }}) as user_key,
        event_key as stream_key,
        cast(null as {{ dbt.type_string() }}) as source_session
    from {{ ref('stg_events_delta') }}
    where 1 = 0
),

candidates as (
    select event_id, event_key, occurred_at, user_id, anonymous_id, feed, session_id
    from {{ ref('stg_events') }}
    where 1 = 0
),
{% endif %}

people as (
    select
        candidates.event_id,
        candidates.event_key,
        candidates.occurred_at,
        coalesce(users.user_key, devices.user_key) as user_key,
        coalesce(users.person_key, devices.person_key) as person_key,
        {{ source_session('candidates') }} as source_session
    from candidates
    left join keys as users
        on candidates.user_id = users.id
        and users.id_type = 'user_id'
    left join keys as devices
        on candidates.anonymous_id = devices.id
        and devices.id_type = 'anonymous_id'
),

final as (
    select
        people.event_id,
        people.event_key,
        people.occurred_at,
        people.user_key,
        people.person_key,
        people.source_session,
        {{ stream_key('people.person_key', 'people.user_key', 'people.source_session') }} as stream_key,
        before.occurred_at as previous_at,
        before.user_key as previous_user_key,
        before.stream_key as previous_stream_key,
        before.source_session as previous_source_session
    from people
    left join before
        on people.event_key = before.event_key
        and people.event_id = before.event_id
    where
        before.event_id is null
        or people.occurred_at <> before.occurred_at
        or people.user_key <> before.user_key
        or coalesce(people.source_session, '') <> coalesce(before.source_session, '')
        or people.event_key in (select delta.event_key from {{ ref('stg_events_delta') }} as delta)
)

select * from final
