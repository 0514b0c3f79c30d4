{%- set first_day = add_days(as_of(), 1 - var('feedback_needs_days')) -%}
{%- set signs = [
    ('complaint', 'stated', 'Complaints: ', '投诉：', none),
    ('request', 'stated', 'Requests and questions: ', '建议与提问：', 0.3),
    ('contact', 'inferred', 'Repeated contacts: ', '重复联系：', 0.7),
    ('search', 'inferred', 'Searches that led to nothing: ', '搜索无果：', 0.1),
    ('cart', 'inferred', 'Abandoned carts: ', '弃购：', 0.05),
] -%}

with feedback as (
    select
        *,
        -- Who is not known is a person of their own.
        coalesce(user_key, feedback_id) as person,
        coalesce(topic, 'other') as about
    from {{ ref('fct_feedback') }}
    where feedback_day >= {{ first_day }}
),

-- What is told of each sign, and how much it hurts where words do not say.
signs as (
    {% for sign, basis, words_en, words_zh, severity in signs %}
    select
        {{ text_literal(sign) }} as sign,
        {{ text_literal(basis) }} as basis,
        {{ text_literal(words_en) }} as words_en,
        {{ text_literal(words_zh) }} as words_zh,
        {{ text_literal(sign if sign != 'contact' else 'complaint') }} as ask,
        cast({{ 'null' if severity is none else severity }} as decimal(9, 6)) as severity
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

topics as (
    select * from {{ source('predictions', 'dim_feedback_topics') }}
),

forecasts as (
    select * from {{ source('predictions', 'fct_value_forecasts') }}
),

consents as (
    select user_key
    from {{ ref('fct_consents') }}
    where purpose = 'profiling' and status = 'granted'
),

-- What a person is worth of whom nothing may be said: the mean of those who may be profiled, and 1 where
-- nobody is worth anything.
everyone as (
    select
        coalesce(
            nullif(cast(sum(forecasts.clv) as double) / nullif(count(consents.user_key), 0), 0),
            1
        ) as mean_value
    from consents
    left join forecasts on consents.user_key = forecasts.user_key
),

-- A complaint or question within some days of the same person's one before.
contacts as (
    select
        *,
        {{ days_between(
            'lag(feedback_day) over (partition by user_key order by submitted_at, feedback_id)', 'feedback_day'
        ) }} as days_since_contact
    from feedback
    where kind in ('complaint', 'question') and user_key is not null
),

said as (
    select
        ask as sign,
        about,
        person,
        user_key,
        1 as occurrences,
        feedback_day as last_day,
        case
            when ask = 'complaint' and sentiment is null then 0.75
            when ask = 'complaint' then (1 - sentiment) / 2
        end as severity
    from feedback
    where ask is not null and (topic is not null or kind in ('complaint', 'suggestion', 'question'))

    union all

    select
        'contact' as sign,
        about,
        person,
        user_key,
        1 as occurrences,
        feedback_day as last_day,
        null as severity
    from contacts
    where days_since_contact <= {{ var('feedback_repeat_days') }}

    union all

    select
        sign,
        about,
        user_key as person,
        user_key,
        occurrences,
        last_day,
        null as severity
    from {{ ref('int_feedback__signals') }}
),

people as (
    select
        sign,
        about,
        person,
        max(user_key) as user_key,
        sum(cast(occurrences as bigint)) as occurrences,
        max(last_day) as last_day,
        cast(avg(cast(severity as decimal(9, 6))) as decimal(9, 6)) as severity
    from said
    group by sign, about, person
),

valued as (
    select
        people.*,
        -- Half as pressing with every month gone by.
        cast(
            power(0.5, cast({{ days_between('people.last_day', as_of()) }} as double) / 30) as decimal(9, 6)
        ) as recency,
        cast(
            coalesce(case when consents.user_key is not null then forecasts.clv end, everyone.mean_value)
            as decimal(18, 4)
        ) as person_value
    from people
    cross join everyone
    left join consents on people.user_key = consents.user_key
    left join forecasts on people.user_key = forecasts.user_key
),

grouped as (
    select
        sign,
        about,
        count(*) as people,
        cast(sum(occurrences) as bigint) as occurrences,
        max(last_day) as last_day,
        cast(sum(person_value) as decimal(18, 4)) as value_at_stake,
        cast(cast(sum(severity) as double) / nullif(count(severity), 0) as decimal(9, 6)) as told_severity,
        cast(cast(sum(recency) as double) / nullif(count(*), 0) as decimal(9, 6)) as recency
    from valued
    group by sign, about
    having count(*) >= {{ var('feedback_needs_min_people') }}
),

weighed as (
    select
        grouped.*,
        signs.basis,
        signs.words_en || coalesce(topics.name_en, grouped.about) as name_en,
        signs.words_zh || coalesce(topics.name_zh, grouped.about) as name_zh,
        case
            when grouped.sign in ('search', 'cart') then grouped.about
            else topics.key_point
        end as key_point,
        coalesce(signs.severity, grouped.told_severity) as severity
    from grouped
    inner join signs on grouped.sign = signs.sign
    left join topics on grouped.about = topics.topic and signs.ask = topics.ask
),

ranked as (
    select
        *,
        cast(
            cast(value_at_stake as double) * cast(severity as double) * cast(recency as double)
            as decimal(18, 4)
        ) as priority
    from weighed
),

final as (
    select
        sign || ':' || about as need,
        basis,
        sign,
        about,
        name_en,
        name_zh,
        key_point,
        people,
        occurrences,
        cast(cast(value_at_stake as double) / nullif(people, 0) as decimal(18, 4)) as mean_value,
        value_at_stake,
        severity,
        recency,
        priority,
        cast(row_number() over (
            order by priority desc nulls last, sign asc nulls last, about asc nulls last
        ) as integer) as rank,
        last_day,
        {{ as_of() }} as as_of
    from ranked
)

select * from final
