{%- set periods_kept = {
    'day': var('retention_days'), 'week': var('retention_weeks'), 'month': var('retention_months'),
} -%}
{%- set kinds = ['on_n', 'on_or_after_n', 'every_period_through_n'] -%}

with counts as (
    select * from {{ ref('int_lifecycle__retention_counts') }}
),

cohorts as (
    select
        cohort_basis,
        granularity,
        cohort,
        sum(members) as cohort_size
    from counts
    group by cohort_basis, granularity, cohort
),

calendar as (
    {%- for granularity, kept in periods_kept.items() %}
    select
        '{{ granularity }}' as granularity,
        number as period_number,
        {{ period_index(granularity, as_of()) }} as as_of_period,
        {{ period_index(granularity, add_days(as_of(), 1)) }} as unfinished_period
    from {{ number_range(0, kept) }} as numbers
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Every period that has begun by the as-of day, whether or not anybody was active in it.
periods as (
    select
        cohorts.*,
        calendar.period_number,
        cohorts.cohort + calendar.period_number <= calendar.as_of_period as has_begun,
        cohorts.cohort + calendar.period_number < calendar.unfinished_period as is_complete
    from cohorts
    inner join calendar on cohorts.granularity = calendar.granularity
),

-- Whoever was unbroken until a later period was so through this one too, and likewise for the last.
people as (
    select
        periods.*,
        counts.active as on_n,
        sum(counts.last_active) over from_the_far_end as on_or_after_n,
        sum(counts.unbroken_until) over from_the_far_end as every_period_through_n
    from periods
    left join counts
        on periods.cohort_basis = counts.cohort_basis
        and periods.granularity = counts.granularity
        and periods.cohort = counts.cohort
        and periods.period_number = counts.period_number
    window from_the_far_end as (
        partition by periods.cohort_basis, periods.granularity, periods.cohort
        order by periods.period_number desc nulls last
        rows between unbounded preceding and current row
    )
),

by_kind as (
    {%- for kind in kinds %}
    select
        people.*,
        '{{ kind }}' as kind,
        coalesce({{ kind }}, 0) as retained
    from people
    where has_begun
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        cohort_basis,
        granularity,
        case granularity
            when 'day' then {{ period_start('day', 'cohort') }}
            when 'week' then {{ period_start('week', 'cohort') }}
            else {{ period_start('month', 'cohort') }}
        end as cohort_start,
        period_number,
        kind,
        cast(cohort_size as bigint) as cohort_size,
        cast(retained as bigint) as retained,
        cast(cast(retained as double) / nullif(cohort_size, 0) as decimal(18, 8)) as retention_rate,
        is_complete,
        {{ as_of() }} as as_of
    from by_kind
)

select * from final
