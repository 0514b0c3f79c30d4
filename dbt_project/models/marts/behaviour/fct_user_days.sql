{{ config(materialized='view') }}

with user_day_rows as (
    select * from {{ ref('fct_user_day_rows') }}
),

final as (
    select
        user_key,
        day,
        event_count,
        core_event_count,
        session_count,
        order_count,
        revenue,
        {{ as_of() }} as as_of
    from user_day_rows
)

select * from final
