with products as (
    select * from {{ ref('stg_products') }}
),

items as (
    select * from {{ ref('int_value__order_items') }}
),

ordered as (
    select product_id
    from items
    group by product_id
),

final as (
    select
        coalesce(products.product_id, ordered.product_id) as product_id,
        products.name,
        products.category
    from ordered
    full join products on ordered.product_id = products.product_id
)

select * from final
