{%- set entry_facts = [
    'channel', 'platform', 'country', 'utm_source', 'utm_medium', 'utm_campaign', 'referrer',
] -%}

with

events as (
    select * from {{ ref('int_behaviour__events') }}
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
        bool_or(is_session_capped) as is_capped
    from events
    where session_id is not null
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
        is_capped
    from judged
)

select * from final
