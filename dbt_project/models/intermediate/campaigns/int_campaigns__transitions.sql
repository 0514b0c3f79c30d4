{%- set look_back = var('attribution_lookback_days') * 86400 -%}

with

people as (
    select
        user_key,
        row_number() over (order by user_key nulls last) as user_number
    from {{ ref('int_users__people') }}
),

moments as (
    select
        arrivals.user_number,
        arrivals.occurred_at,
        arrivals.arrival_number,
        ways.channel
    from {{ ref('int_campaigns__arrivals') }} as arrivals
    inner join {{ ref('int_campaigns__ways') }} as ways on arrivals.way_number = ways.way_number

    union all

    select
        people.user_number,
        orders.ordered_at as occurred_at,
        cast(null as bigint) as arrival_number,
        '(conversion)' as channel
    from {{ ref('int_value__orders') }} as orders
    inner join people on orders.user_key = people.user_key
    where orders.is_purchase
),

followed as (
    select
        channel as from_state,
        arrival_number,
        occurred_at,
        lead(channel) over next_one as next_state,
        lead(occurred_at) over next_one as next_at
    from moments
    window next_one as (
        partition by user_number
        order by occurred_at, arrival_number nulls last
    )
),

-- Who did not go on in time has left.
gone_to as (
    select
        from_state,
        case
            when {{ seconds_between('occurred_at', 'next_at') }} <= {{ look_back }} then next_state
            else '(null)'
        end as to_state
    from followed
    where arrival_number is not null
),

steps as (
    select
        from_state,
        to_state,
        count(*) as transitions
    from gone_to
    group by from_state, to_state
),

departures as (
    select
        from_state as channel,
        sum(transitions) as transitions
    from steps
    group by from_state
),

continuations as (
    select
        to_state as channel,
        sum(transitions) as transitions
    from steps
    group by to_state
),

-- A journey begins with what no other arrival led to.
starts as (
    select
        '(start)' as from_state,
        departures.channel as to_state,
        departures.transitions - coalesce(continuations.transitions, 0) as transitions
    from departures
    left join continuations on departures.channel = continuations.channel
),

final as (
    select
        from_state,
        to_state,
        cast(transitions as bigint) as transitions
    from steps

    union all

    select
        from_state,
        to_state,
        cast(transitions as bigint) as transitions
    from starts
    where transitions > 0
)

select * from final
