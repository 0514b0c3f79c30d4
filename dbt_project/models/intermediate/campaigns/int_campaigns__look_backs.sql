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

ends as (
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

bounds as (
    select
        conversion_number,
        greatest(number_before, last_number - {{ var('attribution_max_touchpoints') }}) + 1 as first_number,
        last_number,
        last_named_number,
        last_at
    from ends
),

final as (
    select
        conversions.conversion_id,
        conversions.conversion_number,
        conversions.user_key,
        conversions.user_number,
        conversions.converted_at,
        conversions.revenue,
        bounds.last_at,
        bounds.first_number,
        bounds.last_number,
        case
            when bounds.last_named_number >= bounds.first_number then bounds.last_named_number
            else bounds.last_number
        end as last_non_direct_number,
        cast(bounds.last_number - bounds.first_number + 1 as integer) as touchpoint_count
    from conversions
    inner join bounds on conversions.conversion_number = bounds.conversion_number
    where bounds.last_number >= bounds.first_number
)

select * from final
