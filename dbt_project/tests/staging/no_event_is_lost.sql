{{ config(meta={'dagster': {'ref': {'name': 'stg_events'}}}) }}
-- Staging keeps repeated events out by their place in a file; were a place not unique, an event
-- would vanish without a trace.
with

delivered as (
    select count(distinct {{ clean_text('event_id') }}) as events
    from {{ source('raw', 'events') }}
    where occurred_at < {{ as_of_end() }}
),

kept as (
    select count(*) as events
    from {{ ref('stg_events') }}
)

select
    delivered.events as delivered_events,
    kept.events as kept_events
from delivered
cross join kept
where delivered.events <> kept.events
