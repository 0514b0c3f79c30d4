with

source as (
    select
        *,
        {{ possible_time('responded_at') }} as possible_responded_at,
        {{ possible_time('resolved_at') }} as possible_resolved_at
    from {{ source('raw', 'feedback') }}
),

known as (
    select
        *,
        {{ clean_text('feedback_id') }} as clean_feedback_id,
        case
            when possible_responded_at < {{ as_of_end() }} and possible_responded_at >= submitted_at
                then possible_responded_at
        end as known_responded_at,
        case
            when possible_resolved_at < {{ as_of_end() }} and possible_resolved_at >= submitted_at
                then possible_resolved_at
        end as known_resolved_at,
        -- A scale the source does not name is the usual one of the kind.
        case kind when 'nps' then 0 when 'csat' then 1 when 'ces' then 1 else 0 end as score_min,
        coalesce(score_max, case kind when 'nps' then 10 when 'csat' then 5 when 'ces' then 7 end)
            as scale_max
    from source
    where submitted_at < {{ as_of_end() }}
),

latest as (
    select *
    from known
    qualify row_number() over (
        partition by clean_feedback_id
        order by
            known_resolved_at desc nulls last,
            known_responded_at desc nulls last,
            {{ latest_delivery() }}
    ) = 1
),

final as (
    select
        clean_feedback_id as feedback_id,
        {{ clean_text('user_id') }} as user_id,
        submitted_at,
        channel,
        kind,
        case
            when score >= score_min and (scale_max is null or score <= scale_max) then score
        end as score,
        case when score_max > 0 then score_max end as score_max,
        {{ clean_text('text') }} as text,
        {{ clean_language('language') }} as language,
        lower({{ clean_text('subject_type') }}) as subject_type,
        {{ clean_text('subject_id') }} as subject_id,
        known_responded_at as responded_at,
        known_resolved_at as resolved_at,
        attributes,
        _feed as feed,
        {{ corrected_fields({
            'score': 'score < score_min or score > scale_max',
            'score_max': 'score_max <= 0',
            'responded_at': is_impossible_time('responded_at') ~ ' or responded_at < submitted_at',
            'resolved_at': is_impossible_time('resolved_at') ~ ' or resolved_at < submitted_at',
        }) }} as corrected_fields
    from latest
)

select * from final
