with touches as (
    select * from {{ ref('int_campaigns__touches') }}
),

final as (
    select
        touch_id,
        campaign_id,
        user_key,
        action,
        occurred_at,
        touch_day,
        channel,
        {{ as_of() }} as as_of
    from touches
)

select * from final
