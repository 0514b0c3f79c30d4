with active_days as (
    select * from {{ ref('int_lifecycle__returns') }}
),

events as (
    select
        event_day as day,
        count(*) as events
    from {{ ref('int_behaviour__events') }}
    group by event_day
),

sessions as (
    select
        session_day as day,
        count(*) as sessions
    from {{ ref('int_behaviour__sessions') }}
    group by session_day
),

orders as (
    select
        order_day as day,
        sum(case when is_purchase then 1 else 0 end) as orders,
        sum(revenue) as revenue
    from {{ ref('int_value__orders') }}
    group by order_day
),

entries as (
    select
        day,
        count(*) as dau,
        sum(case when previous_day is null then 1 else 0 end) as new_users
    from active_days
    group by day
),

-- An active day keeps its person in the trailing window until the person's next active day takes
-- over, or the window has passed: one entry and one exit each, however long the window is.
exits as (
    select
        least({{ add_days('day', 7) }}, next_day) as week_exit,
        least({{ add_days('day', 30) }}, next_day) as month_exit
    from active_days
),

week_exits as (
    select
        week_exit as day,
        count(*) as people
    from exits
    group by week_exit
),

month_exits as (
    select
        month_exit as day,
        count(*) as people
    from exits
    group by month_exit
),

first_days as (
    select min(day) as day from entries
    union all
    select min(day) as day from events
    union all
    select min(day) as day from orders
),

days as (
    select day
    from {{ date_range('(select min(day) from first_days)', as_of()) }} as calendar
),

counted as (
    select
        days.day,
        coalesce(entries.dau, 0) as dau,
        coalesce(entries.new_users, 0) as new_users,
        coalesce(entries.dau, 0) - coalesce(week_exits.people, 0) as week_change,
        coalesce(entries.dau, 0) - coalesce(month_exits.people, 0) as month_change,
        coalesce(sessions.sessions, 0) as sessions,
        coalesce(events.events, 0) as events,
        coalesce(orders.orders, 0) as orders,
        coalesce(orders.revenue, 0) as revenue
    from days
    left join entries on days.day = entries.day
    left join week_exits on days.day = week_exits.day
    left join month_exits on days.day = month_exits.day
    left join sessions on days.day = sessions.day
    left join events on days.day = events.day
    left join orders on days.day = orders.day
),

in_windows as (
    select
        *,
        sum(week_change) over (order by day nulls last rows unbounded preceding) as wau,
        sum(month_change) over (order by day nulls last rows unbounded preceding) as mau,
        sum(dau) over (order by day nulls last rows between 29 preceding and current row)
            as active_person_days
    from counted
),

final as (
    select
        day,
        cast(dau as bigint) as dau,
        cast(wau as bigint) as wau,
        cast(mau as bigint) as mau,
        cast(cast(dau as double) / nullif(mau, 0) as decimal(18, 8)) as stickiness,
        cast(cast(active_person_days as double) / nullif(mau, 0) as decimal(18, 8)) as mean_active_days,
        cast(new_users as bigint) as new_users,
        cast(sessions as bigint) as sessions,
        cast(events as bigint) as events,
        cast(orders as bigint) as orders,
        {{ money('revenue') }} as revenue,
        {{ as_of() }} as as_of
    from in_windows
)

select * from final
