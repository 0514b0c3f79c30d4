{# In any order: every step's first moment from the beginning event on, that event included. #}
{% macro funnel_attempts_any(funnel, number) -%}
{{ funnel_moments(funnel, number) }},

attempts_{{ number }} as (
    select
        person_number,
        event_id,
        happened_at,
        true as is_step_1
        {%- for step in funnel.steps %},
        min(case when is_step_{{ loop.index }} then happened_at end) over from_here
            as step_{{ loop.index }}_at
        {%- endfor %}
    from moments_{{ number }}
    window from_here as (
        partition by person_number order by happened_at desc, event_id desc
        rows between unbounded preceding and current row
    )
)
{%- endmacro %}
