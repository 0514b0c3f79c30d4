{{ config(meta={'dagster': {'ref': {'name': 'fct_sessions'}}}) }}
-- Every session counts exactly the events that carry its id, so sessions add up to the events.
with events as (
    select
        session_id,
        count(*) as events
    from {{ ref('fct_events') }}
    group by session_id
),

sessions as (
    select
        session_id,
        event_count
    from {{ ref('fct_sessions') }}
)

select
    sessions.session_id,
    sessions.event_count,
    events.events
from sessions
full outer join events on sessions.session_id = events.session_id
where coalesce(sessions.event_count, 0) <> coalesce(events.events, 0)
