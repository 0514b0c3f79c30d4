-- Where a measure has five distinct values, its scores have all five levels, and equal values have
-- equal scores.
with scores as (
    select
        'recency' as measure,
        days_since_last_purchase as value,
        r_score as score
    from {{ ref('fct_user_value') }}
    union all
    select
        'frequency' as measure,
        purchase_count as value,
        f_score as score
    from {{ ref('fct_user_value') }}
    union all
    select
        'money' as measure,
        revenue as value,
        m_score as score
    from {{ ref('fct_user_value') }}
),

score_values as (
    select
        measure,
        value,
        min(score) as lowest,
        max(score) as highest
    from scores
    group by measure, value
)

select measure
from score_values
group by measure
having
    max(highest - lowest) > 0
    or min(lowest) < 1
    or max(highest) > 5
    or (count(*) >= 5 and count(distinct lowest) <> 5)
