{# A CTE of a person's events as a funnel sees them: when each happened, in microseconds, and which
   steps it can be. `strict` needs the events between too, the other orders only the steps. #}
{% macro funnel_moments(funnel, number) -%}
moments_{{ number }} as (
    select
        people.person_number,
        events.event_id,
        {{ epoch_micros('events.occurred_at') }} as happened_at
        {%- for step in funnel.steps %},
        coalesce({{ funnel_condition(step) }}, false) as is_step_{{ loop.index }}
        {%- endfor %}
    from events
    inner join people on events.user_key = people.user_key
    {%- if funnel.order != 'strict' %}
    where
        {%- for step in funnel.steps %}
        {{ 'or ' if not loop.first }}({{ funnel_condition(step) }})
        {%- endfor %}
    {%- endif %}
)
{%- endmacro %}
