{% set contacts = "('sent', 'delivered', 'impression')" %}

with touches as (
    select * from {{ ref('int_campaigns__touches') }}
    where channel is not null
),

-- A message sent and delivered is one message; where only its delivery is told, that counts.
days as (
    select
        user_key,
        channel,
        campaign_id,
        touch_day,
        greatest(
            sum(case when action = 'sent' then 1 else 0 end),
            sum(case when action = 'delivered' then 1 else 0 end)
        ) as messages,
        sum(case when action = 'impression' then 1 else 0 end) as impressions
    from touches
    group by user_key, channel, campaign_id, touch_day
),

pressure as (
    select
        user_key,
        channel,
        {% for length in [7, 30] %}
        sum(case when {{ days_between('touch_day', as_of()) }} < {{ length }} then messages else 0 end)
            as messages_{{ length }},
        sum(case when {{ days_between('touch_day', as_of()) }} < {{ length }} then impressions else 0 end)
            as impressions_{{ length }},
        {% endfor %}
        max(case when messages > 0 then touch_day end) as last_message_day
    from days
    group by user_key, channel
),

last_moments as (
    select
        user_key,
        channel,
        max(case when action in {{ contacts }} then occurred_at end) as last_touch_at,
        max(case when action = 'clicked' then occurred_at end) as last_click_at,
        max(case when action = 'unsubscribed' then occurred_at end) as unsubscribed_at,
        max(case when action = 'complained' then occurred_at end) as complained_at
    from touches
    group by user_key, channel
),

consents as (
    select
        user_key,
        substring(purpose, 11, length(purpose)) as channel,
        status,
        changed_at
    from {{ ref('int_privacy__consents') }}
    where substring(purpose, 1, 10) = 'marketing_'
),

final as (
    select
        pressure.user_key,
        pressure.channel,
        cast(pressure.messages_7 as bigint) as messages_7,
        cast(pressure.messages_30 as bigint) as messages_30,
        cast(pressure.impressions_7 as bigint) as impressions_7,
        cast(pressure.impressions_30 as bigint) as impressions_30,
        last_moments.last_touch_at,
        pressure.last_message_day,
        last_moments.last_click_at,
        last_moments.unsubscribed_at,
        last_moments.complained_at,
        -- Who consents again afterwards has come back.
        coalesce(
            greatest(
                coalesce(last_moments.unsubscribed_at, last_moments.complained_at),
                coalesce(last_moments.complained_at, last_moments.unsubscribed_at)
            ) >= coalesce(
                case when consents.status = 'granted' then consents.changed_at end,
                cast('1900-01-01' as timestamp)
            ),
            false
        ) as has_left,
        {{ as_of() }} as as_of
    from pressure
    inner join last_moments
        on
        pressure.user_key = last_moments.user_key
        and pressure.channel = last_moments.channel
    left join consents
        on
        pressure.user_key = consents.user_key
        and pressure.channel = consents.channel
)

select * from final
