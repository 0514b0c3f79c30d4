{% set scores = ['r', 'f', 'm'] %}

with orders as (
    select * from {{ ref('int_value__orders') }}
    where user_key is not null
),

purchase_days as (
    select
        user_key,
        order_day,
        sum(revenue) as revenue,
        min(order_day) over (partition by user_key) as first_day
    from orders
    where is_purchase
    group by user_key, order_day
),

habits as (
    select
        user_key,
        min(order_day) as first_day,
        max(order_day) as last_day,
        count(*) - 1 as repeat_days,
        sum(case when order_day > first_day then revenue end) as repeat_revenue
    from purchase_days
    group by user_key
),

-- All orders count towards revenue, so that people add up to the orders; a negative correction is
-- revenue but no purchase.
totals as (
    select
        user_key,
        sum(case when is_purchase then 1 else 0 end) as purchase_count,
        sum(revenue) as revenue,
        sum(case when order_day > {{ add_days(as_of(), -365) }} then revenue else 0 end) as revenue_365
    from orders
    group by user_key
),

valued as (
    select
        habits.*,
        totals.purchase_count,
        coalesce(totals.revenue, 0) as revenue,
        coalesce(totals.revenue_365, 0) as revenue_365,
        {{ days_between('habits.last_day', as_of()) }} as days_since_last_purchase
    from habits
    inner join totals on habits.user_key = totals.user_key
),

-- The later the last purchase, the better: recency enters as a negative number of days.
measures as (
    select
        user_key,
        'r' as score,
        {{ money('0 - days_since_last_purchase') }} as measure
    from valued
    union all
    select
        user_key,
        'f' as score,
        {{ money('purchase_count') }} as measure
    from valued
    union all
    select
        user_key,
        'm' as score,
        {{ money('revenue') }} as measure
    from valued
),

steps as (
    select
        score,
        measure,
        count(*) as people,
        row_number() over (partition by score order by measure nulls last) as step,
        count(*) over (partition by score) as step_count
    from measures
    group by score, measure
),

-- The fifth of the people that the middle of a value's ties falls in.
fifths as (
    select
        *,
        ceil(
            cast(
                5 * (2 * sum(people) over (partition by score order by measure nulls last) - people) as double
            )
            / nullif(2 * sum(people) over (partition by score), 0)
        ) as fifth
    from steps
),

-- With five distinct values or more the k-th lowest scores at most k, the k-th highest at least
-- 6 - k, so that one crowded value cannot push another over the edge of the scale...
bounded as (
    select
        *,
        case
            when step_count < 5 then fifth
            else greatest(least(fifth, step), 5 - (step_count - step))
        end as bounded_fifth
    from fifths
),

-- ... and a score is at most one above the score of the next lower value, so that no level between
-- is left out: the lowest of "a value's score plus the steps since that value".
levels as (
    select
        score,
        measure,
        case
            when step_count < 5 then bounded_fifth
            else step + min(bounded_fifth - step) over (
                partition by score
                order by step nulls last
                rows unbounded preceding
            )
        end as level
    from bounded
),

scored as (
    select
        measures.user_key,
    {% for score in scores %}
    cast(max(case when measures.score = '{{ score }}' then levels.level end) as integer)
        as {{ score }}_score
    {{- ',' if not loop.last }}
    {% endfor %}
    from measures
    inner join levels
        on
        measures.score = levels.score
        and measures.measure = levels.measure
    group by measures.user_key
),

classes as (
    select
        user_key,
        r_score,
        f_score,
        m_score,
        case when r_score > 3 then 'high' else 'low' end
        || ' ' || case when f_score > 3 then 'high' else 'low' end
        || ' ' || case when m_score > 3 then 'high' else 'low' end as rfm
    from scored
),

final as (
    select
        valued.user_key,
        cast(valued.days_since_last_purchase as bigint) as days_since_last_purchase,
        cast(valued.purchase_count as bigint) as purchase_count,
        {{ money('valued.revenue') }} as revenue,
        {{ money('valued.revenue_365') }} as revenue_365,
        classes.r_score,
        classes.f_score,
        classes.m_score,
        case classes.rfm
            when 'high high high' then 'champions'
            when 'high low high' then 'important development'
            when 'low high high' then 'important retention'
            when 'low low high' then 'important win-back'
            when 'high high low' then 'general value'
            when 'high low low' then 'general development'
            when 'low high low' then 'general retention'
            else 'general win-back'
        end as rfm_class,
        case classes.rfm
            when 'high high high' then '重要价值'
            when 'high low high' then '重要发展'
            when 'low high high' then '重要保持'
            when 'low low high' then '重要挽留'
            when 'high high low' then '一般价值'
            when 'high low low' then '一般发展'
            when 'low high low' then '一般保持'
            else '一般挽留'
        end as rfm_class_zh,
        case
            when classes.m_score = 5 then 'high'
            when classes.m_score >= 3 then 'medium'
            else 'low'
        end as value_tier,
        cast(valued.repeat_days as bigint) as clv_frequency,
        cast({{ days_between('valued.first_day', 'valued.last_day') }} as bigint) as clv_recency,
        cast({{ days_between('valued.first_day', as_of()) }} as bigint) as clv_age,
        {{ money('cast(valued.repeat_revenue as double) / nullif(valued.repeat_days, 0)') }}
            as clv_monetary_value,
        {{ as_of() }} as as_of
    from valued
    inner join classes on valued.user_key = classes.user_key
)

select * from final
