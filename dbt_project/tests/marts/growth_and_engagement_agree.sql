{{ config(meta={'dagster': {'ref': {'name': 'rpt_engagement'}}}) }}
-- Two ways to count the same people: daily growth and engagement, active days and first actions.
with growth as (
    select * from {{ ref('rpt_growth_accounting') }}
    where granularity = 'day'
),

engagement as (
    select * from {{ ref('rpt_engagement') }}
),

user_days as (
    select
        day,
        count(*) as people
    from {{ ref('fct_user_days') }}
    group by day
)

select
    engagement.day,
    engagement.dau,
    growth.active,
    user_days.people
from engagement
left join growth on engagement.day = growth.period_start
left join user_days on engagement.day = user_days.day
where
    engagement.dau <> coalesce(growth.active, 0)
    or engagement.new_users <> coalesce(growth.new, 0)
    or engagement.dau <> coalesce(user_days.people, 0)
