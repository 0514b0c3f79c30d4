{% set granularities = ['day', 'week', 'month'] %}

with active_days as (
    select
        user_key,
        day
    from {{ ref('int_lifecycle__active_days') }}
    where is_active
),

days as (
    select day
    from {{ date_range('(select min(day) from active_days)', as_of()) }} as calendar
),

calendar_periods as (
    {% for granularity in granularities %}
    select
        day,
        '{{ granularity }}' as granularity,
        cast({{ dbt.date_trunc(granularity, 'day') }} as date) as period_start
    from days
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

-- Every period from the first activity to the as-of day, empty ones included; numbering them turns
-- "the period before" into one less, whatever the length of a month.
periods as (
    select
        granularity,
        period_start,
        row_number() over (partition by granularity order by period_start) as period,
        case granularity
            when 'day' then {{ add_days('period_start', 1) }}
            when 'week' then {{ add_days('period_start', 7) }}
            else cast(period_start + interval 1 month as date)
        end as next_start
    from calendar_periods
    group by granularity, period_start
),

active_periods as (
    select
        calendar_periods.granularity,
        calendar_periods.period_start,
        active_days.user_key
    from active_days
    inner join calendar_periods on active_days.day = calendar_periods.day
    group by calendar_periods.granularity, calendar_periods.period_start, active_days.user_key
),

visits as (
    select
        active_periods.granularity,
        active_periods.user_key,
        periods.period,
        lag(periods.period) over (
            partition by active_periods.granularity, active_periods.user_key
            order by periods.period nulls last
        ) as previous_period,
        lead(periods.period) over (
            partition by active_periods.granularity, active_periods.user_key
            order by periods.period nulls last
        ) as next_period
    from active_periods
    inner join periods
        on
        active_periods.granularity = periods.granularity
        and active_periods.period_start = periods.period_start
),

arrivals as (
    select
        granularity,
        period,
        count(*) as active,
        sum(case when previous_period is null then 1 else 0 end) as new,
        sum(case when previous_period = period - 1 then 1 else 0 end) as retained,
        sum(case when previous_period < period - 1 then 1 else 0 end) as resurrected
    from visits
    group by granularity, period
),

departures as (
    select
        granularity,
        period + 1 as period,
        count(*) as churned
    from visits
    where coalesce(next_period, 0) <> period + 1
    group by granularity, period
),

final as (
    select
        periods.granularity,
        periods.period_start,
        cast(coalesce(arrivals.active, 0) as bigint) as active,
        cast(coalesce(arrivals.new, 0) as bigint) as new,
        cast(coalesce(arrivals.retained, 0) as bigint) as retained,
        cast(coalesce(arrivals.resurrected, 0) as bigint) as resurrected,
        cast(coalesce(departures.churned, 0) as bigint) as churned,
        cast(
            cast(coalesce(arrivals.new, 0) + coalesce(arrivals.resurrected, 0) as double)
            / nullif(departures.churned, 0)
            as decimal(18, 8)
        ) as quick_ratio,
        periods.next_start <= {{ add_days(as_of(), 1) }} as is_complete,
        {{ as_of() }} as as_of
    from periods
    left join arrivals
        on
        periods.granularity = arrivals.granularity
        and periods.period = arrivals.period
    left join departures
        on
        periods.granularity = departures.granularity
        and periods.period = departures.period
)

select * from final
