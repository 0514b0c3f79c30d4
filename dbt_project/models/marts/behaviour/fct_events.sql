{{ config(materialized='view') }}

with event_rows as (
    select * from {{ ref('fct_event_rows') }}
),

final as (
    select
        event_id,
        user_key,
        session_id,
        event_number,
        event_name,
        occurred_at,
        event_day,
        is_core,
        is_view,
        is_conversion,
        channel,
        platform,
        device_type,
        country,
        page,
        element,
        item_id,
        item_category,
        value,
        dwell_seconds,
        feed,
        {{ as_of() }} as as_of
    from event_rows
)

select * from final
