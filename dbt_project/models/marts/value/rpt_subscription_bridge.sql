with subscriptions as (
    select * from {{ ref('int_value__subscriptions') }}
    where coalesce(runs_until > started_day, true)
),

turns as (
    select
        user_key,
        started_day as day,
        monthly_amount as amount,
        1 as running
    from subscriptions

    union all

    select
        user_key,
        runs_until as day,
        0 - monthly_amount as amount,
        -1 as running
    from subscriptions
    where runs_until <= {{ as_of() }}
),

-- What a day changes for a person; a plan left for another on the same day is one change.
person_days as (
    select
        user_key,
        day,
        sum(amount) as amount,
        sum(running) as running
    from turns
    group by user_key, day
),

standings as (
    select
        *,
        sum(running) over (
            partition by user_key
            order by day nulls last
            rows unbounded preceding
        ) as running_after,
        row_number() over (partition by user_key order by day nulls last) as turn_number
    from person_days
),

movements as (
    select
        *,
        cast({{ dbt.date_trunc('month', 'day') }} as date) as period_start,
        case
            when running_after - running = 0 then 'started'
            when running_after = 0 then 'churned'
            when amount > 0 then 'expansion'
            when amount < 0 then 'contraction'
        end as movement
    from standings
),

days as (
    select day
    from {{ date_range('coalesce((select min(day) from movements), ' ~ as_of() ~ ')', as_of()) }} as calendar
),

periods as (
    select cast({{ dbt.date_trunc('month', 'day') }} as date) as period_start
    from days
    group by cast({{ dbt.date_trunc('month', 'day') }} as date)
),

period_movements as (
    select
        periods.period_start,
        coalesce(sum(case when movement = 'started' then amount end), 0) as started,
        coalesce(sum(case when movement = 'started' and turn_number > 1 then amount end), 0) as restarted,
        coalesce(sum(case when movement = 'expansion' then amount end), 0) as expansion,
        coalesce(sum(case when movement = 'contraction' then 0 - amount end), 0) as contraction,
        coalesce(sum(case when movement = 'churned' then 0 - amount end), 0) as churned,
        count(case when movement = 'started' then 1 end) as subscribers_started,
        count(case when movement = 'expansion' then 1 end) as subscribers_expanded,
        count(case when movement = 'contraction' then 1 end) as subscribers_contracted,
        count(case when movement = 'churned' then 1 end) as subscribers_churned
    from periods
    left join movements on periods.period_start = movements.period_start
    group by periods.period_start
),

balances as (
    select
        *,
        sum(started + expansion - contraction - churned) over (
            order by period_start
            rows unbounded preceding
        ) as closing,
        sum(subscribers_started - subscribers_churned) over (
            order by period_start
            rows unbounded preceding
        ) as subscribers_closing
    from period_movements
),

final as (
    select
        period_start,
        {{ money('closing - started - expansion + contraction + churned') }} as opening,
        {{ money('started') }} as started,
        {{ money('expansion') }} as expansion,
        {{ money('contraction') }} as contraction,
        {{ money('churned') }} as churned,
        {{ money('closing') }} as closing,
        {{ money('restarted') }} as restarted,
        cast(subscribers_closing - subscribers_started + subscribers_churned as bigint)
            as subscribers_opening,
        cast(subscribers_started as bigint) as subscribers_started,
        cast(subscribers_expanded as bigint) as subscribers_expanded,
        cast(subscribers_contracted as bigint) as subscribers_contracted,
        cast(subscribers_churned as bigint) as subscribers_churned,
        cast(subscribers_closing as bigint) as subscribers_closing,
        {{ next_period("'month'", 'period_start') }} <= {{ add_days(as_of(), 1) }} as is_complete,
        {{ as_of() }} as as_of
    from balances
)

select * from final
