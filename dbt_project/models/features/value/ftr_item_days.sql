with purchases as (
    select * from {{ ref('int_value__orders') }}
    where is_purchase and user_key is not null
),

order_items as (
    select * from {{ ref('int_value__order_items') }}
),

events as (
    select * from {{ ref('int_behaviour__events') }}
    where is_core and user_key is not null and item_id is not null
),

bought as (
    select
        purchases.user_key,
        order_items.product_id as item_id,
        purchases.order_day as day,
        count(*) as actions
    from order_items
    inner join purchases on order_items.order_id = purchases.order_id
    where order_items.quantity > 0
    group by purchases.user_key, order_items.product_id, purchases.order_day
),

-- Where nothing is sold by the item, what people do with items stands for buying them.
done as (
    select
        user_key,
        item_id,
        event_day as day,
        count(*) as actions
    from events
    where not exists (select 1 from bought)
    group by user_key, item_id, event_day
),

final as (
    select * from bought
    union all
    select * from done
)

select
    user_key,
    item_id,
    day,
    cast(actions as bigint) as actions,
    {{ as_of() }} as as_of
from final
