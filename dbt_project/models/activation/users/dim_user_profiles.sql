with users as (
    select * from {{ ref('dim_users') }}
),

user_value as (
    select * from {{ ref('fct_user_value') }}
),

profiling as (
    select user_key
    from {{ ref('fct_consents') }}
    where purpose = 'profiling' and status = 'granted'
),

segments as (
    select * from {{ source('predictions', 'fct_user_segments') }}
),

churn_scores as (
    select * from {{ source('predictions', 'fct_churn_scores') }}
),

forecasts as (
    select * from {{ source('predictions', 'fct_value_forecasts') }}
),

reach as (
    select * from {{ source('predictions', 'fct_reach') }}
),

next_actions as (
    select * from {{ ref('fct_next_actions') }}
    where rank = 1
),

final as (
    select
        users.user_key,
        users.registered_at,
        users.first_seen_at,
        users.last_active_at,
        users.deleted_at,
        users.country,
        users.region,
        users.city,
        users.gender,
        users.age_band,
        users.language,
        users.occupation,
        users.membership_level,
        users.platform,
        users.acquisition_channel,
        users.acquisition_campaign_id,
        users.lifecycle_state,
        users.lifecycle_state_zh,
        users.activity_level,
        users.favourite_category,
        users.is_activated,
        users.is_converted,
        users.is_suspected_bot,
        users.marketing_consent,
        profiling.user_key is not null as profiling_consent,
        coalesce(user_value.value_tier, 'none') as value_tier,
        user_value.rfm_class,
        user_value.rfm_class_zh,
        case when profiling.user_key is not null then {{ money('forecasts.clv') }} end as clv,
        case when profiling.user_key is not null then segments.segment_name end as segment_name,
        cast(case when profiling.user_key is not null then churn_scores.churn_probability end as double)
            as churn_probability,
        case when profiling.user_key is not null then churn_scores.churn_band end as churn_band,
        case when profiling.user_key is not null then reach.preferred_channel end as preferred_channel,
        case when profiling.user_key is not null then reach.preferred_hour end as preferred_hour,
        next_actions.action as next_action,
        {{ as_of() }} as as_of
    from users
    left join profiling on users.user_key = profiling.user_key
    left join user_value on users.user_key = user_value.user_key
    left join segments on users.user_key = segments.user_key
    left join churn_scores on users.user_key = churn_scores.user_key
    left join forecasts on users.user_key = forecasts.user_key
    left join reach on users.user_key = reach.user_key
    left join next_actions on users.user_key = next_actions.user_key
)

select * from final
