{{ config(
    materialized='incremental',
    incremental_strategy='replace_sessions',
    on_schema_change='fail',
    meta={'placed_by': 'occurred_at'}
) }}

-- depends_on: {{ ref('int_behaviour__windows') }} {{ ref('int_behaviour__replaced_sessions') }}
with events as (
    {{ in_windows(ref('int_behaviour__events'), 'occurred_at') }}
),

-- Named before it is cleaned, which looks at it a dozen times.
clicks as (
    select
        *,
        case
            when event_name in {{ text_list(var('click_events')) }}
                then {{ json_text('properties', var('element_property')) }}
        end as clicked
    from events
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
        {{ clean_text('clicked') }} as element,
        item_id,
        item_category,
        value,
        dwell_seconds,
        feed
    from clicks
)

select * from final
