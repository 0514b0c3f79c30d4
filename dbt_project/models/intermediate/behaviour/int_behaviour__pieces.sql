{%- set windows = ref('int_behaviour__windows') -%}
{%- set delta = ref('int_behaviour__events_delta') -%}
{%- set has_source_sessions = var('trust_source_sessions') | length > 0 -%}
{%- set stream = 'person_number, source_session' if has_source_sessions else 'person_number' %}
-- depends_on: {{ windows }} {{ delta }}

with

keys as (
    select * from {{ ref('int_users__keys') }}
),

{% if adds_to_history() %}
{%- set limits = bounds('select min(from_at), max(to_at) from ' ~ windows) -%}
-- What stays of the streams that tonight touches, from the silence before to the silence after.
stayed as (
    select
        events.event_id,
        events.event_key,
        events.occurred_at,
        events.user_key,
        events.source_session
    from {{ previous('int_behaviour__events') }} as events
    inner join {{ windows }} as windows
        on events.stream_key = windows.stream_key
        and events.occurred_at >= windows.from_at
        and events.occurred_at <= windows.to_at
    left join {{ delta }} as delta
        on events.event_key = delta.event_key
        and events.event_id = delta.event_id
    where {{ within('events.occurred_at', limits) }} and delta.event_id is null
),

members as (
    select event_id, event_key, occurred_at, user_key, source_session from stayed
    union all
    select event_id, event_key, occurred_at, user_key, source_session from {{ delta }}
),

persons as (
    select user_key, min(person_number) as person_number
    from keys
    group by user_key
),

streams as (
    select
        members.event_id,
        members.event_key,
        members.occurred_at,
        members.source_session,
        persons.person_number
    from members
    inner join persons
        on members.user_key = persons.user_key
),
{% else %}
-- A stream is what is cut into sessions: all a person's events, but a trusted source session is a
-- stream of its own, which no silence ends.
streams as (
    select
        events.event_id,
        {{ short_key('events.event_id') }} as event_key,
        events.occurred_at,
        coalesce(users.person_number, devices.person_number) as person_number,
        {{ source_session('events') }} as source_session
    from {{ ref('stg_events') }} as events
    left join keys as users
        on events.user_id = users.id
        and users.id_type = 'user_id'
    left join keys as devices
        on events.anonymous_id = devices.id
        and devices.id_type = 'anonymous_id'
),
{% endif %}
-- Sorting by a text that is always null costs as much as by one that is not.
neighbours as (
    select
        *,
        row_number() over stream as position,
        lag(occurred_at) over stream as previous_at,
        lead(occurred_at) over stream as next_at
    from streams
    where person_number is not null
    window stream as (partition by {{ stream }} order by occurred_at, event_id)
),

silences as (
    select
        *,
        previous_at is null
        or (
            source_session is null
            and {{ is_silence('previous_at', 'occurred_at') }}
        ) as is_start,
        source_session is not null
        or not {{ is_silence('occurred_at', 'next_at') }} as is_followed
    from neighbours
),

starts as (
    select
        *,
        max(case when is_start then occurred_at end) over (
            partition by {{ stream }}
            order by position nulls last
        ) as started_at
    from silences
),

-- A session over the cap is cut at every multiple of the cap after its start.
pieces as (
    select
        *,
        {{ session_piece('started_at', 'occurred_at') }} as piece,
        {{ session_piece('started_at', 'previous_at') }} as previous_piece,
        {{ session_piece('started_at', 'next_at') }} as next_piece
    from starts
),

final as (
    select
        event_key,
        occurred_at,
        person_number,
        source_session,
        started_at,
        cast(piece as integer) as piece,
        cast(position as integer) as position,
        case when is_followed and next_piece = piece then next_at end as next_at,
        case when is_start or piece > previous_piece then event_id end as first_event_id
    from pieces
)

select * from final
