{%- set funnels = var('funnels') -%}

with

events as (
    select * from {{ ref('int_behaviour__events') }}
),

-- A small number sorts several times faster than the sixty-four digits of a key.
people as (
    select
        user_key,
        row_number() over (order by user_key nulls last) as person_number
    from {{ ref('int_users__people') }}
),

{% for funnel in funnels %}
{{ funnel_steps_done(funnel, loop.index) }},

{% endfor %}
done as (
    {%- for funnel in funnels %}
    select * from done_{{ loop.index }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        {{ text_literal(none) }} as funnel,
        cast(0 as bigint) as person_number,
        1 as step_number,
        0 as micros_from_first,
        event_id as first_event_id
    from events
    where 1 = 0
    {%- endfor %}
),

final as (
    select
        done.funnel,
        people.user_key,
        cast(done.step_number as integer) as step_number,
        cast(done.micros_from_first / 1000000.0 as decimal(18, 3)) as seconds_from_first,
        done.first_event_id
    from done
    inner join people on done.person_number = people.person_number
)

select * from final
