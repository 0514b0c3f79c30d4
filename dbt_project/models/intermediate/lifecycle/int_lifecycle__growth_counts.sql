{%- set granularities = ['day', 'week', 'month'] %}
-- depends_on: {{ ref('int_lifecycle__changed_returns') }} {{ ref('int_lifecycle__returns') }}
with

-- What tonight changes is taken away as it was and added as it is.
active_days as (
    {% if adds_to_history() -%}
    select *, case when is_now then 1 else -1 end as people
    from {{ ref('int_lifecycle__changed_returns') }}
    {%- else -%}
    select *, 1 as people
    from {{ ref('int_lifecycle__returns') }}
    {%- endif %}
),

numbered_days as (
    select
        {%- for granularity in granularities %}
        {{ period_index(granularity, 'day') }} as active_{{ granularity }},
        {{ period_index(granularity, 'previous_day') }} as previous_{{ granularity }},
        {%- endfor %}
        people
    from active_days
),

-- People by the first of their active days in a period: what the day before it was, tells the kind.
counted as (
    {%- for granularity in granularities %}
    {%- set active, previous = 'active_' ~ granularity, 'previous_' ~ granularity %}
    select
        '{{ granularity }}' as granularity,
        {{ active }} as period,
        people as active,
        case when {{ previous }} is null then people else 0 end as new,
        case when {{ previous }} = {{ active }} - 1 then people else 0 end as retained,
        case when {{ previous }} < {{ active }} - 1 then people else 0 end as resurrected
    from numbered_days
    where {{ previous }} is null or {{ previous }} < {{ active }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
    {%- if adds_to_history() %}

    union all
    select granularity, period, active, new, retained, resurrected from {{ this }}
    {%- endif %}
),

final as (
    select
        granularity,
        period,
        cast(sum(active) as bigint) as active,
        cast(sum(new) as bigint) as new,
        cast(sum(retained) as bigint) as retained,
        cast(sum(resurrected) as bigint) as resurrected
    from counted
    group by granularity, period
    having sum(active) <> 0
)

select * from final
