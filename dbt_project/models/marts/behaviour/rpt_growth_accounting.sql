{%- set granularities = ['day', 'week', 'month'] -%}

with arrivals as (
    select * from {{ ref('int_lifecycle__growth_counts') }}
),

-- Every period from the first activity to the as-of day, empty ones included.
periods as (
    {%- for granularity in granularities %}
    select
        '{{ granularity }}' as granularity,
        number as period,
        {{ period_start(granularity, 'number') }} as period_start,
        number < {{ period_index(granularity, add_days(as_of(), 1)) }} as is_complete
    from {{ number_range(
        "(select min(period) from arrivals where granularity = '" ~ granularity ~ "')",
        period_index(granularity, as_of())
    ) }} as numbers
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- Who was active before and is not retained has churned, also in a period in which nobody arrives.
accounts as (
    select
        periods.*,
        coalesce(arrivals.active, 0) as active,
        coalesce(arrivals.new, 0) as new,
        coalesce(arrivals.retained, 0) as retained,
        coalesce(arrivals.resurrected, 0) as resurrected,
        coalesce(lag(arrivals.active) over (
            partition by periods.granularity
            order by periods.period nulls last
        ), 0) - coalesce(arrivals.retained, 0) as churned
    from periods
    left join arrivals
        on periods.granularity = arrivals.granularity
        and periods.period = arrivals.period
),

final as (
    select
        granularity,
        period_start,
        cast(active as bigint) as active,
        cast(new as bigint) as new,
        cast(retained as bigint) as retained,
        cast(resurrected as bigint) as resurrected,
        cast(churned as bigint) as churned,
        cast(cast(new + resurrected as double) / nullif(churned, 0) as decimal(18, 8))
            as quick_ratio,
        is_complete,
        {{ as_of() }} as as_of
    from accounts
)

select * from final
