with order_items as (
    select
        *,
        sum(amount) over (partition by order_id) as lines_amount,
        sum(amount) over (
            partition by order_id
            order by line_number nulls last
            rows unbounded preceding
        ) as amount_so_far,
        count(*) over (partition by order_id) as line_total,
        row_number() over (partition by order_id order by line_number nulls last) as lines_so_far
    from {{ ref('int_value__order_items') }}
),

orders as (
    select * from {{ ref('fct_orders') }}
),

-- The share of its order that the lines up to and including this one make up; the last line's is
-- exactly 1, so what is allocated adds up to the order to the last digit.
shared as (
    select
        order_items.*,
        orders.status,
        orders.is_first_order,
        orders.coupon_code,
        orders.channel,
        orders.gross_amount as order_gross_amount,
        orders.refunded_amount as order_refunded_amount,
        orders.revenue as order_revenue,
        coalesce(
            cast(order_items.amount_so_far as double) / nullif(cast(order_items.lines_amount as double), 0),
            cast(order_items.lines_so_far as double) / nullif(order_items.line_total, 0)
        ) as share
    from order_items
    left join orders on order_items.order_id = orders.order_id
),

allocated as (
    select
        *,
        {{ money('order_gross_amount * share') }} as gross_so_far,
        {{ money('order_refunded_amount * share') }} as refunded_so_far,
        {{ money('order_revenue * share') }} as revenue_so_far
    from shared
),

final as (
    select
        order_id,
        line_number,
        user_key,
        ordered_at,
        product_id,
        product_name,
        category,
        quantity,
        unit_price,
        discount_amount,
        amount,
        status,
        {% for measure in ['gross', 'refunded', 'revenue'] %}
        {{ money(
            measure ~ '_so_far - coalesce(lag(' ~ measure
            ~ '_so_far) over (partition by order_id order by line_number nulls last), 0)'
        ) }} as {{ 'revenue' if measure == 'revenue' else measure ~ '_amount' }},
        {% endfor %}
        is_first_order,
        coupon_code,
        channel,
        {{ as_of() }} as as_of
    from allocated
)

select * from final
