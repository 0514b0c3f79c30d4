with exposures as (
    select * from {{ ref('int_campaigns__exposures') }}
    where is_counted
),

purchases as (
    select
        user_key,
        ordered_at
    from {{ ref('int_value__orders') }}
    where is_purchase and user_key is not null
),

buyers as (
    select
        exposures.experiment_id,
        exposures.user_key
    from exposures
    inner join purchases
        on exposures.user_key = purchases.user_key
        and exposures.exposed_at <= purchases.ordered_at
        and exposures.counted_until > purchases.ordered_at
    group by exposures.experiment_id, exposures.user_key
),

final as (
    select
        exposures.experiment_id,
        exposures.user_key,
        exposures.variant,
        {{ business_day('exposures.exposed_at') }} as exposed_on,
        buyers.user_key is not null as responded,
        {{ as_of() }} as as_of
    from exposures
    left join buyers
        on exposures.experiment_id = buyers.experiment_id
        and exposures.user_key = buyers.user_key
)

select * from final
