with products as (
    select * from {{ ref('int_value__products') }}
),

orders as (
    select * from {{ ref('fct_orders') }}
),

lines as (
    select
        items.*,
        orders.order_day,
        orders.is_purchase and items.quantity > 0 as is_sold
    from {{ ref('fct_order_items') }} as items
    inner join orders on items.order_id = orders.order_id
),

person_orders as (
    select
        product_id,
        user_key,
        count(distinct order_id) as orders
    from lines
    where is_sold and user_key is not null
    group by product_id, user_key
),

people as (
    select
        product_id,
        count(*) as buyers,
        sum(case when orders > 1 then 1 else 0 end) as repeat_buyers
    from person_orders
    group by product_id
),

sales as (
    select
        product_id,
        count(distinct case when is_sold then order_id end) as orders,
        sum(case when is_sold then quantity else 0 end) as units,
        sum(case when quantity < 0 and status <> 'cancelled' then 0 - quantity else 0 end) as units_returned,
        sum(case when is_sold then gross_amount else 0 end) as gross_amount,
        sum(case when status <> 'cancelled' then refunded_amount else 0 end) as refunded_amount,
        sum(revenue) as revenue,
        min(case when is_sold then order_day end) as first_sold_day,
        max(case when is_sold then order_day end) as last_sold_day
    from lines
    group by product_id
),

final as (
    select
        products.product_id,
        products.name,
        products.category,
        cast(coalesce(people.buyers, 0) as bigint) as buyers,
        cast(coalesce(people.repeat_buyers, 0) as bigint) as repeat_buyers,
        cast(coalesce(sales.orders, 0) as bigint) as orders,
        cast(coalesce(sales.units, 0) as bigint) as units,
        cast(coalesce(sales.units_returned, 0) as bigint) as units_returned,
        {{ money('coalesce(sales.gross_amount, 0)') }} as gross_amount,
        {{ money('coalesce(sales.refunded_amount, 0)') }} as refunded_amount,
        {{ money('coalesce(sales.revenue, 0)') }} as revenue,
        cast(cast(people.repeat_buyers as double) / nullif(people.buyers, 0) as decimal(18, 8))
            as repurchase_rate,
        cast(
            cast(sales.refunded_amount as double) / nullif(cast(sales.gross_amount as double), 0)
            as decimal(18, 8)
        ) as refund_share,
        sales.first_sold_day,
        sales.last_sold_day,
        {{ as_of() }} as as_of
    from products
    left join sales on products.product_id = sales.product_id
    left join people on products.product_id = people.product_id
)

select * from final
