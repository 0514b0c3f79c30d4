with

source as (
    select * from {{ source('raw', 'spend') }}
),

latest as (
    select *
    from source
    where spend_date <= {{ as_of() }}
    qualify row_number() over (
        partition by {{ clean_text('campaign_id') }}, spend_date
        order by {{ latest_delivery() }}
    ) = 1
),

final as (
    select
        {{ clean_text('campaign_id') }} as campaign_id,
        spend_date,
        case when amount >= 0 then amount end as amount,
        upper({{ clean_text('currency') }}) as currency,
        impressions,
        clicks,
        extra,
        _feed as feed,
        {{ corrected_fields({'amount': 'amount < 0'}) }} as corrected_fields
    from latest
)

select * from final
