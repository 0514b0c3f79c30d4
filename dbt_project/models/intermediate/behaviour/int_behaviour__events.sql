{{ config(
    materialized='incremental',
    incremental_strategy='replace_windows',
    on_schema_change='fail',
    meta={
        'placed_by': 'occurred_at',
        'in_parts': {
            'of': 'int_behaviour__pieces',
            'by': 'occurred_at',
            'only': 'occurred_at is not null',
            'reaching_to': 'started_at',
            'unless': 'view_property',
        },
    }
) }}

{%- set gap_seconds = var('session_gap_minutes') * 60 -%}
{%- set gap = gap_seconds * 1000000 -%}
{%- set facts = [
    'event_name', 'event_day', 'is_core', 'is_view', 'is_conversion', 'channel', 'platform',
    'device_type', 'os', 'app_version', 'country', 'region', 'page', 'page_title', 'referrer',
    'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term', 'item_id',
    'item_category', 'search_term', 'value', 'duration_seconds', 'properties', 'feed',
] -%}
{%- set windows = ref('int_behaviour__windows') -%}
{%- set delta = ref('int_behaviour__events_delta') %}
-- depends_on: {{ windows }} {{ delta }} {{ ref('int_behaviour__replaced_steps') }}

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
    where {{ in_part('occurred_at') }}
),
{% endif %}

pieces as (
    select * from {{ ref('int_behaviour__pieces') }}
    {%- if not adds_to_history() %}
    where {{ in_part('occurred_at') }}
    {%- endif %}
),

-- The first event of a piece names it. Joined to the left, so that the planner knows it adds no rows.
heads as (
    select
        pieces.person_number,
        pieces.source_session,
        pieces.started_at,
        pieces.piece,
        pieces.position,
        persons.user_key,
        persons.person_key,
        md5(persons.user_key || '|' || pieces.first_event_id) as session_id,
        {{ stream_key('persons.person_key', 'persons.user_key', 'pieces.source_session') }}
            as stream_key
    from {{ ref('int_behaviour__pieces') }} as pieces
    left join persons
        on pieces.person_number = persons.person_number
    where
        pieces.first_event_id is not null
        {%- if not adds_to_history() %}
        and {{ reached_by_part('pieces.started_at') }}
        {%- endif %}
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
        {{ converted('dated.value', 'rates.exchange_rate') }} as value,
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
        heads.user_key,
        heads.session_id,
        cast(pieces.position - heads.position + 1 as integer) as event_number,
        all_events.event_name,
        all_events.occurred_at,
        all_events.event_day,
        all_events.is_core,
        {% if var('view_property') -%}
        {{ first_of_its_view('all_events', 'heads.session_id', 'pieces.position') }} as is_view,
        {%- else -%}
        all_events.is_view,
        {%- endif %}
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
        cast(coalesce(
            case
                when pieces.next_at is not null
                    then {{ seconds_at_most(micros_between('pieces.occurred_at', 'pieces.next_at'), gap) }}
            end,
            case
                when all_events.duration_seconds > {{ gap_seconds }} then {{ gap_seconds }}
                else all_events.duration_seconds
            end
        ) as decimal(18, 3)) as dwell_seconds,
        all_events.duration_seconds,
        pieces.piece > 0 as is_session_capped,
        all_events.properties,
        all_events.feed,
        pieces.started_at as chain_started_at,
        pieces.source_session,
        all_events.event_key,
        heads.person_key,
        heads.stream_key
    from all_events
    -- Two events that shared a key and the time would come out twice, which the key test refuses.
    left join pieces
        on all_events.event_key = pieces.event_key
        and all_events.occurred_at = pieces.occurred_at
    left join heads
        on {{ head_of('pieces', 'heads') }}
)

select * from final
