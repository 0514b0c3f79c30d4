with

items as (
    select * from {{ ref('stg_order_items') }}
),

products as (
    select * from {{ ref('stg_products') }}
),

orders as (
    select * from {{ ref('int_value__orders') }}
),

final as (
    select
        items.order_id,
        items.line_number,
        orders.user_key,
        orders.ordered_at,
        items.product_id,
        products.name as product_name,
        products.category,
        items.quantity,
        {{ converted('items.unit_price', 'orders.exchange_rate') }} as unit_price,
        {{ converted('items.discount_amount', 'orders.exchange_rate') }} as discount_amount,
        {{ converted(
            'items.quantity * items.unit_price - coalesce(items.discount_amount, 0)', 'orders.exchange_rate'
        ) }} as amount
    from items
    inner join orders
        on items.order_id = orders.order_id
    left join products
        on items.product_id = products.product_id
)

select * from final
