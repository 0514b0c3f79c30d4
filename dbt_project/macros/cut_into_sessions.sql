{# CTEs over `streams` and `persons` that end in `sessions` (event_key, occurred_at): what session each
   event of a stream is in, its number there, and the seconds to the next. #}
{% macro cut_into_sessions() -%}
{%- set gap_seconds = var('session_gap_minutes') * 60 -%}
{%- set cap_seconds = var('session_cap_hours') * 3600 -%}
{%- set has_source_sessions = var('trust_source_sessions') | length > 0 -%}
{%- set stream = 'person_number, source_session' if has_source_sessions else 'person_number' -%}
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
            and {{ seconds_between('previous_at', 'occurred_at') }} > {{ gap_seconds }}
        ) as is_start,
        source_session is not null
        or {{ seconds_between('occurred_at', 'next_at') }} <= {{ gap_seconds }} as is_followed
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
pieces {{ stored_cte() }} (
    select
        *,
        floor({{ seconds_between('started_at', 'occurred_at') }} / {{ cap_seconds }}) as piece,
        floor({{ seconds_between('started_at', 'previous_at') }} / {{ cap_seconds }})
            as previous_piece,
        floor({{ seconds_between('started_at', 'next_at') }} / {{ cap_seconds }}) as next_piece
    from starts
),

-- The first event of a piece names it. Joined to the left, so that the planner knows it adds no rows.
heads as (
    select
        pieces.person_number,
        pieces.source_session,
        pieces.started_at,
        pieces.piece,
        pieces.position,
        persons.user_key,
        persons.person_key,
        md5(persons.user_key || '|' || pieces.event_id) as session_id,
        {{ stream_key('persons.person_key', 'persons.user_key', 'pieces.source_session') }}
            as stream_key
    from pieces
    left join persons
        on pieces.person_number = persons.person_number
    where pieces.is_start or pieces.piece > pieces.previous_piece
),

-- Two events that shared a key and the time would come out twice, which the key test refuses.
sessions as (
    select
        pieces.event_key,
        pieces.occurred_at,
        pieces.source_session,
        pieces.started_at as chain_started_at,
        heads.user_key,
        heads.person_key,
        heads.stream_key,
        heads.session_id,
        cast(pieces.position - heads.position + 1 as integer) as event_number,
        pieces.piece > 0 as is_session_capped,
        case
            when pieces.is_followed and pieces.next_piece = pieces.piece
                then {{ seconds_between('pieces.occurred_at', 'pieces.next_at') }}
        end as seconds_to_next
    from pieces
    left join heads
        on pieces.person_number = heads.person_number
        {%- if has_source_sessions %}
        and coalesce(pieces.source_session, '') = coalesce(heads.source_session, '')
        {%- endif %}
        and pieces.started_at = heads.started_at
        and pieces.piece = heads.piece
)
{%- endmacro %}
