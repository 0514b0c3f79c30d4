{%- set gap_seconds = var('session_gap_minutes') * 60 -%}
{%- set delta = ref('int_behaviour__events_delta') -%}

with

-- Where something entered or left tonight.
touches as (
    select
        stream_key,
        source_session is not null as is_trusted,
        occurred_at as from_at,
        occurred_at as to_at,
        1 as is_touched
    from {{ delta }}

    union all
    select
        previous_stream_key,
        previous_source_session is not null,
        previous_at as from_at,
        previous_at as to_at,
        1
    from {{ delta }}
    where previous_at is not null
),

{% if adds_to_history() -%}
{%- set limits = bounds(
    'select min(least(occurred_at, coalesce(previous_at, occurred_at))), max(occurred_at) from ' ~ delta
) -%}
-- A chain of pieces cut at the cap is one: what comes before decides where the next cuts fall.
spans as (
    select stream_key, is_trusted, from_at, to_at, is_touched from touches

    union all
    select
        stream_key,
        is_source_session as is_trusted,
        chain_started_at as from_at,
        ended_at as to_at,
        0 as is_touched
    from {{ previous('int_behaviour__sessions') }}
    where
        stream_key in (select touches.stream_key from touches)
        {% if limits -%}
        and (
            {%- if var('trust_source_sessions') %}
            is_source_session or
            {%- endif %}
            ended_at >= cast('{{ limits[0] }}' as timestamp) - interval {{ gap_seconds + 1 }} second
        )
        {%- endif %}
),
{%- else -%}
spans as (
    select * from touches
),
{%- endif %}

-- Alike, they are one: of two spans that share both ends each sort below could take another first.
distinct_spans as (
    select
        stream_key,
        is_trusted,
        from_at,
        to_at,
        max(is_touched) as is_touched
    from spans
    group by stream_key, is_trusted, from_at, to_at
),

reaches as (
    select
        *,
        max(to_at) over (
            partition by stream_key, is_trusted
            order by from_at, to_at
            rows between unbounded preceding and 1 preceding
        ) as reached_at
    from distinct_spans
),

chains as (
    select
        *,
        sum(
            case
                when reached_at is null then 1
                when is_trusted then 0
                when {{ is_silence('reached_at', 'from_at') }} then 1
                else 0
            end
        ) over (
            partition by stream_key, is_trusted
            order by from_at, to_at
            rows between unbounded preceding and current row
        ) as chain
    from reaches
),

final as (
    select
        stream_key,
        min(from_at) as from_at,
        max(to_at) as to_at
    from chains
    group by stream_key, is_trusted, chain
    having max(is_touched) = 1
)

select * from final
