{{ config(
    materialized='incremental',
    incremental_strategy='replace_sessions',
    on_schema_change='fail',
    meta={'placed_by': 'started_at'}
) }}

-- depends_on: {{ ref('int_behaviour__windows') }} {{ ref('int_behaviour__replaced_sessions') }}
with sessions as (
    {{ in_windows(ref('int_behaviour__sessions'), 'started_at') }}
),

final as (
    select
        session_id,
        user_key,
        started_at,
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
        lead_seconds
    from sessions
)

select * from final
