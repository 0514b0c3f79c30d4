with

source as (
    select * from {{ source('raw', 'experiments') }}
),

latest as (
    select *
    from source
    where coalesce(started_at < {{ as_of_end() }}, true)
    qualify row_number() over (
        partition by {{ clean_text('experiment_id') }}
        order by {{ latest_delivery() }}
    ) = 1
),

final as (
    select
        {{ clean_text('experiment_id') }} as experiment_id,
        {{ clean_text('name') }} as name,
        started_at,
        case when ended_at >= started_at or started_at is null then ended_at end as ended_at,
        variants,
        {{ clean_text('primary_metric') }} as primary_metric,
        lower({{ clean_text('unit') }}) as unit,
        extra,
        _feed as feed,
        {{ corrected_fields({'ended_at': 'ended_at < started_at'}) }} as corrected_fields
    from latest
)

select * from final
