{% set granularities = ['day', 'week', 'month'] %}

with orders as (
    select
        *,
        is_purchase and user_key is null as is_guest_purchase
    from {{ ref('int_value__orders') }}
),

person_days as (
    select
        user_key,
        day,
        is_active,
        order_count,
        revenue,
        min(case when order_count > 0 then day end) over (partition by user_key) as first_purchase_day
    from {{ ref('int_lifecycle__active_days') }}
),

order_days as (
    select
        order_day as day,
        sum(case when is_purchase then 1 else 0 end) as orders,
        sum(revenue) as revenue,
        sum(case when user_key is null then revenue else 0 end) as guest_revenue,
        sum(case when is_guest_purchase then 1 else 0 end) as guest_orders,
        sum(case when is_purchase then gross_amount else 0 end) as gross_amount,
        sum(case when is_purchase then refunded_amount else 0 end) as refunded_amount
    from orders
    group by order_day
),

days as (
    select day
    from {{ date_range(
        '(select least((select min(day) from person_days), (select min(day) from order_days)))', as_of()
    ) }} as calendar
),

-- A person once a period, with what they bought in it.
person_periods as (
    {% for granularity in granularities %}
    select
        '{{ granularity }}' as granularity,
        cast({{ dbt.date_trunc(granularity, 'day') }} as date) as period_start,
        user_key,
        max(case when is_active then 1 else 0 end) as is_active,
        sum(order_count) as orders,
        sum(revenue) as revenue,
        max(case when day = first_purchase_day then 1 else 0 end) as is_new_buyer
    from person_days
    group by user_key, cast({{ dbt.date_trunc(granularity, 'day') }} as date)
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

people as (
    select
        granularity,
        period_start,
        sum(is_active) as active,
        sum(case when orders > 0 then 1 else 0 end) as buyers,
        sum(case when orders > 1 then 1 else 0 end) as repeat_buyers,
        sum(is_new_buyer) as new_buyers,
        sum(case when is_new_buyer = 1 then revenue else 0 end) as new_buyer_revenue
    from person_periods
    group by granularity, period_start
),

-- Every period from the first trace to the as-of day, empty ones included.
money as (
    {% for granularity in granularities %}
    select
        '{{ granularity }}' as granularity,
        cast({{ dbt.date_trunc(granularity, 'days.day') }} as date) as period_start,
        coalesce(sum(order_days.orders), 0) as orders,
        {{ money('coalesce(sum(order_days.revenue), 0)') }} as revenue,
        {{ money('coalesce(sum(order_days.guest_revenue), 0)') }} as guest_revenue,
        coalesce(sum(order_days.guest_orders), 0) as guest_orders,
        {{ money('coalesce(sum(order_days.gross_amount), 0)') }} as gross_amount,
        {{ money('coalesce(sum(order_days.refunded_amount), 0)') }} as refunded_amount
    from days
    left join order_days on days.day = order_days.day
    group by cast({{ dbt.date_trunc(granularity, 'days.day') }} as date)
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

counted as (
    select
        money.*,
        coalesce(people.active, 0) as active,
        coalesce(people.buyers, 0) as buyers,
        coalesce(people.repeat_buyers, 0) as repeat_buyers,
        coalesce(people.new_buyers, 0) as new_buyers,
        {{ money('coalesce(people.new_buyer_revenue, 0)') }} as new_buyer_revenue
    from money
    left join people
        on
        money.granularity = people.granularity
        and money.period_start = people.period_start
),

final as (
    select
        granularity,
        period_start,
        cast(active as bigint) as active,
        cast(buyers as bigint) as buyers,
        cast(repeat_buyers as bigint) as repeat_buyers,
        cast(new_buyers as bigint) as new_buyers,
        cast(orders as bigint) as orders,
        cast(guest_orders as bigint) as guest_orders,
        revenue,
        guest_revenue,
        new_buyer_revenue,
        refunded_amount,
        {{ money('cast(revenue as double) / nullif(active, 0)') }} as arpu,
        {{ money('cast(revenue as double) / nullif(orders, 0)') }} as aov,
        cast(cast(repeat_buyers as double) / nullif(buyers, 0) as decimal(18, 8)) as repurchase_rate,
        cast(cast(refunded_amount as double) / nullif(cast(gross_amount as double), 0) as decimal(18, 8))
            as refund_rate,
        {{ next_period('granularity', 'period_start') }} <= {{ add_days(as_of(), 1) }} as is_complete,
        {{ as_of() }} as as_of
    from counted
)

select * from final
