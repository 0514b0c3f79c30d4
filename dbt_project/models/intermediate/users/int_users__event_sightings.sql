-- depends_on: {{ ref('stg_events_delta') }}
with

{% if adds_to_history() %}
{%- set limits = bounds(
    'select min(replaced_at), max(replaced_at) from ' ~ ref('stg_events_delta') ~ ' where not is_pending'
) -%}
{%- set same_pair -%}
    coalesce(known.user_id, '') = coalesce(lost.user_id, '')
    and coalesce(known.anonymous_id, '') = coalesce(lost.anonymous_id, '')
    and known.feed = lost.feed
{%- endset -%}
delta as (
    select * from {{ ref('stg_events_delta') }}
    where not is_pending
),

-- A pair that lost an event may have been seen first later, or never: it is counted again.
lost as (
    select
        replaced_user_id as user_id,
        replaced_anonymous_id as anonymous_id,
        replaced_feed as feed
    from delta
    where replaced_at is not null
    group by replaced_user_id, replaced_anonymous_id, replaced_feed
),

counted as (
    select user_id, anonymous_id, feed, first_seen_at as seen_at, times from {{ this }}

    union all
    select user_id, anonymous_id, feed, occurred_at, 1 from delta
),

seen as (
    select known.*
    from counted as known
    left join lost
        on {{ same_pair }}
    where lost.feed is null
    {% if limits %}
    union all
    select known.user_id, known.anonymous_id, known.feed, known.occurred_at, 1
    from {{ ref('stg_events') }} as known
    inner join lost
        on {{ same_pair }}
    {% endif %}
),
{% else %}
seen as (
    select user_id, anonymous_id, feed, occurred_at as seen_at, 1 as times from {{ ref('stg_events') }}
),
{% endif %}

final as (
    select
        user_id,
        anonymous_id,
        feed,
        min(seen_at) as first_seen_at,
        cast(sum(times) as bigint) as times
    from seen
    group by user_id, anonymous_id, feed
)

select * from final
