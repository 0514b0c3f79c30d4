{%- set gap_seconds = var('session_gap_minutes') * 60 -%}
{%- set cap_seconds = var('session_cap_hours') * 3600 -%}

with

events as (
    select * from {{ ref('stg_events') }}
),

-- A small number sorts several times faster than the sixty-four digits of a key.
identifiers as (
    select
        id_type,
        id,
        user_key,
        dense_rank() over (order by user_key nulls last) as person_number
    from {{ ref('int_users__identifiers') }}
),

rates as (
    select * from {{ ref('int_value__exchange_rates') }}
),

-- A stream is what is cut into sessions: all a person's events, but a trusted source session is a
-- stream of its own, which no silence ends.
streams as (
    select
        events.event_id,
        events.occurred_at,
        coalesce(users.user_key, devices.user_key) as user_key,
        coalesce(users.person_number, devices.person_number) as person_number,
        case
            when events.feed in {{ text_list(var('trust_source_sessions')) }}
                then events.feed || '|' || events.session_id
        end as source_session
    from {{ ref('stg_events') }} as events
    left join identifiers as users
        on events.user_id = users.id
        and users.id_type = 'user_id'
    left join identifiers as devices
        on events.anonymous_id = devices.id
        and devices.id_type = 'anonymous_id'
),

neighbours as (
    select
        *,
        row_number() over stream as position,
        lag(occurred_at) over stream as previous_at,
        lead(occurred_at) over stream as next_at
    from streams
    window stream as (partition by person_number, source_session order by occurred_at, event_id)
),

silences as (
    select
        *,
        previous_at is null
        or (
            source_session is null
            and {{ seconds_between('previous_at', 'occurred_at') }} > {{ gap_seconds }}
        ) as is_start,
        source_session is not null
        or {{ seconds_between('occurred_at', 'next_at') }} <= {{ gap_seconds }} as is_followed
    from neighbours
),

starts as (
    select
        *,
        max(case when is_start then occurred_at end) over (
            partition by person_number, source_session
            order by position nulls last
        ) as started_at
    from silences
),

-- A session over the cap is cut at every multiple of the cap after its start.
pieces as (
    select
        *,
        floor({{ seconds_between('started_at', 'occurred_at') }} / {{ cap_seconds }}) as piece,
        floor({{ seconds_between('started_at', 'previous_at') }} / {{ cap_seconds }})
            as previous_piece,
        floor({{ seconds_between('started_at', 'next_at') }} / {{ cap_seconds }}) as next_piece
    from starts
),

-- The first event of a piece, found by its position: positions grow, so the latest is the largest.
heads as (
    select
        *,
        max(
            case
                when is_start or piece > previous_piece
                    then lpad(cast(position as {{ dbt.type_string() }}), 12, '0') || event_id
            end
        ) over (
            partition by person_number, source_session
            order by position nulls last
        ) as head
    from pieces
),

sessions as (
    select
        event_id,
        user_key,
        md5(user_key || '|' || substring(head, 13)) as session_id,
        cast(position - cast(substring(head, 1, 12) as bigint) + 1 as integer) as event_number,
        piece > 0 as is_session_capped,
        case
            when is_followed and next_piece = piece
                then {{ seconds_between('occurred_at', 'next_at') }}
        end as seconds_to_next
    from heads
),

dated as (
    select
        *,
        {{ business_day('occurred_at') }} as event_day,
        -- A value without a currency is in the base currency.
        case when value is not null then coalesce(currency, '{{ var("base_currency") }}') end
            as value_currency
    from events
),

final as (
    select
        dated.event_id,
        sessions.user_key,
        sessions.session_id,
        sessions.event_number,
        dated.event_name,
        dated.occurred_at,
        dated.event_day,
        {% if var('core_actions') -%}
        dated.event_name in {{ text_list(var('core_actions')) }} as is_core,
        {%- else -%}
        coalesce(dated.event_name not in {{ text_list(var('passive_events')) }}, true) as is_core,
        {%- endif %}
        coalesce(dated.event_name in {{ text_list(var('view_events')) }}, false) as is_view,
        coalesce(dated.event_name in {{ text_list(var('conversion_events')) }}, false)
            as is_conversion,
        dated.channel,
        dated.platform,
        dated.device_type,
        dated.os,
        dated.app_version,
        dated.country,
        dated.region,
        coalesce({{ url_path('dated.page_url') }}, dated.screen) as page,
        dated.page_title,
        dated.referrer,
        dated.utm_source,
        dated.utm_medium,
        dated.utm_campaign,
        dated.utm_content,
        dated.utm_term,
        dated.item_id,
        dated.item_category,
        dated.search_term,
        {{ money('dated.value * rates.exchange_rate') }} as value,
        case
            when coalesce(sessions.seconds_to_next, dated.duration_seconds) > {{ gap_seconds }}
                then cast({{ gap_seconds }} as decimal(18, 3))
            else cast(coalesce(sessions.seconds_to_next, dated.duration_seconds) as decimal(18, 3))
        end as dwell_seconds,
        sessions.is_session_capped,
        dated.properties,
        dated.feed
    from dated
    left join sessions
        on dated.event_id = sessions.event_id
    left join rates
        on dated.value_currency = rates.currency
        and dated.event_day = rates.day
)

select * from final
