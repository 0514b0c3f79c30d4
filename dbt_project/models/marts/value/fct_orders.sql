with orders as (
    select * from {{ ref('int_value__orders') }}
),

purchases as (
    select
        order_id,
        row_number() over (partition by user_key order by ordered_at nulls last, order_id) as purchase_number,
        lag(order_day) over (partition by user_key order by ordered_at nulls last, order_id) as previous_day
    from orders
    where is_purchase and user_key is not null
),

final as (
    select
        orders.order_id,
        orders.user_key,
        orders.ordered_at,
        orders.order_day,
        orders.status,
        orders.is_purchase,
        orders.gross_amount,
        orders.discount_amount,
        orders.tax_amount,
        orders.shipping_amount,
        orders.refunded_amount,
        orders.revenue,
        orders.refunded_at,
        coalesce(purchases.purchase_number = 1, false) as is_first_order,
        cast(purchases.purchase_number as bigint) as purchase_number,
        cast({{ days_between('purchases.previous_day', 'orders.order_day') }} as bigint)
            as days_since_previous_purchase,
        orders.coupon_code,
        orders.channel,
        orders.payment_method,
        orders.line_count,
        orders.feed,
        {{ as_of() }} as as_of
    from orders
    left join purchases on orders.order_id = purchases.order_id
)

select * from final
