with products as (
    select * from {{ ref('stg_products') }}
),

item_days as (
    select * from {{ ref('ftr_item_days') }}
),

taken as (
    select item_id
    from item_days
    group by item_id
),

final as (
    select
        coalesce(products.product_id, taken.item_id) as item_id,
        products.category,
        products.delisted_at is null as is_available,
        {{ as_of() }} as as_of
    from taken
    full join products on taken.item_id = products.product_id
)

select * from final
