{%- set days_back = var('feedback_nps_days') -%}
{%- set levels = [
    ('all', 'all'), ('all', 'channel'), ('all', 'segment'),
    ('type', 'all'), ('type', 'channel'), ('type', 'segment'),
    ('one', 'all'),
] -%}

with answers as (
    select
        *,
        cast({{ dbt.date_trunc('month', 'feedback_day') }} as date) as month_start
    from {{ ref('fct_feedback') }}
    where score_100 is not null and kind in ('nps', 'csat', 'ces', 'rating', 'review')
),

segments as (
    select * from {{ source('predictions', 'fct_user_segments') }}
),

months as (
    select
        cast({{ dbt.date_trunc('month', 'day') }} as date) as period_start,
        max(day) as period_end
    from {{ date_range(
        'coalesce((select min(feedback_day) from answers), ' ~ as_of() ~ ')', as_of()
    ) }} as calendar
    group by cast({{ dbt.date_trunc('month', 'day') }} as date)
),

-- A month holds its own answers, and of likelihood to recommend those of the days that the score
-- looks back on from the month's last day.
placed as (
    select
        answers.feedback_id,
        months.period_start
    from answers
    inner join months on answers.month_start = months.period_start
    where answers.kind <> 'nps'

    union all

    select
        answers.feedback_id,
        months.period_start
    from answers
    inner join months
        on
        answers.feedback_day <= months.period_end
        and {{ add_days('answers.feedback_day', days_back) }} > months.period_end
    where answers.kind = 'nps'
),

-- One subject is shown as a whole; all of a type, and all there is, by channel and by segment too.
levels as (
    {% for subject, breakdown in levels %}
    select
        '{{ subject }}' as subject_level,
        '{{ breakdown }}' as breakdown
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

marked as (
    select
        placed.period_start,
        levels.breakdown,
        case when levels.subject_level = 'all' then 'all' else answers.subject_type end as subject_type,
        case when levels.subject_level = 'one' then answers.subject_id else 'all' end as subject_id,
        case
            when levels.breakdown = 'channel' then coalesce(answers.channel, 'unknown')
            when levels.breakdown = 'segment' then coalesce(segments.segment_name, 'none')
            else 'all'
        end as breakdown_value,
        case when answers.kind in ('rating', 'review') then 'rating' else answers.kind end as measure,
        answers.sentiment_class,
        answers.score > answers.scale_max - 2 as is_top_box,
        -- On the scale of seven steps, and of five, whatever it was given on.
        cast(1 + 6 * answers.score_100 / 100 as decimal(9, 6)) as effort,
        cast(1 + 4 * answers.score_100 / 100 as decimal(9, 6)) as stars
    from placed
    inner join answers on placed.feedback_id = answers.feedback_id
    left join segments on answers.user_key = segments.user_key
    cross join levels
    where
        levels.subject_level = 'all'
        or (levels.subject_level = 'type' and answers.subject_type is not null)
        or (
            levels.subject_level = 'one'
            and answers.subject_type is not null
            and answers.subject_id is not null
        )
),

counted as (
    select
        period_start,
        subject_type,
        subject_id,
        breakdown,
        breakdown_value,
        count(*) as n,
        count(case when measure = 'nps' then 1 end) as nps_n,
        count(case when measure = 'nps' and sentiment_class = 'positive' then 1 end) as promoters,
        count(case when measure = 'nps' and sentiment_class = 'negative' then 1 end) as detractors,
        count(case when measure = 'csat' then 1 end) as csat_n,
        count(case when measure = 'csat' and is_top_box then 1 end) as satisfied,
        count(case when measure = 'ces' then 1 end) as ces_n,
        cast(sum(case when measure = 'ces' then effort end) as double) as efforts,
        cast(sum(case when measure = 'ces' then effort * effort end) as double) as squared_efforts,
        count(case when measure = 'rating' then 1 end) as rating_n,
        cast(sum(case when measure = 'rating' then stars end) as double) as all_stars,
        cast(sum(case when measure = 'rating' then stars * stars end) as double) as squared_stars
    from marked
    group by period_start, subject_type, subject_id, breakdown, breakdown_value
),

bounded as (
    select
        *,
        cast(promoters as double) / nullif(nps_n, 0) as promoting,
        cast(detractors as double) / nullif(nps_n, 0) as detracting,
        {{ wilson_bound('promoters', 'nps_n', -1) }} as promoting_low,
        {{ wilson_bound('promoters', 'nps_n', 1) }} as promoting_high,
        {{ wilson_bound('detractors', 'nps_n', -1) }} as detracting_low,
        {{ wilson_bound('detractors', 'nps_n', 1) }} as detracting_high,
        efforts / nullif(ces_n, 0) as ces,
        {{ mean_margin('efforts', 'squared_efforts', 'ces_n') }} as ces_margin,
        all_stars / nullif(rating_n, 0) as rating,
        {{ mean_margin('all_stars', 'squared_stars', 'rating_n') }} as rating_margin
    from counted
),

-- Who promotes does not detract: the two shares move against each other, which widens the interval.
weighed as (
    select
        *,
        coalesce(
            0 - sqrt(
                promoting * detracting / nullif((1 - promoting) * (1 - detracting), 0)
            ),
            0
        ) as correlation
    from bounded
),

final as (
    select
        months.period_start,
        months.period_end,
        weighed.subject_type,
        weighed.subject_id,
        weighed.breakdown,
        weighed.breakdown_value,
        weighed.n,
        weighed.nps_n,
        weighed.promoters,
        weighed.detractors,
        100 * (promoting - detracting) as nps,
        100 * (
            promoting - detracting - sqrt(
                power(promoting - promoting_low, 2) + power(detracting_high - detracting, 2)
                - 2 * correlation * (promoting - promoting_low) * (detracting_high - detracting)
            )
        ) as nps_low,
        100 * (
            promoting - detracting + sqrt(
                power(promoting_high - promoting, 2) + power(detracting - detracting_low, 2)
                - 2 * correlation * (promoting_high - promoting) * (detracting - detracting_low)
            )
        ) as nps_high,
        weighed.csat_n,
        cast(satisfied as double) / nullif(csat_n, 0) as csat,
        {{ wilson_bound('satisfied', 'csat_n', -1) }} as csat_low,
        {{ wilson_bound('satisfied', 'csat_n', 1) }} as csat_high,
        weighed.ces_n,
        ces,
        case when ces_margin is not null then greatest(1, ces - ces_margin) end as ces_low,
        case when ces_margin is not null then least(7, ces + ces_margin) end as ces_high,
        weighed.rating_n,
        rating,
        case when rating_margin is not null then greatest(1, rating - rating_margin) end as rating_low,
        case when rating_margin is not null then least(5, rating + rating_margin) end as rating_high,
        {{ next_period("'month'", 'months.period_start') }} <= {{ add_days(as_of(), 1) }} as is_complete,
        {{ as_of() }} as as_of
    from weighed
    inner join months on weighed.period_start = months.period_start
)

select * from final
