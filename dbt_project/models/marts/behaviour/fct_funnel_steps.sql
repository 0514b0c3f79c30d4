{%- set funnels = var('funnels') -%}
{%- set breakdowns = funnels | map(attribute='breakdowns') | sum(start=[]) -%}

with done as (
    select * from {{ ref('int_behaviour__funnel_steps') }}
),

users as (
    select * from {{ ref('dim_users') }}
),

events as (
    select * from {{ ref('int_behaviour__events') }}
),

beginners as (
    select
        done.funnel,
        users.user_key,
        {%- for breakdown in breakdowns | unique %}
        coalesce(cast({{ breakdown | replace('.', 's.') }} as {{ dbt.type_string() }}), 'unknown')
            as {{ breakdown | replace('.', '_') }},
        {%- endfor %}
        events.event_id as first_event_id
    from done
    inner join users on done.user_key = users.user_key
    inner join events on done.first_event_id = events.event_id
    where done.step_number = 1
),

subjects as (
    select
        funnel,
        user_key,
        'all' as breakdown,
        'all' as breakdown_value
    from beginners
    {%- for funnel in funnels %}
    {%- for breakdown in funnel.breakdowns %}

    union all

    select
        funnel,
        user_key,
        {{ text_literal(breakdown) }} as breakdown,
        {{ breakdown | replace('.', '_') }} as breakdown_value
    from beginners
    where funnel = {{ text_literal(funnel.name) }}
    {%- endfor %}
    {%- endfor %}
),

final as (
    select
        subjects.funnel,
        subjects.breakdown,
        subjects.breakdown_value,
        subjects.user_key,
        done.step_number,
        done.seconds_from_first,
        {{ as_of() }} as as_of
    from subjects
    inner join done
        on
        subjects.funnel = done.funnel
        and subjects.user_key = done.user_key
)

select * from final
