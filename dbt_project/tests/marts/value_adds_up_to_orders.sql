{{ config(meta={'dagster': {'ref': {'name': 'fct_user_value'}}}) }}
-- The value of people is the revenue of the orders of those who bought, no more and no less.
with people as (
    select
        user_key,
        revenue,
        purchase_count
    from {{ ref('fct_user_value') }}
),

orders as (
    select
        user_key,
        sum(revenue) as revenue,
        sum(case when is_purchase then 1 else 0 end) as purchase_count
    from {{ ref('fct_orders') }}
    where user_key is not null
    group by user_key
    having sum(case when is_purchase then 1 else 0 end) > 0
)

select
    orders.user_key,
    orders.revenue,
    people.revenue as person_revenue
from orders
full outer join people on orders.user_key = people.user_key
where
    people.user_key is null
    or orders.user_key is null
    or people.revenue <> coalesce(orders.revenue, 0)
    or people.purchase_count <> orders.purchase_count
