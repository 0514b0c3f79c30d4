with

source as (
    select
        *,
        {{ possible_time('refunded_at') }} as possible_refunded_at
    from {{ source('raw', 'orders') }}
),

-- A refund at or after the end of the as-of day has not happened yet, so the order stands paid.
known as (
    select
        *,
        {{ clean_text('order_id') }} as clean_order_id,
        coalesce(possible_refunded_at >= {{ as_of_end() }}, false) as is_refunded_later
    from source
    where ordered_at < {{ as_of_end() }}
),

latest as (
    select *
    from known
    qualify row_number() over (
        partition by clean_order_id
        order by
            is_refunded_later nulls last,
            possible_refunded_at desc nulls last,
            case status
                when 'refunded' then 5
                when 'cancelled' then 4
                when 'fulfilled' then 3
                when 'paid' then 2
                when 'placed' then 1
                else 0
            end desc,
            {{ latest_delivery() }}
    ) = 1
),

final as (
    select
        clean_order_id as order_id,
        {{ clean_text('user_id') }} as user_id,
        {{ clean_text('anonymous_id') }} as anonymous_id,
        ordered_at,
        case when is_refunded_later and status = 'refunded' then 'paid' else status end as status,
        amount,
        upper({{ clean_text('currency') }}) as currency,
        discount_amount,
        tax_amount,
        shipping_amount,
        case when refunded_amount >= 0 and not is_refunded_later then refunded_amount end
            as refunded_amount,
        case
            when not is_refunded_later and possible_refunded_at >= ordered_at then possible_refunded_at
        end as refunded_at,
        lower({{ clean_text('channel') }}) as channel,
        upper({{ clean_text('coupon_code') }}) as coupon_code,
        lower({{ clean_text('payment_method') }}) as payment_method,
        attributes,
        _feed as feed,
        {{ corrected_fields({
            'refunded_amount': 'refunded_amount < 0',
            'refunded_at': is_impossible_time('refunded_at') ~ ' or refunded_at < ordered_at',
        }) }} as corrected_fields
    from latest
)

select * from final
