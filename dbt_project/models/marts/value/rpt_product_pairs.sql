with orders as (
    select * from {{ ref('fct_orders') }}
    where is_purchase
),

-- Whole numbers, because texts of a product number would make the pairs ten times as heavy.
products as (
    select
        product_id,
        max(product_name) as name,
        row_number() over (order by product_id) as product
    from {{ ref('fct_order_items') }}
    group by product_id
),

baskets as (
    select
        items.order_id,
        orders.user_key,
        orders.ordered_at,
        products.product
    from {{ ref('fct_order_items') }} as items
    inner join orders on items.order_id = orders.order_id
    inner join products on items.product_id = products.product_id
    where items.quantity > 0
    group by items.order_id, orders.user_key, orders.ordered_at, products.product
),

sizes as (
    select
        order_id,
        count(*) as products,
        case
            when user_key is not null
                then row_number() over (partition by user_key order by ordered_at desc, order_id desc)
            else 0
        end as order_rank
    from baskets
    group by order_id, user_key, ordered_at
),

-- A basket of a thousand products is half a million pairs, and a bot's ten thousand orders would be
-- everybody's taste: neither counts.
counted as (
    select
        order_id,
        row_number() over (order by order_id) as basket
    from sizes
    where
        products <= {{ var('baskets_max_products') }}
        and order_rank <= {{ var('baskets_max_orders_per_person') }}
),

basket_count as (
    select count(*) as baskets from counted
),

contents as (
    select
        counted.basket,
        baskets.product,
        count(*) over (partition by baskets.product) as orders
    from baskets
    inner join counted on baskets.order_id = counted.order_id
),

-- A product in few baskets is in no pair of many.
frequent as (
    select * from contents
    where orders >= {{ var('baskets_min_orders') }}
),

pairs as (
    select
        earlier.product as product_a,
        later.product as product_b,
        min(earlier.orders) as orders_a,
        min(later.orders) as orders_b,
        count(*) as orders_together
    from frequent as earlier
    inner join frequent as later
        on
        earlier.basket = later.basket
        and earlier.product < later.product
    group by earlier.product, later.product
    having count(*) >= {{ var('baskets_min_orders') }}
),

final as (
    select
        products_a.product_id as product_a,
        products_a.name as name_a,
        products_b.product_id as product_b,
        products_b.name as name_b,
        cast(pairs.orders_together as bigint) as orders_together,
        cast(pairs.orders_a as bigint) as orders_a,
        cast(pairs.orders_b as bigint) as orders_b,
        cast(basket_count.baskets as bigint) as baskets,
        cast(cast(pairs.orders_together as double) / nullif(basket_count.baskets, 0) as decimal(18, 8))
            as support,
        cast(cast(pairs.orders_together as double) / nullif(pairs.orders_a, 0) as decimal(18, 8))
            as confidence_a_to_b,
        cast(cast(pairs.orders_together as double) / nullif(pairs.orders_b, 0) as decimal(18, 8))
            as confidence_b_to_a,
        cast(
            cast(pairs.orders_together as double) * basket_count.baskets
            / nullif(cast(pairs.orders_a as double) * pairs.orders_b, 0)
            as decimal(18, 8)
        ) as lift,
        {{ as_of() }} as as_of
    from pairs
    cross join basket_count
    inner join products as products_a on pairs.product_a = products_a.product
    inner join products as products_b on pairs.product_b = products_b.product
)

select * from final
