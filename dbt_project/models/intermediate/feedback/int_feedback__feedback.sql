with

feedback as (
    select * from {{ ref('stg_feedback') }}
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
