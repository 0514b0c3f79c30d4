with

touches as (
    select * from {{ ref('stg_touches') }}
),

identifiers as (
    select * from {{ ref('int_users__identifiers') }}
),

campaigns as (
    select * from {{ ref('stg_campaigns') }}
),

final as (
    select
        touches.touch_id,
        touches.campaign_id,
        coalesce(users.user_key, devices.user_key) as user_key,
        touches.action,
        touches.occurred_at,
        {{ business_day('touches.occurred_at') }} as touch_day,
        coalesce(touches.channel, campaigns.channel) as channel
    from touches
    left join identifiers as users
        on touches.user_id = users.id
        and users.id_type = 'user_id'
    left join identifiers as devices
        on touches.anonymous_id = devices.id
        and devices.id_type = 'anonymous_id'
    left join campaigns
        on touches.campaign_id = campaigns.campaign_id
)

select * from final
