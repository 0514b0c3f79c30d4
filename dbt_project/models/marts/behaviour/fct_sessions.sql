{{ config(materialized='view') }}

with session_rows as (
    select * from {{ ref('fct_session_rows') }}
),

final as (
    select
        session_id,
        user_key,
        started_at - lead_seconds * interval 1 second as started_at,
        ended_at,
        session_day,
        event_count,
        view_count,
        conversion_count,
        dwell_seconds,
        is_engaged,
        is_bounce,
        is_converted,
        is_capped,
        entry_page,
        exit_page,
        channel,
        platform,
        country,
        utm_source,
        utm_medium,
        utm_campaign,
        {{ as_of() }} as as_of
    from session_rows
)

select * from final
