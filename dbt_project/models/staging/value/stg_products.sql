with

source as (
    select * from {{ source('raw', 'products') }}
),

known as (
    select
        *,
        {{ clean_text('product_id') }} as clean_product_id,
        case when delisted_at < {{ as_of_end() }} then delisted_at end as known_delisted_at
    from source
    where coalesce(listed_at < {{ as_of_end() }}, true)
),

latest as (
    select *
    from known
    qualify row_number() over (
        partition by clean_product_id
        order by
            listed_at desc nulls last,
            known_delisted_at desc nulls last,
            {{ latest_delivery() }}
    ) = 1
),

final as (
    select
        clean_product_id as product_id,
        {{ clean_text('name') }} as name,
        {{ clean_text('category') }} as category,
        {{ clean_text('subcategory') }} as subcategory,
        {{ clean_text('brand') }} as brand,
        case when list_price >= 0 then list_price end as list_price,
        upper({{ clean_text('currency') }}) as currency,
        listed_at,
        known_delisted_at as delisted_at,
        extra,
        _feed as feed,
        {{ corrected_fields({'list_price': 'list_price < 0'}) }} as corrected_fields
    from latest
)

select * from final
