{%- set texts = [
    'event_name', 'user_id', 'anonymous_id', 'session_id', 'channel', 'platform', 'device_type',
    'os', 'app_version', 'country', 'region', 'page_url', 'page_title', 'screen', 'referrer',
    'utm_source', 'utm_medium', 'utm_campaign', 'utm_content', 'utm_term', 'item_id',
    'item_category', 'search_term', 'currency',
] -%}

with

source as (
    select * from {{ source('raw', 'events') }}
),

countries as (
    select * from {{ ref('seed_countries') }}
),

-- Few events are delivered twice: only those are ordered, and only the repetitions' places are
-- carried, so that a million wide rows are never sorted. The source is named three times because a
-- CTE read more than once is stored whole.
repeated as (
    select {{ clean_text('event_id') }} as clean_event_id
    from {{ source('raw', 'events') }}
    where occurred_at < {{ as_of_end() }}
    group by 1
    having count(*) > 1
),

ranked as (
    select
        source.event_id,
        source._feed,
        source._file_sha256,
        source._line,
        row_number() over (
            partition by repeated.clean_event_id
            order by
                source.occurred_at,
                {{ row_digest(texts + ['duration_seconds', 'value', 'properties', '_feed']) }},
                source._file_sha256,
                source._line
        ) as version
    from {{ source('raw', 'events') }} as source
    inner join repeated
        on {{ clean_text('source.event_id') }} = repeated.clean_event_id
    where source.occurred_at < {{ as_of_end() }}
),

repetitions as (
    select * from ranked where version > 1
),

final as (
    select
        {{ clean_text('source.event_id') }} as event_id,
        {{ clean_text('source.event_name') }} as event_name,
        source.occurred_at,
        {{ clean_text('source.user_id') }} as user_id,
        {{ clean_text('source.anonymous_id') }} as anonymous_id,
        {{ clean_text('source.session_id') }} as session_id,
        source.channel,
        lower({{ clean_text('source.platform') }}) as platform,
        lower({{ clean_text('source.device_type') }}) as device_type,
        {{ clean_text('source.os') }} as os,
        {{ clean_text('source.app_version') }} as app_version,
        coalesce(countries.country, {{ clean_text('source.country') }}) as country,
        {{ clean_text('source.region') }} as region,
        {{ clean_text('source.page_url') }} as page_url,
        {{ clean_text('source.page_title') }} as page_title,
        {{ clean_text('source.screen') }} as screen,
        {{ clean_text('source.referrer') }} as referrer,
        {{ clean_text('source.utm_source') }} as utm_source,
        {{ clean_text('source.utm_medium') }} as utm_medium,
        {{ clean_text('source.utm_campaign') }} as utm_campaign,
        {{ clean_text('source.utm_content') }} as utm_content,
        {{ clean_text('source.utm_term') }} as utm_term,
        {{ clean_text('source.item_id') }} as item_id,
        {{ clean_text('source.item_category') }} as item_category,
        {{ clean_text('source.search_term') }} as search_term,
        case when source.duration_seconds >= 0 then source.duration_seconds end
            as duration_seconds,
        source.value,
        upper({{ clean_text('source.currency') }}) as currency,
        source.properties,
        source._feed as feed,
        {{ corrected_fields({'duration_seconds': 'source.duration_seconds < 0'}) }}
            as corrected_fields
    from source
    left join repetitions
        on source.event_id = repetitions.event_id
        and source._feed = repetitions._feed
        and source._file_sha256 = repetitions._file_sha256
        and source._line = repetitions._line
    left join countries
        on lower({{ clean_text('source.country') }}) = countries.alias
    where
        repetitions.event_id is null
        and source.occurred_at < {{ as_of_end() }}
)

select * from final
