with

spend as (
    select * from {{ ref('stg_spend') }}
),

campaigns as (
    select * from {{ ref('stg_campaigns') }}
),

rates as (
    select * from {{ ref('int_value__exchange_rates') }}
),

final as (
    select
        spend.campaign_id,
        spend.spend_date as spend_day,
        campaigns.channel,
        {{ converted('spend.amount', 'rates.exchange_rate') }} as amount,
        spend.currency,
        rates.exchange_rate,
        spend.impressions,
        spend.clicks,
        spend.feed
    from spend
    left join campaigns
        on spend.campaign_id = campaigns.campaign_id
    left join rates
        on spend.currency = rates.currency
        and spend.spend_date = rates.day
)

select * from final
