{{ config(
    materialized='incremental',
    incremental_strategy='replace_windows',
    on_schema_change='fail',
    meta={
        'placed_by': 'started_at',
        'in_parts': {
            'of': 'int_behaviour__pieces',
            'by': 'started_at',
            'only': 'first_event_id is not null',
            'halved': true,
        },
    }
) }}

{%- set entry_facts = [
    'channel', 'platform', 'country', 'utm_source', 'utm_medium', 'utm_campaign', 'referrer',
] %}
-- depends_on: {{ ref('int_behaviour__windows') }} {{ ref('int_behaviour__replaced_sessions') }}

with

events as (
    {{ in_windows(ref('int_behaviour__events'), 'occurred_at') }}
),

totals as (
    select
        session_id,
        min(user_key) as user_key,
        min(occurred_at) as started_at,
        max(occurred_at) as ended_at,
        cast(count(*) as integer) as event_count,
        cast(count(case when is_view then 1 end) as integer) as view_count,
        cast(count(case when is_conversion then 1 end) as integer) as conversion_count,
        cast(coalesce(sum(dwell_seconds), 0) as decimal(18, 3)) as dwell_seconds,
        min_by(page, event_number) filter (where page is not null) as entry_page,
        max_by(page, event_number) filter (where page is not null) as exit_page,
        {%- for column in entry_facts %}
        min_by({{ column }}, event_number) filter (where {{ column }} is not null) as {{ column }},
        {%- endfor %}
        bool_or(is_session_capped) as is_capped,
        max(
            case
                when event_number = 1 and event_name in {{ text_list(var('heartbeat_events')) }}
                    then {{ var('heartbeat_seconds') }}
                else 0
            end
        ) as lead_seconds,
        min(chain_started_at) as chain_started_at,
        bool_or(source_session is not null) as is_source_session,
        min(person_key) as person_key,
        min(stream_key) as stream_key
    from events
    where
        session_id is not null
        {%- if not adds_to_history() %}
        and {{ in_part('chain_started_at') }}
        {%- endif %}
    group by session_id
),

judged as (
    select
        *,
        {{ business_day('started_at') }} as session_day,
        dwell_seconds > {{ var('engaged_seconds') }}
        or view_count >= {{ var('engaged_views') }}
        or conversion_count > 0 as is_engaged
    from totals
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
        view_count = 1 and not is_engaged as is_bounce,
        conversion_count > 0 as is_converted,
        entry_page,
        exit_page,
        channel,
        platform,
        country,
        utm_source,
        utm_medium,
        utm_campaign,
        referrer,
        is_capped,
        cast(lead_seconds as integer) as lead_seconds,
        chain_started_at,
        is_source_session,
        person_key,
        stream_key
    from judged
)

select * from final
