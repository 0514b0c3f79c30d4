{{ config(meta={'dagster': {'ref': {'name': 'rpt_subscription_bridge'}}}) }}
-- The last month closes with the subscriptions that run on the as-of day, money and people.
with running as (
    select
        coalesce(sum(monthly_amount), 0) as amount,
        count(distinct user_key) as people
    from {{ ref('int_value__subscriptions') }}
    where
        coalesce(runs_until > {{ as_of() }}, true)
        and coalesce(runs_until > started_day, true)
),

closing as (
    select
        closing,
        subscribers_closing
    from {{ ref('rpt_subscription_bridge') }}
    qualify row_number() over (order by period_start desc) = 1
)

select
    closing.closing,
    running.amount
from running
left join closing on true
where
    coalesce(closing.closing, 0) <> running.amount
    or coalesce(closing.subscribers_closing, 0) <> running.people
