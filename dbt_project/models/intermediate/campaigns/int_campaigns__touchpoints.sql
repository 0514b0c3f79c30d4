with

people as (
    select
        user_key,
        row_number() over (order by user_key nulls last) as user_number
    from {{ ref('int_users__people') }}
),

arrivals as (
    select * from {{ ref('int_campaigns__arrivals') }}
),

conversions as (
    select
        orders.order_id as conversion_id,
        orders.user_key,
        people.user_number,
        orders.ordered_at as converted_at,
        orders.revenue,
        row_number() over (order by orders.order_id nulls last) as conversion_number
    from {{ ref('int_value__orders') }} as orders
    inner join people on orders.user_key = people.user_key
    where orders.is_purchase
),

-- A person's last arrival so far, at the beginning and at the end of each look-back, tells the first and the
-- last that lie in it, so that nobody's arrivals are multiplied by their orders.
moments as (
    select
        user_number,
        occurred_at,
        1 as moment,
        cast(null as bigint) as conversion_number,
        arrival_number,
        case when not is_direct then arrival_number end as named_number,
        occurred_at as arrived_at
    from arrivals

    union all

    select
        user_number,
        converted_at - interval {{ var('attribution_lookback_days') }} day as occurred_at,
        0 as moment,
        conversion_number,
        cast(null as bigint) as arrival_number,
        cast(null as bigint) as named_number,
        cast(null as timestamp) as arrived_at
    from conversions

    union all

    select
        user_number,
        converted_at as occurred_at,
        2 as moment,
        conversion_number,
        cast(null as bigint) as arrival_number,
        cast(null as bigint) as named_number,
        cast(null as timestamp) as arrived_at
    from conversions
),

reached as (
    select
        conversion_number,
        moment,
        max(arrival_number) over so_far as last_number,
        max(named_number) over so_far as last_named_number,
        max(arrived_at) over so_far as last_at
    from moments
    window so_far as (
        partition by user_number
        order by occurred_at, moment nulls last
        rows unbounded preceding
    )
),

bounds as (
    select
        conversion_number,
        max(case when moment = 0 then coalesce(last_number, 0) end) as number_before,
        max(case when moment = 2 then last_number end) as last_number,
        max(case when moment = 2 then last_named_number end) as last_named_number,
        max(case when moment = 2 then last_at end) as last_at
    from reached
    where conversion_number is not null
    group by conversion_number
),

look_backs as (
    select
        conversions.*,
        greatest(
            bounds.number_before + 1,
            bounds.last_number - {{ var('attribution_max_touchpoints') }} + 1
        ) as first_number,
        bounds.last_number,
        bounds.last_named_number,
        bounds.last_at
    from conversions
    inner join bounds on conversions.conversion_number = bounds.conversion_number
),

final as (
    select
        look_backs.conversion_id,
        look_backs.conversion_number,
        look_backs.user_key,
        look_backs.converted_at,
        look_backs.revenue,
        arrivals.touchpoint_id,
        arrivals.kind,
        arrivals.occurred_at,
        {{ seconds_between('arrivals.occurred_at', 'look_backs.converted_at') }} as seconds_before,
        {{ seconds_between('arrivals.occurred_at', 'look_backs.last_at') }} as seconds_before_last,
        arrivals.source,
        arrivals.medium,
        arrivals.campaign_id,
        arrivals.channel,
        arrivals.is_direct,
        arrivals.arrival_number = case
            when look_backs.last_named_number >= look_backs.first_number then look_backs.last_named_number
            else look_backs.last_number
        end as is_last_non_direct,
        cast(arrivals.arrival_number - look_backs.first_number + 1 as integer) as position,
        cast(look_backs.last_number - arrivals.arrival_number + 1 as integer) as position_from_last,
        cast(look_backs.last_number - look_backs.first_number + 1 as integer) as touchpoint_count
    from look_backs
    inner join arrivals
        on
        look_backs.user_number = arrivals.user_number
        and look_backs.first_number <= arrivals.arrival_number
        and look_backs.last_number >= arrivals.arrival_number
)

select * from final
