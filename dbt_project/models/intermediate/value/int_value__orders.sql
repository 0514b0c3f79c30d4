with

orders as (
    select
        *,
        {{ business_day('ordered_at') }} as order_day
    from {{ ref('stg_orders') }}
),

items as (
    select * from {{ ref('stg_order_items') }}
),

identifiers as (
    select * from {{ ref('int_users__identifiers') }}
),

rates as (
    select * from {{ ref('int_value__exchange_rates') }}
),

order_lines as (
    select
        order_id,
        count(*) as line_count,
        sum(quantity * unit_price - coalesce(discount_amount, 0)) as amount
    from items
    group by order_id
),

-- A refunded order without a sum was refunded whole, unless it takes money back by itself; an order
-- without an amount is worth its items.
amounts as (
    select
        orders.*,
        coalesce(orders.status, 'placed') as known_status,
        coalesce(orders.amount, order_lines.amount) as known_amount,
        case
            when orders.refunded_amount is not null then orders.refunded_amount
            when orders.status = 'refunded'
                then greatest(coalesce(orders.amount, order_lines.amount), 0)
            else 0
        end as known_refund,
        coalesce(order_lines.line_count, 0) as line_count
    from orders
    left join order_lines
        on orders.order_id = order_lines.order_id
),

converted as (
    select
        amounts.order_id,
        coalesce(users.user_key, devices.user_key) as user_key,
        amounts.ordered_at,
        amounts.order_day,
        amounts.known_status as status,
        {{ converted('amounts.known_amount', 'rates.exchange_rate') }} as gross_amount,
        {{ converted('amounts.discount_amount', 'rates.exchange_rate') }} as discount_amount,
        {{ converted('amounts.tax_amount', 'rates.exchange_rate') }} as tax_amount,
        {{ converted('amounts.shipping_amount', 'rates.exchange_rate') }} as shipping_amount,
        {{ converted('amounts.known_refund', 'rates.exchange_rate') }} as refunded_amount,
        amounts.refunded_at,
        amounts.currency,
        rates.exchange_rate,
        amounts.channel,
        amounts.coupon_code,
        amounts.payment_method,
        cast(amounts.line_count as integer) as line_count,
        amounts.known_amount {{ '>=' if var('free_orders_are_purchases') else '>' }} 0
        and amounts.known_status <> 'cancelled' as is_purchase,
        amounts.feed
    from amounts
    left join identifiers as users
        on amounts.user_id = users.id
        and users.id_type = 'user_id'
    left join identifiers as devices
        on amounts.anonymous_id = devices.id
        and devices.id_type = 'anonymous_id'
    left join rates
        on amounts.currency = rates.currency
        and amounts.order_day = rates.day
),

final as (
    select
        order_id,
        user_key,
        ordered_at,
        order_day,
        status,
        gross_amount,
        discount_amount,
        tax_amount,
        shipping_amount,
        refunded_amount,
        case
            when status <> 'cancelled' then {{ money('gross_amount - refunded_amount') }}
            when gross_amount is not null then {{ money('0') }}
        end as revenue,
        refunded_at,
        currency,
        exchange_rate,
        channel,
        coupon_code,
        payment_method,
        line_count,
        coalesce(is_purchase, false) as is_purchase,
        feed
    from converted
)

select * from final
