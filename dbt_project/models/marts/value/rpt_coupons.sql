{%- set cost_share = var('value_cost_of_goods_share') -%}

with orders as (
    select
        *,
        coalesce(coupon_code, '(none)') as used_coupon
    from {{ ref('fct_orders') }}
    where is_purchase
),

totals as (
    select
        used_coupon as coupon_code,
        count(*) as orders,
        count(distinct user_key) as buyers,
        cast(sum(case when is_first_order then 1 else 0 end) as bigint) as first_orders,
        {{ money('coalesce(sum(gross_amount), 0)') }} as gross_amount,
        {{ money('coalesce(sum(discount_amount), 0)') }} as discount_amount,
        {{ money('coalesce(sum(refunded_amount), 0)') }} as refunded_amount,
        {{ money('coalesce(sum(revenue), 0)') }} as revenue,
        min(order_day) as first_used_day,
        max(order_day) as last_used_day
    from orders
    group by used_coupon
),

-- What was given back is not kept by the buyer either, so goods are paid for in the part kept.
costs as (
    select
        *,
        cast(gross_amount + discount_amount as double)
        * (cast(revenue as double) / nullif(gross_amount, 0)) as list_value
    from totals
),

final as (
    select
        coupon_code,
        orders,
        buyers,
        first_orders,
        gross_amount,
        discount_amount,
        refunded_amount,
        revenue,
        cast(
            cast(discount_amount as double) / nullif(gross_amount + discount_amount, 0) as decimal(18, 8)
        ) as discount_rate,
        {{ money('cast(revenue as double) / nullif(orders, 0)') }} as aov,
        {% if cost_share is none %}
        cast(null as decimal(18, 4)) as margin,
        cast(null as decimal(18, 8)) as margin_rate,
        {% else %}
        {{ money('cast(revenue as double) - list_value * ' ~ cost_share) }} as margin,
        cast(
            (cast(revenue as double) - list_value * {{ cost_share }}) / nullif(revenue, 0) as decimal(18, 8)
        ) as margin_rate,
        {% endif %}
        first_used_day,
        last_used_day,
        {{ as_of() }} as as_of
    from costs
)

select * from final
