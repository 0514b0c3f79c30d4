{# CTEs over `streams` and `persons` that end in `pieces` (event_key, occurred_at), the sessions that the
   events of a stream are in, and `heads` (`head_of`), their first events, which name them. #}
{% macro cut_into_sessions() -%}
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
pieces {{ stored_cte() }} (
    select
        *,
        {{ session_piece('started_at', 'occurred_at') }} as piece,
        {{ session_piece('started_at', 'previous_at') }} as previous_piece,
        {{ session_piece('started_at', 'next_at') }} as next_piece
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
)
{%- endmacro %}
