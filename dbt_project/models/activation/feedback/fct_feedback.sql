with texts as (
    select * from {{ source('predictions', 'fct_feedback_texts') }}
),

feedback as (
    select
        feedback.feedback_id,
        feedback.user_key,
        feedback.submitted_at,
        feedback.feedback_day,
        feedback.channel,
        coalesce(feedback.kind, texts.kind) as kind,
        feedback.score,
        feedback.score_max,
        feedback.scale_max,
        feedback.score_100,
        feedback.text is not null as has_text,
        coalesce(feedback.language, texts.language) as language,
        feedback.subject_type,
        feedback.subject_id,
        feedback.responded_at,
        feedback.resolved_at,
        texts.topic,
        texts.sentiment as text_sentiment,
        texts.sentiment_class as text_class,
        texts.method
    from {{ ref('int_feedback__feedback') }} as feedback
    left join texts on feedback.feedback_id = texts.feedback_id
),

-- A rating says what its giver felt, the middle of a scale being neither; without one the words do.
felt as (
    select
        *,
        case
            when score_100 is not null then cast(score_100 / 50 - 1 as double)
            else text_sentiment
        end as sentiment,
        case
            when score_100 is not null then 'rating'
            when text_sentiment is null then 'none'
            when method like 'rule:lexicon%' then 'lexicon'
            else 'text'
        end as sentiment_basis,
        case
            when score_100 is null then coalesce(text_class, 'unknown')
            when kind = 'nps' and score_100 >= 90 then 'positive'
            when kind = 'nps' and score_100 >= 70 then 'neutral'
            when kind = 'nps' then 'negative'
            when score_100 >= 60 then 'positive'
            when score_100 > 40 then 'neutral'
            else 'negative'
        end as sentiment_class
    from feedback
),

answered as (
    select
        *,
        coalesce(responded_at, resolved_at) is null as is_unanswered,
        {{ seconds_between('submitted_at', 'coalesce(responded_at, resolved_at, ' ~ as_of_end() ~ ')') }}
        > 3600 * {{ var('feedback_response_hours') }} as is_overdue
    from felt
),

final as (
    select
        feedback_id,
        user_key,
        submitted_at,
        feedback_day,
        channel,
        kind,
        score,
        score_max,
        scale_max,
        score_100,
        language,
        cast(round(sentiment, 4) as double) as sentiment,
        sentiment_class,
        sentiment_basis,
        topic,
        case
            when kind in ('suggestion', 'question') then 'request'
            when kind = 'complaint' or sentiment_class = 'negative' then 'complaint'
        end as ask,
        case
            when resolved_at is not null then 'none'
            when kind = 'complaint' and is_unanswered and is_overdue then 'high'
            when kind = 'complaint' then 'medium'
            when kind = 'question' and is_unanswered then case when is_overdue then 'medium' else 'low' end
            when sentiment_class = 'negative' and has_text and is_unanswered then 'medium'
            else 'none'
        end as urgency,
        coalesce(kind = 'nps' and sentiment_class = 'negative', false) as is_detractor,
        coalesce(kind = 'complaint' and is_unanswered, false) as is_unanswered_complaint,
        subject_type,
        subject_id,
        responded_at,
        resolved_at,
        case when responded_at is not null then {{ seconds_between('submitted_at', 'responded_at') }} end
            as response_seconds,
        case when resolved_at is not null then {{ seconds_between('submitted_at', 'resolved_at') }} end
            as resolution_seconds,
        {{ as_of() }} as as_of
    from answered
)

select * from final
