with

source as (
    select
        *,
        {{ possible_time('listed_at') }} as possible_listed_at,
        {{ possible_time('delisted_at') }} as possible_delisted_at
    from {{ source('raw', 'products') }}
),

known as (
    select
        *,
        {{ clean_text('product_id') }} as clean_product_id,
        case when possible_delisted_at < {{ as_of_end() }} then possible_delisted_at end as known_delisted_at
    from source
    where coalesce(possible_listed_at < {{ as_of_end() }}, true)
),

latest as (
    select *
    from known
    qualify row_number() over (
        partition by clean_product_id
        order by
            possible_listed_at desc nulls last,
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
        possible_listed_at as listed_at,
        known_delisted_at as delisted_at,
        extra,
        _feed as feed,
        {{ corrected_fields({
            'list_price': 'list_price < 0',
            'listed_at': is_impossible_time('listed_at'),
            'delisted_at': is_impossible_time('delisted_at'),
        }) }} as corrected_fields
    from latest
)

select * from final
