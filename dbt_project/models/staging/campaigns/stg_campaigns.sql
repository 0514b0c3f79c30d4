with

source as (
    select * from {{ source('raw', 'campaigns') }}
),

-- Both times are a plan that may move either way, so they cannot order the versions.
latest as (
    select *
    from source
    where coalesce(started_at < {{ as_of_end() }}, true)
    qualify row_number() over (
        partition by {{ clean_text('campaign_id') }}
        order by {{ latest_delivery() }}
    ) = 1
),

final as (
    select
        {{ clean_text('campaign_id') }} as campaign_id,
        {{ clean_text('name') }} as name,
        lower({{ clean_text('channel') }}) as channel,
        {{ clean_text('objective') }} as objective,
        started_at,
        case when ended_at >= started_at or started_at is null then ended_at end as ended_at,
        case when planned_cost >= 0 then planned_cost end as planned_cost,
        upper({{ clean_text('currency') }}) as currency,
        extra,
        _feed as feed,
        {{ corrected_fields({
            'ended_at': 'ended_at < started_at',
            'planned_cost': 'planned_cost < 0',
        }) }} as corrected_fields
    from latest
)

select * from final
