{% set rules = var('actions') %}
{% set channel_purposes = {'email': 'marketing_email', 'sms': 'marketing_sms', 'push': 'marketing_push'} %}

with users as (
    select * from {{ ref('dim_users') }}
    where deleted_at is null
),

user_value as (
    select * from {{ ref('fct_user_value') }}
),

consents as (
    select * from {{ ref('fct_consents') }}
    where status = 'granted'
),

churn_scores as (
    select * from {{ source('predictions', 'fct_churn_scores') }}
),

segments as (
    select * from {{ source('predictions', 'fct_user_segments') }}
),

forecasts as (
    select * from {{ source('predictions', 'fct_value_forecasts') }}
),

recent_feedback as (
    select
        *,
        row_number() over (
            partition by user_key, kind
            order by submitted_at desc nulls last, feedback_id asc
        ) as newest
    from {{ ref('fct_feedback') }}
    where
        user_key is not null
        and {{ add_days('feedback_day', var('feedback_follow_up_days')) }} > {{ as_of() }}
),

-- Who would not recommend us, by their last word on it, and who waits for an answer to a complaint.
calls as (
    select
        user_key,
        max(case when is_detractor and newest = 1 then 1 else 0 end) = 1 as is_detractor,
        max(case when is_unanswered_complaint then 1 else 0 end) = 1 as has_unanswered_complaint
    from recent_feedback
    group by user_key
),

contacts as (
    select
        user_key,
        max(touch_day) as last_contact_day
    from {{ ref('int_campaigns__touches') }}
    where action in ('sent', 'delivered')
    group by user_key
),

fatigue as (
    select * from {{ ref('fct_user_fatigue') }}
),

-- What the tenant's actions.yml says, one row per rule.
rules as (
    {% for rule in rules %}
    select
        {{ loop.index }} as rule_number,
        {{ text_literal(rule.action) }} as action,
        {{ text_literal(rule.name_en) }} as name_en,
        {{ text_literal(rule.name_zh) }} as name_zh,
        {{ text_literal(rule.channel) }} as channel,
        {{ text_literal(rule.purpose) }} as purpose,
        {{ text_literal(channel_purposes.get(rule.channel, rule.purpose)) }} as channel_purpose,
        {{ text_literal(rule.offer) }} as offer,
        cast({{ rule.cost or 0 }} as decimal(18, 4)) as cost,
        cast({{ rule.retain_uplift or 0 }} as decimal(18, 8)) as retain_uplift,
        cast({{ rule.priority if rule.priority is number else 1000 }} as integer) as priority,
        -- Without a quiet time even a message of today does not stand in the way.
        cast({{ rule.not_contacted_within_days if rule.not_contacted_within_days is number else -1 }} as integer)
            as quiet_days,
        cast({{ rule.at_most_7_days if rule.at_most_7_days is number else 1000000 }} as integer) as at_most_7,
        cast({{ rule.at_most_30_days if rule.at_most_30_days is number else 1000000 }} as integer) as at_most_30
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        0 as rule_number,
        {{ text_literal(none) }} as action,
        {{ text_literal(none) }} as name_en,
        {{ text_literal(none) }} as name_zh,
        {{ text_literal(none) }} as channel,
        {{ text_literal(none) }} as purpose,
        {{ text_literal(none) }} as channel_purpose,
        {{ text_literal(none) }} as offer,
        cast(0 as decimal(18, 4)) as cost,
        cast(0 as decimal(18, 8)) as retain_uplift,
        0 as priority,
        0 as quiet_days,
        0 as at_most_7,
        0 as at_most_30
    {% endfor %}
),

profiled_people as (
    select user_key
    from consents
    where purpose in ('profiling', 'personalisation')
    group by user_key
    having count(*) = 2
),

-- What ranks a person who may not be profiled: everyone's usual hour and mean value, who never bought
-- counting 0. A night without a value model values everybody by what they spent.
everyone as (
    select
        max(forecasts.clv_horizon_days) as clv_horizon_days,
        {{ money(
            'coalesce(case when count(forecasts.user_key) > 0'
            ~ ' then cast(sum(forecasts.clv) as double) / nullif(count(profiling_consents.user_key), 0)'
            ~ ' else cast(sum(user_value.revenue_365) as double) / nullif(count(*), 0) end, 0)'
        ) }} as mean_value
    from users
    left join user_value on users.user_key = user_value.user_key
    left join consents as profiling_consents
        on
        users.user_key = profiling_consents.user_key
        and profiling_consents.purpose = 'profiling'
    left join forecasts on users.user_key = forecasts.user_key
),

common_hours as (
    select
        usual_hour,
        row_number() over (order by count(*) desc, usual_hour nulls last) as hour_rank
    from users
    where usual_hour is not null
    group by usual_hour
),

candidates as (
    select
        users.user_key,
        users.lifecycle_state,
        users.is_converted,
        profiled_people.user_key is not null as is_profiled,
        case when profiled_people.user_key is not null then coalesce(user_value.value_tier, 'none') end
            as value_tier,
        case when profiled_people.user_key is not null then churn_scores.churn_band end as churn_band,
        case when profiled_people.user_key is not null then segments.segment_name end as segment_name,
        case
            when
                profiled_people.user_key is not null and forecasts.user_key is not null
                then
                    'expected revenue of ' || cast(everyone.clv_horizon_days as {{ dbt.type_string() }})
                    || ' days'
            when
                profiled_people.user_key is not null
                and everyone.clv_horizon_days is null
                and user_value.user_key is not null
                then 'revenue of 365 days'
            else 'mean of everyone'
        end as value_basis,
        case
            when
                profiled_people.user_key is not null and forecasts.user_key is not null
                then {{ money('forecasts.clv') }}
            when
                profiled_people.user_key is not null
                and everyone.clv_horizon_days is null
                and user_value.user_key is not null
                then user_value.revenue_365
            else everyone.mean_value
        end as value,
        coalesce(
            case when profiled_people.user_key is not null then users.usual_hour end,
            common_hours.usual_hour
        ) as send_hour,
        coalesce(calls.is_detractor, false) as is_detractor,
        coalesce(calls.has_unanswered_complaint, false) as has_unanswered_complaint,
        {{ days_between('contacts.last_contact_day', as_of()) }} as days_since_contact
    from users
    cross join everyone
    left join common_hours on common_hours.hour_rank = 1
    left join profiled_people on users.user_key = profiled_people.user_key
    left join user_value on users.user_key = user_value.user_key
    left join forecasts on users.user_key = forecasts.user_key
    left join churn_scores on users.user_key = churn_scores.user_key
    left join segments on users.user_key = segments.user_key
    left join contacts on users.user_key = contacts.user_key
    left join calls on users.user_key = calls.user_key
),

matches as (
    {% for rule in rules %}
    select
        user_key,
        {{ loop.index }} as rule_number
    from candidates
    where {{ action_condition(rule) }}
    {{ 'union all' if not loop.last }}
    {% else %}
    select
        user_key,
        0 as rule_number
    from candidates
    where 1 = 0
    {% endfor %}
),

allowed as (
    select
        candidates.*,
        rules.rule_number,
        rules.action,
        rules.name_en,
        rules.name_zh,
        rules.channel,
        rules.purpose,
        rules.offer,
        rules.cost,
        rules.retain_uplift,
        rules.priority,
        {{ money('rules.retain_uplift * candidates.value - rules.cost') }} as expected_value
    from matches
    inner join rules on matches.rule_number = rules.rule_number
    inner join candidates on matches.user_key = candidates.user_key
    inner join consents as purpose_consents
        on
        matches.user_key = purpose_consents.user_key
        and rules.purpose = purpose_consents.purpose
    inner join consents as channel_consents
        on
        matches.user_key = channel_consents.user_key
        and rules.channel_purpose = channel_consents.purpose
    left join fatigue
        on
        matches.user_key = fatigue.user_key
        and rules.channel = fatigue.channel
    where
        coalesce(candidates.days_since_contact > rules.quiet_days, true)
        and not coalesce(fatigue.has_left, false)
        and coalesce(fatigue.messages_7, 0) < rules.at_most_7
        and coalesce(fatigue.messages_30, 0) < rules.at_most_30
),

-- The same action on the same channel is offered once, by its best rule; an action that is expected
-- to cost more than it keeps is not offered.
ranked as (
    select
        *,
        row_number() over (
            partition by user_key, action, channel
            order by expected_value desc, priority asc nulls last, rule_number asc nulls last
        ) as rule_rank
    from allowed
    where expected_value >= 0
),

final as (
    select
        user_key,
        cast(row_number() over (
            partition by user_key
            order by expected_value desc, priority asc nulls last, rule_number asc nulls last
        ) as integer) as rank,
        action,
        name_en,
        name_zh,
        channel,
        purpose,
        offer,
        send_hour,
        expected_value,
        retain_uplift,
        value,
        value_basis,
        cost,
        priority,
        lifecycle_state
        || case when churn_band is not null then ', churn risk ' || churn_band else '' end
        || case when value_tier is not null then ', value ' || value_tier else '' end
        || case when segment_name is not null then ', segment ' || segment_name else '' end
        || case when is_detractor then ', would not recommend' else '' end
        || case when has_unanswered_complaint then ', complaint unanswered' else '' end
        || ': ' || cast(cast(retain_uplift as decimal(18, 4)) as {{ dbt.type_string() }})
        || ' x ' || cast(cast(value as decimal(18, 2)) as {{ dbt.type_string() }})
        || ' (' || value_basis || ')'
        || ' - ' || cast(cast(cost as decimal(18, 2)) as {{ dbt.type_string() }}) as reason,
        {{ as_of() }} as as_of
    from ranked
    where rule_rank = 1
)

select * from final
