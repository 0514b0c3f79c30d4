with

feedback as (
    select
        *,
        -- Where a scale begins and, unless the source says, ends.
        case kind when 'nps' then 0 else 1 end as score_min,
        coalesce(score_max, case kind when 'nps' then 10 when 'csat' then 5 when 'ces' then 7 end)
            as scale_max
    from {{ ref('stg_feedback') }}
),

identifiers as (
    select * from {{ ref('int_users__identifiers') }}
),

final as (
    select
        feedback.feedback_id,
        identifiers.user_key,
        feedback.submitted_at,
        {{ business_day('feedback.submitted_at') }} as feedback_day,
        feedback.channel,
        feedback.kind,
        feedback.score,
        feedback.score_max,
        feedback.scale_max,
        case
            when feedback.scale_max > feedback.score_min
                then cast(
                    100.0 * cast(greatest(feedback.score - feedback.score_min, 0) as double)
                    / nullif(cast(feedback.scale_max - feedback.score_min as double), 0) as decimal(7, 4)
                )
        end as score_100,
        feedback.text,
        feedback.language,
        feedback.subject_type,
        feedback.subject_id,
        feedback.responded_at,
        feedback.resolved_at
    from feedback
    left join identifiers
        on feedback.user_id = identifiers.id
        and identifiers.id_type = 'user_id'
)

select * from final
