with purchases as (
    select * from {{ ref('int_value__orders') }}
    where is_purchase and user_key is not null
),

-- A refund takes from the day of its order, but nobody knew of it before the day of the refund (one
-- without a date is never known).
facts as (
    select
        user_key,
        order_day as day,
        order_day as known_day,
        1 as orders,
        gross_amount as revenue
    from purchases

    union all

    select
        user_key,
        order_day as day,
        greatest(order_day, {{ business_day('refunded_at') }}) as known_day,
        0 as orders,
        0 - refunded_amount as revenue
    from purchases
    where refunded_at is not null and refunded_amount <> 0
),

final as (
    select
        user_key,
        day,
        known_day,
        cast(sum(orders) as bigint) as orders,
        cast({{ money('sum(revenue)') }} as double) as revenue,
        {{ as_of() }} as as_of
    from facts
    where known_day <= {{ as_of() }}
    group by user_key, day, known_day
)

select * from final
