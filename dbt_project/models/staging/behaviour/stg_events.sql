{{ config(materialized='incremental', incremental_strategy='replace_delivered', on_schema_change='fail') }}

-- depends_on: {{ ref('stg_events_delta') }}
{% if adds_to_history() %}
select {{ staged_event_columns() | join(', ') }}
from {{ ref('stg_events_delta') }}
where not is_pending
{% else %}
with

countries as (
    select * from {{ ref('seed_countries') }}
),

-- Few events are delivered twice: only those are ordered, so that a million wide rows are never
-- sorted. The source is named three times because a CTE read more than once is stored whole.
repeated as (
    select {{ short_key(clean_text('event_id')) }} as event_key
    from {{ source('raw', 'events') }}
    where occurred_at < {{ as_of_end() }}
    group by 1
    having count(*) > 1
),

single as (
    select
        {{ staged_events() }}
    from {{ source('raw', 'events') }} as source
    left join countries
        on lower({{ clean_text('source.country') }}) = countries.alias
    left join repeated
        on {{ short_key(clean_text('source.event_id')) }} = repeated.event_key
    where
        source.occurred_at < {{ as_of_end() }}
        and repeated.event_key is null
),

contested as (
    select
        {{ staged_events() }}
    from {{ source('raw', 'events') }} as source
    inner join repeated
        on {{ short_key(clean_text('source.event_id')) }} = repeated.event_key
    left join countries
        on lower({{ clean_text('source.country') }}) = countries.alias
    where source.occurred_at < {{ as_of_end() }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by event_id order by occurred_at, {{ event_digest() }}
        ) as version
    from contested
),

final as (
    select {{ staged_event_columns() | join(', ') }} from single
    union all
    select {{ staged_event_columns() | join(', ') }} from ranked
    where version = 1
)

select * from final
{% endif %}
