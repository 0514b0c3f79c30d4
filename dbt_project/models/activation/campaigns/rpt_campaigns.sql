{% set actions = ['sent', 'delivered', 'opened', 'clicked', 'bounced', 'unsubscribed', 'complained'] %}
{% set counts = actions + ['impressions', 'touches', 'people_reached', 'people_opened', 'people_clicked'] %}

with campaigns as (
    select * from {{ ref('stg_campaigns') }}
),

touches as (
    select * from {{ ref('fct_touches') }}
),

spend as (
    select
        campaign_id,
        {{ money('coalesce(sum(amount), 0)') }} as spend,
        cast(coalesce(sum(impressions), 0) as bigint) as ad_impressions,
        cast(coalesce(sum(clicks), 0) as bigint) as ad_clicks
    from {{ ref('int_campaigns__spend') }}
    group by campaign_id
),

-- A message opened three times is three touches of one person.
reach as (
    select
        campaign_id,
        user_key,
        {% for action in actions %}
        sum(case when action = '{{ action }}' then 1 else 0 end) as {{ action }},
        {% endfor %}
        sum(case when action = 'impression' then 1 else 0 end) as impressions,
        count(*) as touches
    from touches
    group by campaign_id, user_key
),

responses as (
    select
        campaign_id,
        {% for action in actions %}
        cast(sum({{ action }}) as bigint) as {{ action }},
        {% endfor %}
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(touches) as bigint) as touches,
        sum(case when sent + delivered + impressions > 0 then 1 else 0 end) as people_reached,
        sum(case when delivered > 0 then 1 else 0 end) as people_delivered,
        sum(case when opened > 0 then 1 else 0 end) as people_opened,
        sum(case when clicked > 0 then 1 else 0 end) as people_clicked
    from reach
    group by campaign_id
),

campaign_ids as (
    select campaign_id from campaigns
    union
    select campaign_id from responses
    union
    select campaign_id from spend
),

final as (
    select
        campaign_ids.campaign_id,
        campaigns.name,
        campaigns.channel,
        campaigns.objective,
        campaigns.campaign_id is not null as is_declared,
        campaigns.started_at,
        campaigns.ended_at,
        {% for count in counts %}
        cast(coalesce(responses.{{ count }}, 0) as bigint) as {{ count }},
        {% endfor %}
        cast(
            cast(responses.people_opened as double) / nullif(responses.people_delivered, 0)
            as decimal(18, 8)
        ) as open_rate,
        cast(
            cast(responses.people_clicked as double) / nullif(responses.people_delivered, 0)
            as decimal(18, 8)
        ) as click_through_rate,
        coalesce(spend.ad_impressions, 0) as ad_impressions,
        coalesce(spend.ad_clicks, 0) as ad_clicks,
        coalesce(spend.spend, {{ money('0') }}) as spend,
        {{ as_of() }} as as_of
    from campaign_ids
    left join campaigns on campaign_ids.campaign_id = campaigns.campaign_id
    left join responses on campaign_ids.campaign_id = responses.campaign_id
    left join spend on campaign_ids.campaign_id = spend.campaign_id
)

select * from final
