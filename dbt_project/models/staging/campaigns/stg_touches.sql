with

source as (
    select * from {{ source('raw', 'touches') }}
),

cleaned as (
    select
        {{ clean_text('touch_id') }} as touch_id,
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('anonymous_id') }} as anonymous_id,
        action,
        occurred_at,
        lower({{ clean_text('channel') }}) as channel,
        extra,
        _feed as feed,
        cast(null as {{ dbt.type_string() }}) as corrected_fields
    from source
    where occurred_at < {{ as_of_end() }}
),

final as (
    select *
    from cleaned
    qualify row_number() over (
        partition by touch_id
        order by
            occurred_at,
            {{ row_digest([
                'campaign_id', 'user_id', 'anonymous_id', 'action', 'channel', 'extra', 'feed',
            ]) }}
    ) = 1
)

select * from final
