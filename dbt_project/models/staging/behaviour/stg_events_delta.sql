-- depends_on: {{ source('raw', 'events_new') }}
{% set columns = staged_event_columns() %}

with

countries as (
    select * from {{ ref('seed_countries') }}
),

{% if adds_to_history() %}
{%- set keys -%}
    select {{ short_key(clean_text('event_id')) }} as event_key from {{ source('raw', 'events_new') }}
    union all
    select event_key from {{ this }} where is_pending
{%- endset -%}
{%- set standing = previous('stg_events') -%}
{%- set limits = bounds(
    'select min(occurred_at), max(occurred_at) from ' ~ standing
    ~ ' where ' ~ rows_where(standing, 'event_key in (' ~ keys ~ ')')
) %}
delivered as (
    select
        {{ staged_events() }}
    from {{ source('raw', 'events_new') }} as source
    left join countries
        on lower({{ clean_text('source.country') }}) = countries.alias

    union all
    select {{ columns | join(', ') }} from {{ this }}
    where is_pending
),

standing as (
    select
        *,
        {{ event_digest() }} as digest
    from {{ standing }}
    where
        {{ within('occurred_at', limits) }}
        and event_key in (select delivered.event_key from delivered)
),
{% else %}
-- A table that is built whole changes by nothing; what lies after the as-of day waits.
delivered as (
    select
        {{ staged_events() }}
    from {{ source('raw', 'events') }} as source
    left join countries
        on lower({{ clean_text('source.country') }}) = countries.alias
    where source.occurred_at >= {{ as_of_end() }}
),

standing as (
    select
        *,
        cast(null as {{ dbt.type_string() }}) as digest
    from delivered
    where 1 = 0
),
{% endif %}

-- Few events are delivered twice: only those are ordered and told apart by what they say.
repeated as (
    select event_key
    from (
        select event_key from delivered
        union all
        select event_key from standing
    ) as versions
    group by event_key
    having count(*) > 1
),

single as (
    select delivered.*
    from delivered
    left join repeated
        on delivered.event_key = repeated.event_key
    where repeated.event_key is null
),

contested as (
    select
        delivered.*,
        {{ event_digest() }} as digest
    from delivered
    inner join repeated
        on delivered.event_key = repeated.event_key
),

ranked as (
    select
        *,
        row_number() over (
            partition by event_id order by occurred_at, digest nulls last
        ) as version
    from contested
),

entering as (
    select
        {% for column in columns -%}
        ranked.{{ column }},
        {% endfor -%}
        standing.occurred_at as replaced_at,
        standing.user_id as replaced_user_id,
        standing.anonymous_id as replaced_anonymous_id,
        standing.feed as replaced_feed
    from ranked
    left join standing
        on ranked.event_key = standing.event_key
        and ranked.event_id = standing.event_id
    where
        ranked.version = 1
        and (
            ranked.occurred_at >= {{ as_of_end() }}
            or standing.event_id is null
            or ranked.occurred_at < standing.occurred_at
            or (ranked.occurred_at = standing.occurred_at and ranked.digest < standing.digest)
        )

    union all
    select
        {{ columns | join(', ') }},
        cast(null as timestamp),
        cast(null as {{ dbt.type_string() }}),
        cast(null as {{ dbt.type_string() }}),
        cast(null as {{ dbt.type_string() }})
    from single
),

final as (
    select
        {% for column in columns -%}
        {{ column }},
        {% endfor -%}
        occurred_at >= {{ as_of_end() }} as is_pending,
        replaced_at,
        replaced_user_id,
        replaced_anonymous_id,
        replaced_feed
    from entering
)

select * from final
