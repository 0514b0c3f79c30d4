{% set reported = var('attribution_reported_model') %}
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

credits as (
    select
        {% for model in attribution_models() %}
        cast(sum(case when model = '{{ model }}' then credit else 0 end) as decimal(18, 8))
            as conversions_{{ model }},
        {{ money("sum(case when model = '" ~ model ~ "' then revenue else 0 end)") }} as revenue_{{ model }},
        {% endfor %}
        campaign_id
    from {{ ref('fct_attribution') }}
    where campaign_id is not null
    group by campaign_id
),

holdouts as (
    select * from {{ ref('int_campaigns__holdouts') }}
),

campaign_ids as (
    select campaign_id from campaigns
    union
    select campaign_id from responses
    union
    select campaign_id from spend
    union
    select campaign_id from credits
    union
    select campaign_id from holdouts
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
        coalesce(credits.conversions_{{ reported }}, cast(0 as decimal(18, 8))) as conversions,
        {{ money(
            'cast(spend.spend as double) / nullif(cast(credits.conversions_' ~ reported ~ ' as double), 0)'
        ) }} as cost_per_acquisition,
        coalesce(credits.revenue_{{ reported }}, {{ money('0') }}) as attributed_revenue,
        {{ return_on('coalesce(credits.revenue_' ~ reported ~ ', 0)', 'spend.spend') }} as roi,
        {% for model in attribution_models() %}
        coalesce(credits.conversions_{{ model }}, cast(0 as decimal(18, 8))) as conversions_{{ model }},
        coalesce(credits.revenue_{{ model }}, {{ money('0') }}) as revenue_{{ model }},
        {{ return_on('coalesce(credits.revenue_' ~ model ~ ', 0)', 'spend.spend') }} as roi_{{ model }},
        {% endfor %}
        holdouts.treated_people,
        holdouts.held_out_people,
        holdouts.incremental_conversions,
        {{ money('holdouts.incremental_conversions - holdouts.incremental_conversions_margin') }}
            as incremental_conversions_low,
        {{ money('holdouts.incremental_conversions + holdouts.incremental_conversions_margin') }}
            as incremental_conversions_high,
        holdouts.incremental_revenue,
        {{ money('holdouts.incremental_revenue - holdouts.incremental_revenue_margin') }}
            as incremental_revenue_low,
        {{ money('holdouts.incremental_revenue + holdouts.incremental_revenue_margin') }}
            as incremental_revenue_high,
        {{ return_on('holdouts.incremental_revenue', 'spend.spend') }} as incremental_roi,
        {{ return_on(
            'holdouts.incremental_revenue - holdouts.incremental_revenue_margin', 'spend.spend'
        ) }} as incremental_roi_low,
        {{ return_on(
            'holdouts.incremental_revenue + holdouts.incremental_revenue_margin', 'spend.spend'
        ) }} as incremental_roi_high,
        {{ as_of() }} as as_of
    from campaign_ids
    left join campaigns on campaign_ids.campaign_id = campaigns.campaign_id
    left join responses on campaign_ids.campaign_id = responses.campaign_id
    left join spend on campaign_ids.campaign_id = spend.campaign_id
    left join credits on campaign_ids.campaign_id = credits.campaign_id
    left join holdouts on campaign_ids.campaign_id = holdouts.campaign_id
)

select * from final
