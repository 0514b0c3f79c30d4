with

source as (
    select
        {{ clean_text('order_id') }} as order_id,
        line_number,
        {{ clean_text('product_id') }} as product_id,
        quantity,
        unit_price,
        discount_amount,
        extra,
        _feed as feed,
        _file,
        _file_sha256,
        _line,
        _loaded_on
    from {{ source('raw', 'order_items') }}
),

numbered as (
    select order_id, line_number, product_id, quantity, unit_price, discount_amount, extra, feed
    from source
    where line_number is not null
    qualify row_number() over (
        partition by order_id, line_number
        order by {{ latest_delivery() }}
    ) = 1
),

-- Without a line number only the content tells two lines apart, so an equal line is a repetition.
unnumbered as (
    select
        order_id,
        product_id,
        quantity,
        unit_price,
        discount_amount,
        extra,
        min(feed) as feed
    from source
    where line_number is null
    group by order_id, product_id, quantity, unit_price, discount_amount, extra
),

last_numbers as (
    select order_id, max(line_number) as line_number
    from numbered
    group by order_id
),

positioned as (
    select
        unnumbered.order_id,
        coalesce(last_numbers.line_number, 0) + row_number() over (
            partition by unnumbered.order_id
            order by
                unnumbered.product_id nulls last,
                unnumbered.quantity nulls last,
                unnumbered.unit_price nulls last,
                unnumbered.discount_amount nulls last,
                unnumbered.extra nulls last
        ) as line_number,
        unnumbered.product_id,
        unnumbered.quantity,
        unnumbered.unit_price,
        unnumbered.discount_amount,
        unnumbered.extra,
        unnumbered.feed
    from unnumbered
    left join last_numbers
        on unnumbered.order_id = last_numbers.order_id
),

lines as (
    select * from numbered
    union all
    select * from positioned
),

final as (
    select
        order_id,
        cast(line_number as bigint) as line_number,
        product_id,
        quantity,
        case when unit_price >= 0 then unit_price end as unit_price,
        discount_amount,
        extra,
        feed,
        {{ corrected_fields({'unit_price': 'unit_price < 0'}) }} as corrected_fields
    from lines
)

select * from final
