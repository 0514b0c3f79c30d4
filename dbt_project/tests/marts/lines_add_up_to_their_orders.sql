{{ config(meta={'dagster': {'ref': {'name': 'fct_order_items'}}}) }}
-- What an order's lines were allotted is the order's own, to the last digit.
with lines as (
    select
        order_id,
        sum(gross_amount) as gross_amount,
        sum(refunded_amount) as refunded_amount,
        sum(revenue) as revenue
    from {{ ref('fct_order_items') }}
    group by order_id
)

select
    orders.order_id,
    orders.revenue,
    lines.revenue as lines_revenue
from {{ ref('fct_orders') }} as orders
inner join lines on orders.order_id = lines.order_id
where
    orders.gross_amount <> lines.gross_amount
    or orders.refunded_amount <> lines.refunded_amount
    or orders.revenue <> lines.revenue
