with

source as (
    select
        *,
        {{ possible_time('started_at') }} as possible_started_at,
        {{ possible_time('ended_at') }} as possible_ended_at
    from {{ source('raw', 'experiments') }}
),

latest as (
    select *
    from source
    where coalesce(possible_started_at < {{ as_of_end() }}, true)
    qualify row_number() over (
        partition by {{ clean_text('experiment_id') }}
        order by {{ latest_delivery() }}
    ) = 1
),

final as (
    select
        {{ clean_text('experiment_id') }} as experiment_id,
        {{ clean_text('name') }} as name,
        possible_started_at as started_at,
        case
            when possible_ended_at >= possible_started_at or possible_started_at is null
                then possible_ended_at
        end as ended_at,
        variants,
        {{ clean_text('primary_metric') }} as primary_metric,
        lower({{ clean_text('unit') }}) as unit,
        extra,
        _feed as feed,
        {{ corrected_fields({
            'started_at': is_impossible_time('started_at'),
            'ended_at': is_impossible_time('ended_at') ~ ' or ended_at < possible_started_at',
        }) }} as corrected_fields
    from latest
)

select * from final
