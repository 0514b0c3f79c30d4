with active_days as (
    select * from {{ ref('int_lifecycle__returns') }}
),

person_months as (
    select
        user_key,
        cast({{ dbt.date_trunc('month', 'day') }} as date) as month_start,
        count(*) as active_days
    from active_days
    group by user_key, cast({{ dbt.date_trunc('month', 'day') }} as date)
),

counted as (
    select
        month_start,
        active_days,
        count(*) as people
    from person_months
    group by month_start, active_days
),

months as (
    select
        month_start,
        count(*) as people
    from person_months
    group by month_start
),

final as (
    select
        counted.month_start,
        cast(counted.active_days as integer) as active_days,
        cast(counted.people as bigint) as people,
        cast(cast(counted.people as double) / nullif(months.people, 0) as decimal(18, 8)) as share,
        {{ next_period("'month'", 'counted.month_start') }} <= {{ add_days(as_of(), 1) }} as is_complete,
        {{ as_of() }} as as_of
    from counted
    inner join months on counted.month_start = months.month_start
)

select * from final
