with active_days as (
    select * from {{ ref('int_lifecycle__active_days') }}
    where is_active
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
    from active_days
)

select * from final
