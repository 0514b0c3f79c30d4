with

source as (
    select
        *,
        {{ possible_time('started_at') }} as possible_started_at,
        {{ possible_time('ended_at') }} as possible_ended_at
    from {{ source('raw', 'campaigns') }}
),

-- Both times are a plan that may move either way, so they cannot order the versions.
latest as (
    select *
    from source
    where coalesce(possible_started_at < {{ as_of_end() }}, true)
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
        possible_started_at as started_at,
        case
            when possible_ended_at >= possible_started_at or possible_started_at is null
                then possible_ended_at
        end as ended_at,
        case when planned_cost >= 0 then planned_cost end as planned_cost,
        upper({{ clean_text('currency') }}) as currency,
        extra,
        _feed as feed,
        {{ corrected_fields({
            'started_at': is_impossible_time('started_at'),
            'ended_at': is_impossible_time('ended_at') ~ ' or ended_at < possible_started_at',
            'planned_cost': 'planned_cost < 0',
        }) }} as corrected_fields
    from latest
)

select * from final
