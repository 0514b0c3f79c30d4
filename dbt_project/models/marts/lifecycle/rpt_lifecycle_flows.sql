{% set granularities = ['day', 'week', 'month'] %}

-- The first day of a span is the only day on which a person's state changes.
with changes as (
    select
        user_key,
        from_day,
        coalesce(lag(state) over (partition by user_key order by from_day), 'none') as from_state,
        state as to_state
    from {{ ref('fct_lifecycle_spans') }}
),

-- Of several changes in a period, where the first came from and where the last led; one that leads
-- back is a stay.
moves as (
    {% for granularity in granularities %}
    select
        '{{ granularity }}' as granularity,
        period_start,
        from_state,
        to_state,
        count(*) as people
    from (
        select
            user_key,
            cast({{ dbt.date_trunc(granularity, 'from_day') }} as date) as period_start,
            min_by(from_state, from_day) as from_state,
            max_by(to_state, from_day) as to_state
        from changes
        group by user_key, cast({{ dbt.date_trunc(granularity, 'from_day') }} as date)
    ) as {{ granularity }}_moves
    where from_state <> to_state
    group by period_start, from_state, to_state
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

days as (
    select day
    from {{ date_range('(select min(from_day) from changes)', as_of()) }} as calendar
),

periods as (
    {% for granularity in granularities %}
    select
        '{{ granularity }}' as granularity,
        cast({{ dbt.date_trunc(granularity, 'day') }} as date) as period_start
    from days
    group by cast({{ dbt.date_trunc(granularity, 'day') }} as date)
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

states as (
    select to_state as state
    from changes
    group by to_state
),

-- A row for every state of every period, so that those who only stay have one too.
sides as (
    select
        periods.granularity,
        periods.period_start,
        states.state,
        0 as arrived,
        0 as departed
    from periods
    cross join states

    union all

    select
        granularity,
        period_start,
        to_state as state,
        people as arrived,
        0 as departed
    from moves

    union all

    select
        granularity,
        period_start,
        from_state as state,
        0 as arrived,
        people as departed
    from moves
    where from_state <> 'none'
),

balances as (
    select
        granularity,
        period_start,
        state,
        sum(arrived) as arrived,
        sum(departed) as departed
    from sides
    group by granularity, period_start, state
),

-- Who was in a state as the period began: all who ever arrived less all who ever left before.
openings as (
    select
        granularity,
        period_start,
        state,
        departed,
        sum(arrived - departed) over (
            partition by granularity, state
            order by period_start
            rows between unbounded preceding and 1 preceding
        ) as opening
    from balances
),

flows as (
    select
        granularity,
        period_start,
        from_state,
        to_state,
        people
    from moves

    union all

    select
        granularity,
        period_start,
        state as from_state,
        state as to_state,
        opening - departed as people
    from openings
    where opening - departed > 0
),

final as (
    select
        granularity,
        period_start,
        from_state,
        {{ lifecycle_state_zh('from_state') }} as from_state_zh,
        to_state,
        {{ lifecycle_state_zh('to_state') }} as to_state_zh,
        cast(people as bigint) as people,
        case
            when from_state <> 'none'
                then
                    cast(
                        cast(people as double)
                        / nullif(sum(people) over (partition by granularity, period_start, from_state), 0)
                        as decimal(18, 8)
                    )
        end as share_of_from,
        {{ next_period('granularity', 'period_start') }} <= {{ add_days(as_of(), 1) }} as is_complete,
        {{ as_of() }} as as_of
    from flows
)

select * from final
