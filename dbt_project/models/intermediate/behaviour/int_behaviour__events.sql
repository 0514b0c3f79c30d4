{{ config(
    materialized='incremental',
    incremental_strategy='replace_windows',
    on_schema_change='fail', meta={'placed_by': 'occurred_at'}
) }}

{%- set gap_seconds = var('session_gap_minutes') * 60 -%}
{%- set cap_seconds = var('session_cap_hours') * 3600 -%}
{%- set facts = [
    'event_name', 'event_day', 'is_core', 'is_view', 'is_conversion', 'channel', 'platform',
    'device_type', 'os', 'app_version', 'country', 'region', 'page', 'page_title', 'referrer',
    'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term', 'item_id',
    'item_category', 'search_term', 'value', 'duration_seconds', 'properties', 'feed',
] -%}
{%- set windows = ref('int_behaviour__windows') -%}
{%- set delta = ref('int_behaviour__events_delta') %}
-- depends_on: {{ windows }} {{ delta }}

with

keys as (
    select * from {{ ref('int_users__keys') }}
),

persons as (
    select person_number, min(user_key) as user_key, min(person_key) as person_key
    from keys
    group by person_number
),

rates as (
    select * from {{ ref('int_value__exchange_rates') }}
),

{% if adds_to_history() %}
{%- set limits = bounds('select min(from_at), max(to_at) from ' ~ windows) -%}
{%- set entered = bounds('select min(occurred_at), max(occurred_at) from ' ~ delta) -%}
-- What stays of the streams that tonight touches, from the silence before to the silence after.
stayed as (
    select events.*
    from {{ this }} as events
    inner join {{ windows }} as windows
        on events.stream_key = windows.stream_key
        and events.occurred_at >= windows.from_at
        and events.occurred_at <= windows.to_at
    left join {{ delta }} as delta
        on events.event_key = delta.event_key
        and events.event_id = delta.event_id
    where {{ within('events.occurred_at', limits) }} and delta.event_id is null
),

members as (
    select event_id, occurred_at, user_key, source_session from stayed
    union all
    select event_id, occurred_at, user_key, source_session from {{ delta }}
),

streams as (
    select
        members.event_id,
        members.occurred_at,
        members.source_session,
        persons.person_number
    from members
    inner join persons
        on members.user_key = persons.user_key
),

events as (
    select events.*
    from {{ ref('stg_events') }} as events
    inner join {{ delta }} as delta
        on events.event_key = delta.event_key
        and events.event_id = delta.event_id
    where {{ within('events.occurred_at', entered) }}
),
{% else %}
events as (
    select * from {{ ref('stg_events') }}
),

-- A stream is what is cut into sessions: all a person's events, but a trusted source session is a
-- stream of its own, which no silence ends.
streams as (
    select
        events.event_id,
        events.occurred_at,
        coalesce(users.person_number, devices.person_number) as person_number,
        {{ source_session('events') }} as source_session
    from {{ ref('stg_events') }} as events
    left join keys as users
        on events.user_id = users.id
        and users.id_type = 'user_id'
    left join keys as devices
        on events.anonymous_id = devices.id
        and devices.id_type = 'anonymous_id'
),

{% endif %}

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

-- Two events that shared a key and the time would come out twice, which the key test refuses.
sessions as (
    select
        {{ short_key('heads.event_id') }} as event_key,
        heads.occurred_at,
        heads.person_number,
        heads.source_session,
        heads.started_at as chain_started_at,
        md5(persons.user_key || '|' || substring(heads.head, 13)) as session_id,
        cast(heads.position - cast(substring(heads.head, 1, 12) as bigint) + 1 as integer)
            as event_number,
        heads.piece > 0 as is_session_capped,
        case
            when heads.is_followed and heads.next_piece = heads.piece
                then {{ seconds_between('heads.occurred_at', 'heads.next_at') }}
        end as seconds_to_next
    from heads
    inner join persons
        on heads.person_number = persons.person_number
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

enriched as (
    select
        dated.event_id,
        {{ short_key('dated.event_id') }} as event_key,
        dated.occurred_at,
        dated.event_name,
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
        dated.duration_seconds,
        dated.properties,
        dated.feed
    from dated
    left join rates
        on dated.value_currency = rates.currency
        and dated.event_day = rates.day
),

all_events as (
    select event_id, event_key, occurred_at, {{ facts | join(', ') }} from enriched
    {%- if adds_to_history() %}
    union all
    select event_id, event_key, occurred_at, {{ facts | join(', ') }} from stayed
    {%- endif %}
),

final as (
    select
        all_events.event_id,
        persons.user_key,
        sessions.session_id,
        sessions.event_number,
        all_events.event_name,
        all_events.occurred_at,
        all_events.event_day,
        all_events.is_core,
        {{ first_of_its_view('all_events', 'sessions') if var('view_property') else 'all_events.is_view' }}
            as is_view,
        all_events.is_conversion,
        all_events.channel,
        all_events.platform,
        all_events.device_type,
        all_events.os,
        all_events.app_version,
        all_events.country,
        all_events.region,
        all_events.page,
        all_events.page_title,
        all_events.referrer,
        all_events.utm_source,
        all_events.utm_medium,
        all_events.utm_campaign,
        all_events.utm_content,
        all_events.utm_term,
        all_events.item_id,
        all_events.item_category,
        all_events.search_term,
        all_events.value,
        case
            when coalesce(sessions.seconds_to_next, all_events.duration_seconds) > {{ gap_seconds }}
                then cast({{ gap_seconds }} as decimal(18, 3))
            else cast(
                coalesce(sessions.seconds_to_next, all_events.duration_seconds) as decimal(18, 3)
            )
        end as dwell_seconds,
        all_events.duration_seconds,
        sessions.is_session_capped,
        all_events.properties,
        all_events.feed,
        sessions.chain_started_at,
        sessions.source_session,
        all_events.event_key,
        persons.person_key,
        {{ stream_key('persons.person_key', 'persons.user_key', 'sessions.source_session') }} as stream_key
    from all_events
    left join sessions
        on all_events.event_key = sessions.event_key
        and all_events.occurred_at = sessions.occurred_at
    left join persons
        on sessions.person_number = persons.person_number
)

select * from final
