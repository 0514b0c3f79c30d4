{{ config(meta={'dagster': {'ref': {'name': 'rpt_acquisition'}}}) }}
-- Spend shared out over channels adds up to what every campaign spent in a month.
with spent as (
    select
        campaign_id,
        cast({{ dbt.date_trunc('month', 'spend_day') }} as date) as period_start,
        coalesce(sum(amount), 0) as spend
    from {{ ref('int_campaigns__spend') }}
    group by campaign_id, cast({{ dbt.date_trunc('month', 'spend_day') }} as date)
),

reported as (
    select
        campaign_id,
        period_start,
        sum(spend) as spend
    from {{ ref('rpt_acquisition') }}
    group by campaign_id, period_start
)

select
    reported.campaign_id,
    reported.period_start,
    reported.spend,
    spent.spend as spent
from reported
full outer join spent
    on
    reported.campaign_id = spent.campaign_id
    and reported.period_start = spent.period_start
where coalesce(reported.spend, 0) <> coalesce(spent.spend, 0)
