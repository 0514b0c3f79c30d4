{{ config(meta={'dagster': {'ref': {'name': 'rpt_engagement'}}}) }}
-- The days of rpt_engagement add up to the tables they count: nothing falls outside the calendar.
with days as (
    select
        sum(events) as events,
        sum(sessions) as sessions,
        sum(orders) as orders,
        sum(revenue) as revenue
    from {{ ref('rpt_engagement') }}
),

events as (
    select count(*) as events from {{ ref('fct_events') }}
),

sessions as (
    select count(*) as sessions from {{ ref('fct_sessions') }}
),

orders as (
    select
        sum(case when is_purchase then 1 else 0 end) as orders,
        sum(revenue) as revenue
    from {{ ref('fct_orders') }}
)

select
    days.*,
    orders.orders as all_orders,
    orders.revenue as all_revenue
from days
cross join events
cross join sessions
cross join orders
where
    coalesce(days.events, 0) <> events.events
    or coalesce(days.sessions, 0) <> sessions.sessions
    or coalesce(days.orders, 0) <> coalesce(orders.orders, 0)
    or coalesce(days.revenue, 0) <> coalesce(orders.revenue, 0)
